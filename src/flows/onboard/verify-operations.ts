import { z } from 'zod';
import type { Json } from '../../../db/types.ts';
import { attempt } from '../../base/attempt.ts';
import { DEFAULT_ROUTE } from '../../design/design-site.ts';
import type { SiteDesign } from '../../design/types.ts';
import { overlaps } from '../../design/addressing.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { isEstablished, neighborRow, tunnelRow } from '../live/observed.ts';
import type { FlowParts } from '../parts.ts';
import type { DesignOf, KnownOf } from './run-design.ts';
import { accepted, expectedPrefixes, missingPrefixes } from './expected-prefixes.ts';

const MINUTE = 60_000;
/** The first IPsec connector of a router downloads its software; Juniper gives no figure, half an hour is generous. */
const FIRST_SOFTWARE_MS = 30 * MINUTE;
/** From when every connector is reported on. */
const TUNNEL_MS = 10 * MINUTE;

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
    deadlineMs: () => FIRST_SOFTWARE_MS,
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
          row?.up === false
            ? `${name} is down${row.lastEvent ? ` (${row.lastEvent})` : ''}`
            : `${name} is not reported yet`,
        );
      const isReported = mine.every((m) => m.row !== undefined);
      const reportedAfterMs = isReported ? reportedAfter(context) : undefined;
      const first = isReported
        ? '; normal is under 10 minutes'
        : '; a router that never had IPsec installs its software first, which takes up to half an hour';
      return {
        state: 'waiting',
        progress: `Tunnels ${up}/${names.length}: ${why.join(', ')}${first}`,
        ...(reportedAfterMs !== undefined && {
          deadlineMs: Math.min(reportedAfterMs + TUNNEL_MS, FIRST_SOFTWARE_MS),
        }),
        seen: {
          up,
          expected: names.length,
          atMs: context.now(),
          states: statesOf(mine.map(({ name, row }) => [name, row?.up])),
          ...(reportedAfterMs !== undefined && { since: context.since, reportedAfterMs }),
        },
      };
    },
  };
}

/**
 * How long this wait had gone on, the time in which it stood still apart, when every connector had been reported once: the router
 * has its IPsec software then, and only the tunnel itself is waited for.
 */
function reportedAfter({ own, since, now }: OperationContext): number {
  const before = Reported.safeParse(own.output).data;
  if (before?.since === since) return before.reportedAfterMs;
  return now() - since - (own.pausedMs ?? 0);
}

/** `since` tells this wait from the one before a Retry. */
const Reported = z.object({ since: z.number(), reportedAfterMs: z.number() });

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
        ? `up, zone 2 not reachable over this tunnel: ${why}. normal is under 2 minutes. Microsoft documents one tunnel per zone; the site can be asked for again with that topology`
        : `BGP ${up}/${expected.length}: ${why}; normal is under 2 minutes`;
      return {
        state: 'waiting',
        progress: verdict,
        seen: {
          up,
          expected: expected.length,
          atMs: context.now(),
          states: statesOf(seen.map(({ address, row }) => [address, row && isEstablished(row)])),
        },
      };
    },
  };
}

/** Only what was reported. */
function statesOf(seen: readonly (readonly [string, boolean | undefined])[]): Record<string, boolean> {
  return Object.fromEntries(
    seen.flatMap(([name, up]): [string, boolean][] => (up === undefined ? [] : [[name, up]])),
  );
}

/** Waits until routes are learned, cover the traffic profile, and our own prefixes are announced. */
export function routesLearned(parts: FlowParts, designOf: DesignOf, knownOf: KnownOf): Operation {
  return {
    kind: 'verify.routes',
    mode: 'wait',
    onFailure: 'ask',
    deadlineMs: () => 5 * MINUTE,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const neighbors = expectedNeighbors(design);
      const { profileIds } = await knownOf(context.run);
      const [answers, prefixes, peers] = await Promise.all([
        Promise.all(
          neighbors.map((n) =>
            parts.mist.learnedRoutes(design.site.id, design.device.id, { neighbor: n.address }),
          ),
        ),
        expectedPrefixes(parts, design, profileIds),
        attempt(parts.mist.bgpPeers({ siteId: design.site.id })),
      ]);
      const expected = prefixes.ok ? prefixes.value : undefined;
      if (answers.some((a) => !a.answered)) {
        return {
          state: 'waiting',
          progress: 'The router has not answered "show routes" yet; normal is a few seconds',
        };
      }
      const learned = [
        ...new Set(
          accepted(
            design,
            answers.flatMap((a) => a.prefixes),
          ),
        ),
      ];
      const announced = peers.ok ? neighbors.map((n) => neighborRow(peers.value, n.address)?.txRoutes) : [];
      const silent = neighbors.filter((_, i) => announced[i] === 0);
      const missing = expected && missingPrefixes(expected, learned);
      const output: Json = {
        count: learned.length,
        expected: expected?.length ?? null,
        missing: missing?.length ?? null,
        announced: sum(announced) ?? null,
      };
      const own = design.networks.find((n) =>
        learned.some((l) => l !== DEFAULT_ROUTE && overlaps(l, n.prefix)),
      );
      if (own)
        return {
          state: 'waiting',
          progress: `A learned route overlaps the site's own network ${own.name}; normal is none`,
        };
      if (learned.length === 0)
        return { state: 'waiting', progress: 'No routes learned yet; normal is within a minute' };
      if (missing && missing.length > 0) {
        const some = missing.slice(0, 3).join(', ');
        return {
          state: 'waiting',
          progress: `${learned.length} routes learned; ${missing.length} prefixes of the traffic profile are missing (${some}); normal is all within a minute`,
        };
      }
      if (silent.length > 0) {
        const who = silent.map((n) => n.address).join(', ');
        return {
          state: 'waiting',
          progress: `${learned.length} routes learned; our own prefixes are not announced to ${who} yet; normal is within a minute`,
        };
      }
      return { state: 'done', output };
    },
  };
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((v) => v !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0);
}
