import { attempt } from '../../base/attempt.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { Look, Operation, OperationContext } from '../engine/types.ts';
import type { DesignOf } from '../onboard/run-design.ts';
import type { FlowParts } from '../parts.ts';

/** `lyon-ssr120 is offline, last seen 3 min ago`: how cards say that Mist has lost a router. */
export function offlineText(deviceName: string, lastSeenMs: number | undefined, now: number): string {
  if (lastSeenMs === undefined) return `${deviceName} is offline`;
  return `${deviceName} is offline, last seen ${Math.max(0, Math.round((now - lastSeenMs) / 60_000))} min ago`;
}

/** The same sentence where Mist says that the router is not connected; undefined where it is, or nobody can say. */
export async function routerAway(
  parts: Pick<FlowParts, 'mist'>,
  target: Pick<SiteDesign, 'site' | 'device'>,
  now: number,
): Promise<string | undefined> {
  const stats = await attempt(parts.mist.deviceStats(target.site.id, target.device.id));
  if (!stats.ok || stats.value.connected) return undefined;
  return offlineText(target.device.name, stats.value.lastSeenMs, now);
}

/**
 * A wait for what a router reports, whose deadline stands still while that router is away: what Mist shows of it then is old, and
 * nothing can be concluded from it. Whether it is away is asked only where the look has not found what it waits for, and, with
 * `isProof`, before that is believed.
 */
export function patientWithRouter(
  parts: FlowParts,
  designOf: DesignOf,
  wait: Operation,
  { isProof = false }: { readonly isProof?: boolean } = {},
): Operation {
  async function away(context: OperationContext): Promise<Look | undefined> {
    const text = await routerAway(parts, await designOf(context.run), context.now());
    if (text === undefined) return undefined;
    return {
      state: 'waiting',
      pausedDeadline: true,
      progress: `${text}. Nothing it reports is known until it is back; I go on then`,
    };
  }

  return {
    ...wait,
    async look(context): Promise<Look> {
      let look: Look;
      try {
        look = await wait.look(context);
      } catch (error) {
        // A command that a router does not answer may be refused by Mist.
        const instead = await away(context);
        if (instead) return instead;
        throw error;
      }
      return look.state === 'done' && !isProof ? look : ((await away(context)) ?? look);
    },
  };
}
