import type { Json } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import type { SiteDesign } from '../../design/types.ts';
import { overlaps } from '../../design/addressing.ts';
import type { Look, Operation } from '../engine/types.ts';
import { isEstablished, neighborRow, tunnelRow } from '../live/observed.ts';
import type { FlowParts } from '../parts.ts';
import { OP } from './outputs.ts';
import type { DesignOf } from './run-design.ts';
import { expectedPrefixes, missingPrefixes } from './expected-prefixes.ts';

const MINUTE = 60_000;

interface Expected {
  readonly connector: string;
  readonly address: string;
  readonly zone: number;
}

/** Every BGP neighbor that the design counts on, with the connector it is reached over. */
export function expectedNeighbors(design: SiteDesign): readonly Expected[] {
  return design.links.flatMap((link) =>
    link.connectors.flatMap((connector) =>
      connector.sessions.map((s) => ({ connector: connector.name, address: s.microsoftBgp, zone: s.zone })),
    ),
  );
}

/** Waits until every connector of the design is up. A connector without a row is "not reported", never "down". */
export function tunnelsUp(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.tunnels',
    mode: 'wait',
    onFailure: 'ask',
    // The first IPsec connector of a router downloads its software; Juniper gives no figure, half an hour is generous.
    deadlineMs: () => 30 * MINUTE,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const rows = await parts.mist.tunnels({ siteId: design.site.id });
      const names = design.links.flatMap((link) => link.connectors.map((c) => c.name));
      const mine = names.map((name) => ({ name, row: tunnelRow(rows, name) }));
      const up = mine.filter((m) => m.row?.up === true).length;
      if (up === names.length)
        return { state: 'done', output: { up, expected: names.length, atMs: context.now() } };
      const why = mine
        .filter((m) => m.row?.up !== true)
        .map(({ name, row }) =>
          row
            ? `${name} is down${row.lastEvent ? ` (${row.lastEvent})` : ''}`
            : `${name} is not reported yet`,
        );
      const first = mine.some((m) => m.row === undefined)
        ? '; a router that never had IPsec installs its software first, which takes up to half an hour'
        : '; normal is under 10 minutes';
      return { state: 'waiting', progress: `Tunnels ${up}/${names.length}: ${why.join(', ')}${first}` };
    },
  };
}

/** Waits until every BGP neighbor of the design is established. */
export function neighborsUp(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.neighbors',
    mode: 'wait',
    onFailure: 'ask',
    deadlineMs: () => 5 * MINUTE,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const expected = expectedNeighbors(design);
      const rows = await parts.mist.bgpPeers({ siteId: design.site.id });
      const seen = expected.map((e) => ({ ...e, row: neighborRow(rows, e.address) }));
      const up = seen.filter((s) => isEstablished(s.row)).length;
      if (up === expected.length) {
        return { state: 'done', output: { up, expected: expected.length, atMs: context.now() } };
      }
      const missing = seen.filter((s) => !isEstablished(s.row));
      const why = missing
        .map((s) => `${s.address} (zone ${s.zone}) is ${s.row?.state ?? 'not reported'}`)
        .join(', ');
      const onlyZone2 = design.zoneTopology === 'single-tunnel' && missing.every((m) => m.zone === 2);
      const verdict = onlyZone2
        ? `up, zone 2 not reachable over this tunnel: ${why}. Microsoft documents one tunnel per zone; the site can be asked for again with that topology`
        : `BGP ${up}/${expected.length}: ${why}; normal is under 2 minutes`;
      return { state: 'waiting', progress: verdict };
    },
  };
}

/** Waits until routes are learned, cover the traffic profile, and our own prefixes are announced. */
export function routesLearned(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.routes',
    mode: 'wait',
    onFailure: 'ask',
    deadlineMs: () => 5 * MINUTE,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const neighbors = expectedNeighbors(design);
      const [answers, expected, peers] = await Promise.all([
        Promise.all(
          neighbors.map((n) =>
            parts.mist.learnedRoutes(design.site.id, design.device.id, { neighbor: n.address }),
          ),
        ),
        expectedPrefixes(parts, design),
        attempt(parts.mist.bgpPeers({ siteId: design.site.id })),
      ]);
      if (answers.some((a) => !a.answered)) {
        return { state: 'waiting', progress: 'The router has not answered "show routes" yet' };
      }
      const learned = [...new Set(answers.flatMap((a) => a.prefixes))];
      const announced = peers.ok
        ? sum(neighbors.map((n) => neighborRow(peers.value, n.address)?.txRoutes))
        : undefined;
      const missing = expected && missingPrefixes(expected, learned);
      const output: Json = {
        count: learned.length,
        expected: expected?.length ?? null,
        missing: missing?.length ?? null,
        announced: announced ?? null,
      };
      const own = design.networks.find((n) =>
        learned.some((l) => l !== '0.0.0.0/0' && overlaps(l, n.prefix)),
      );
      if (own)
        return { state: 'waiting', progress: `A learned route overlaps the site's own network ${own.name}` };
      if (learned.length === 0)
        return { state: 'waiting', progress: 'No routes learned yet; Microsoft sends them within a minute' };
      if (missing && missing.length > 0) {
        const some = missing.slice(0, 3).join(', ');
        return {
          state: 'waiting',
          progress: `${learned.length} routes learned; ${missing.length} prefixes of the traffic profile are missing (${some})`,
        };
      }
      if (announced === 0)
        return {
          state: 'waiting',
          progress: `${learned.length} routes learned; our own prefixes are not announced yet`,
        };
      return { state: 'done', output };
    },
  };
}

/**
 * After the cutover: asks the router which path the application takes. A path that names a connector or Microsoft's
 * peer is proof; one that names a WAN port takes everything out at once; what cannot be read is "unknown" and only shown.
 */
export function pathProven(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.path',
    mode: 'wait',
    onFailure: 'unwind',
    deadlineMs: () => 2 * MINUTE,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const answer = await attempt(
        parts.mist.servicePath(design.site.id, design.device.id, { serviceName: design.application.name }),
      );
      const rows = answer.ok
        ? (answer.value.rows ?? []).filter((r) => r.service === design.application.name)
        : [];
      const connectors = design.links.flatMap((l) => l.connectors.map((c) => c.name));
      const peers = expectedNeighbors(design).map((n) => n.address);
      const wans = design.links.map((l) => l.wan);
      // How an SSR names a tunnel's interface in this answer is not published: only a clear WAN port counts as wrong.
      const throughTunnel = rows.filter(
        (r) => peers.includes(r.gateway) || connectors.some((c) => r.interface.includes(c)),
      );
      const throughWan = rows.filter((r) => !throughTunnel.includes(r) && wans.includes(r.interface));
      if (throughTunnel.length === 0 && throughWan.length > 0) {
        return {
          state: 'refused',
          failure: {
            code: 'verify.wrong_path',
            message: 'the application leaves through a WAN port',
            hint: `Traffic of ${design.application.name} leaves through ${throughWan[0]?.interface ?? 'a WAN port'} instead of the tunnel: a steered policy wins over the learned routes. The policy is taken out first, then the rest.`,
            retryable: false,
          },
        };
      }
      const [first] = throughTunnel;
      if (first)
        return { state: 'done', output: { verdict: 'tunnel', seen: first.interface || first.gateway } };
      return {
        state: 'done',
        output: { verdict: 'unknown', seen: answer.ok ? 'answer not readable' : answer.failure.code },
      };
    },
  };
}

/** One read-only look after the first SA lifetime: a PFS mismatch only shows at the first rekey. */
export function secondLook(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.second-look',
    mode: 'wait',
    onFailure: 'ask',
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const change = (await context.store.runs.ofRequest(context.run.requestId)).find(
        (r) => r.kind === 'change',
      );
      const steps = change ? await context.store.runs.steps(change.id) : [];
      const since = steps.find((s) => s.opId === OP.neighbors)?.endedAt ?? context.run.startedAt;
      const device = await parts.mist.device(design.site.id, design.device.id);
      const [tunnels, peers, events] = await Promise.all([
        parts.mist.tunnels({ siteId: design.site.id }),
        parts.mist.bgpPeers({ siteId: design.site.id }),
        attempt(
          parts.mist.deviceEvents(design.site.id, {
            mac: device?.mac ?? '',
            types: ['GW_TUNNEL_DOWN', 'GW_BGP_NEIGHBOR_DOWN'],
            sinceMs: since,
          }),
        ),
      ]);
      const names = design.links.flatMap((link) => link.connectors.map((c) => c.name));
      const expected = expectedNeighbors(design);
      const downTunnels = names.filter((name) => tunnelRow(tunnels, name)?.up !== true);
      const downPeers = expected.filter((e) => !isEstablished(neighborRow(peers, e.address)));
      const broken = events.ok
        ? events.value.filter(
            (e) =>
              e.atMs > since &&
              (names.some((n) => e.text.includes(n)) || expected.some((x) => e.text.includes(x.address))),
          )
        : [];
      if (downTunnels.length === 0 && downPeers.length === 0 && broken.length === 0) {
        return {
          state: 'done',
          output: { tunnels: names.length, neighbors: expected.length, atMs: context.now() },
        };
      }
      const seen = [
        ...downTunnels.map((t) => `tunnel ${t} is down`),
        ...downPeers.map((p) => `neighbor ${p.address} is not established`),
        ...broken.slice(0, 2).map((e) => `${e.type} since then`),
      ];
      return {
        state: 'refused',
        failure: {
          code: 'verify.second_look',
          message: 'the session did not last one SA lifetime',
          hint: `After one SA lifetime: ${seen.join(', ')}. A tunnel that dies at its first rekey usually has different PFS groups on the two sides. Roll back takes the policy out first.`,
          retryable: false,
        },
      };
    },
  };
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((v) => v !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
}
