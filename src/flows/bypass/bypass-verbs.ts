import type { RequestRow, StepRow, Store } from '../../../db/types.ts';
import { failed } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { liveOf, outcomeOf } from '../onboard/onboard-end.ts';
import { OP } from '../onboard/outputs.ts';
import type { FlowParts } from '../parts.ts';
import type { RequestVerb } from '../request-verb.ts';
import { planBypassOff } from './plan-bypass-off.ts';

/** `bypass`: takes traffic out of the tunnels at once. Its requests are never planned again: they start with their plan. */
export function bypassVerb(parts: FlowParts): RequestVerb {
  return {
    plan: async () => failed(NOT_PLANNED),
    async succeeded(store, _run, _steps, request) {
      const design = request.design as unknown as SiteDesign;
      const site = await store.sites.get(request.siteId);
      if (site) await store.sites.put({ ...site, state: 'bypassed', updatedAt: parts.clock.now() });
      return {
        state: 'changed',
        outcome: {
          lines: [
            `Bypassed: traffic of ${design.policy.tenants.join(', ')} no longer uses the tunnels and follows the other policies of ${design.device.name}.`,
            'Tunnels and BGP sessions stay as they are.',
            `To put it back: \`/sse bypass ${request.siteName} off\`, which another person approves.`,
          ],
        },
      };
    },
  };
}

/** `bypass <site> off`: sends the traffic into the tunnels again, once they have been seen up. */
export function bypassOffVerb(parts: FlowParts): RequestVerb {
  return {
    plan: (request) => planBypassOff(parts, request.siteId),
    async succeeded(store, _run, steps, request) {
      await inUseAgain(store, steps, request, parts.clock.now());
      const design = request.design as unknown as SiteDesign;
      return { state: 'changed', outcome: { ...outcomeOf(design, steps), secondLookAt: null } };
    },
  };
}

async function inUseAgain(
  store: Store,
  steps: readonly StepRow[],
  request: RequestRow,
  now: number,
): Promise<void> {
  const site = await store.sites.get(request.siteId);
  if (!site) return;
  const own = liveOf(steps.filter((s) => s.opId === OP.policy)) as object;
  await store.sites.put({
    ...site,
    state: 'onboarded',
    live: { ...(site.live as object), ...own },
    updatedAt: now,
  });
}

const NOT_PLANNED = {
  code: 'flow.not_planned',
  message: 'a bypass is not planned again',
  hint: 'A bypass starts at once and cannot be planned again; type the command once more.',
  retryable: false,
};
