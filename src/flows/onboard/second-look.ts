import type { Failure } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { Look, Operation } from '../engine/types.ts';
import { lastRetry } from '../last-retry.ts';
import { isEstablished, neighborRow, tunnelRow } from '../live/observed.ts';
import type { FlowParts } from '../parts.ts';
import { OP } from './outputs.ts';
import type { DesignOf } from './run-design.ts';
import { expectedNeighbors } from './verify-operations.ts';

const DEADLINE_MS = 30 * 60_000;
const LONGEST_LIFETIME_MS = 24 * 3_600_000;
const DOWN_EVENTS = ['GW_TUNNEL_DOWN', 'GW_BGP_NEIGHBOR_DOWN'];

/** One read-only look after the first SA lifetime: a PFS mismatch only shows at the first rekey. */
export function secondLook(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.second-look',
    mode: 'wait',
    onFailure: 'ask',
    // After a retry one more SA lifetime has to pass before anything is proven.
    deadlineMs: () => DEADLINE_MS + LONGEST_LIFETIME_MS,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const change = (await context.store.runs.ofRequest(context.run.requestId)).find(
        (r) => r.kind === 'change',
      );
      const steps = change ? await context.store.runs.steps(change.id) : [];
      const retriedAt = await lastRetry(context);
      const since = retriedAt ?? steps.find((s) => s.opId === OP.neighbors)?.endedAt ?? context.run.startedAt;
      const device = await parts.mist.device(design.site.id, design.device.id);
      if (!device) return { state: 'refused', failure: lookFailed('Mist does not know the device any more') };
      const [tunnels, peers, events] = await Promise.all([
        parts.mist.tunnels({ siteId: design.site.id }),
        parts.mist.bgpPeers({ siteId: design.site.id }),
        parts.mist.deviceEvents(design.site.id, { mac: device.mac, types: DOWN_EVENTS, sinceMs: since }),
      ]);
      const names = design.links.flatMap((link) => link.connectors.map((c) => c.name));
      const expected = expectedNeighbors(design);
      const tunnelRows = names.map((name) => ({ name, row: tunnelRow(tunnels, name) }));
      const peerRows = expected.map((e) => ({ ...e, row: neighborRow(peers, e.address) }));
      const unreported = [
        ...tunnelRows.filter((t) => t.row?.up === undefined).map((t) => t.name),
        ...peerRows.filter((p) => !p.row).map((p) => p.address),
      ];
      const downTunnels = tunnelRows.filter((t) => t.row?.up === false).map((t) => t.name);
      const downPeers = peerRows.filter((p) => p.row && !isEstablished(p.row));
      const broken = events.filter(
        (e) =>
          e.atMs > since &&
          [...names, ...expected.map((x) => x.address)].some((part) => e.text.includes(part)),
      );
      if (downTunnels.length === 0 && downPeers.length === 0 && broken.length === 0) {
        const due = retriedAt === undefined ? 0 : retriedAt + lifetimeMs(parts, design);
        if (context.now() < due) {
          return {
            state: 'waiting',
            progress:
              'Second look: up since the retry; waiting for one more rekey, normal is one SA lifetime',
          };
        }
        if (unreported.length > 0) {
          return {
            state: 'waiting',
            progress: `Second look: Mist does not report ${unreported.join(', ')}; normal is every minute`,
          };
        }
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
      return { state: 'refused', failure: lookFailed(seen.join(', ')) };
    },
  };
}

/** How long a session must last to have been rekeyed once. */
function lifetimeMs(parts: FlowParts, design: SiteDesign): number {
  return parts.settings.rekeyCheckMs ?? design.ike.esp.lifetimeSeconds * 1000;
}

function lookFailed(seen: string): Failure {
  return {
    code: 'verify.second_look',
    message: 'the session did not last one SA lifetime',
    hint: `After one SA lifetime: ${seen}. A tunnel that dies at its first rekey usually has different PFS groups on the two sides. Roll back takes the policy out first.`,
    retryable: false,
  };
}
