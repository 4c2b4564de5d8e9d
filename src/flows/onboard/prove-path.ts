import { attempt } from '../../base/attempt.ts';
import type { Look, Operation } from '../engine/types.ts';
import type { FlowParts } from '../parts.ts';
import type { DesignOf } from './run-design.ts';
import { expectedNeighbors } from './verify-operations.ts';

const DEADLINE_MS = 2 * 60_000;
const PATH_SETTLES_MS = 5_000;

/**
 * After the cutover: asks the router which path the application takes. A path that names a connector or Microsoft's
 * peer is proof; one that names a WAN port takes everything out at once; what cannot be read is "unknown" and only shown.
 */
export function pathProven(parts: FlowParts, designOf: DesignOf): Operation {
  return {
    kind: 'verify.path',
    mode: 'wait',
    onFailure: 'unwind',
    deadlineMs: () => DEADLINE_MS,
    async look(context): Promise<Look> {
      const design = await designOf(context.run);
      const answer = await attempt(
        parts.mist.servicePath(design.site.id, design.device.id, { serviceName: design.application.name }),
      );
      if (!answer.ok && answer.failure.retryable && context.now() - context.since < PATH_SETTLES_MS)
        throw answer.failure;
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
        // The router may answer with the old path for a moment after it took the policy.
        if (context.now() - context.since < PATH_SETTLES_MS) {
          return { state: 'waiting', progress: `${design.application.name} still leaves through a WAN port` };
        }
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
