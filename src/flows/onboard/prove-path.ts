import { z } from 'zod';
import { attempt } from '../../base/attempt.ts';
import type { SiteDesign } from '../../design/types.ts';
import { effectiveConfig } from '../../integrations/mist/effective-config.ts';
import type { ServicePath } from '../../integrations/mist/types.ts';
import { wanPorts } from '../../integrations/mist/ports.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import { routerAway } from '../live/router-away.ts';
import type { FlowParts } from '../parts.ts';
import { readDevice, type DeviceRead } from './mist-device.ts';
import type { DesignOf } from './run-design.ts';
import { expectedNeighbors } from './verify-operations.ts';

const DEADLINE_MS = 2 * 60_000;
/** The router may answer with the old path for a moment after it took the policy. */
const PATH_SETTLES_MS = 5_000;
/** One that was away has to bring up its tunnels and neighbors first. */
const RETURN_SETTLES_MS = 4 * 60_000;
const RETURN_DEADLINE_MS = 6 * 60_000;

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
      if (!answer.ok || answer.value.rows === undefined) {
        const away = await routerAway(parts, design, context.now());
        if (away !== undefined) {
          const progress = `${away}. Which path it takes is asked when it is back`;
          return { state: 'waiting', pausedDeadline: true, progress, seen: { awayAtMs: context.now() } };
        }
        const absence = absenceSeen(context);
        // It may have come back while the answer was waited for: only what is asked from now on counts.
        if (absence && absence.askedAgain !== true) {
          const progress = 'The router is back, and the path is asked again';
          return { state: 'waiting', progress, seen: { ...absence, askedAgain: true } };
        }
      }
      const rows = answer.ok
        ? (answer.value.rows ?? []).filter((r) => r.service === design.application.name)
        : [];
      const connectors = design.links.flatMap((l) => l.connectors.map((c) => c.name));
      const peers = expectedNeighbors(design).map((n) => n.address);
      // How an SSR names a tunnel's interface in this answer is not published: only a clear WAN port counts as wrong.
      const throughTunnel = rows.filter(
        (r) => peers.includes(r.gateway) || connectors.some((c) => r.interface.includes(c)),
      );
      const throughWan = throughTunnel.length > 0 ? [] : await leavingByWan(parts, design, rows);
      if (throughWan.length > 0) {
        const progress = `${design.application.name} still leaves through a WAN port`;
        const absence = absenceSeen(context);
        if (absence && context.now() - absence.awayAtMs < RETURN_SETTLES_MS) {
          const normal = 'normal is until the tunnels of a router that has just come back are up';
          return { state: 'waiting', progress: `${progress}; ${normal}`, deadlineMs: RETURN_DEADLINE_MS };
        }
        if (context.now() - context.since < PATH_SETTLES_MS) {
          return { state: 'waiting', progress: `${progress}; normal is a few seconds` };
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

/** The router's last absence in this wait. */
function absenceSeen({ own, since }: OperationContext): z.infer<typeof Absence> | undefined {
  const seen = Absence.safeParse(own.output).data;
  return seen && seen.awayAtMs >= since ? seen : undefined;
}

const Absence = z.object({
  /** About when it was seen away; the card's text changes once a minute. */
  awayAtMs: z.number(),
  askedAgain: z.boolean().optional(),
});

type ServicePathRow = NonNullable<ServicePath['rows']>[number];

/** Which rows name a WAN port. The device is only read where there is a row to judge. */
async function leavingByWan(
  parts: FlowParts,
  design: SiteDesign,
  rows: readonly ServicePathRow[],
): Promise<readonly ServicePathRow[]> {
  if (rows.length === 0) return [];
  const read = await attempt(readDevice(parts, design));
  const wans = wanNames(design, read.ok ? read.value : undefined);
  return rows.filter((row) => wans.includes(row.interface));
}

/** Everything that the router may call a WAN port: the names and the keys of all of them, not only of this site's links. */
function wanNames(design: SiteDesign, read: DeviceRead | undefined): readonly string[] {
  const own = design.links.map((link) => link.wan);
  if (!read) return own;
  const config = effectiveConfig(read.device.config, read.stored, 'merge', read.vars);
  return [...own, ...wanPorts(config).flatMap((port) => [port.name, port.key])];
}
