import type { StepRow } from '../../../db/types.ts';
import type { SiteDesign, SiteInputs } from '../../design/types.ts';
import type { FlowParts } from '../parts.ts';
import { planChange } from '../plan/plan-change.ts';
import type { Plan } from '../plan/types.ts';
import type { RequestVerb } from '../request-verb.ts';
import { liveOf, onboardEnd } from './onboard-end.ts';
import { OP } from './outputs.ts';
import { onboardReservations } from './reservations.ts';

/** `onboard`: connects a site on both sides. */
export function onboardVerb(parts: FlowParts): RequestVerb {
  return {
    ...onboardEnd(parts.settings, parts.clock),
    plan({ id, inputs, plan }, isCompared = false) {
      const { known } = (plan ?? {}) as unknown as Partial<Plan>;
      return planChange(parts, inputs as unknown as SiteInputs, {
        requestId: id,
        isCompared,
        ...(known && { known }),
      });
    },
    reservations: onboardReservations,
    async kept(store, _run, steps, request) {
      // Still open before the cutover: the site is neither connected nor as before, so Retry and Roll back stay on the card.
      if (!isCutOver(steps)) return { state: 'needs-decision', reason: KEPT_UNUSED };
      const { site } = request.design as unknown as SiteDesign;
      if (await store.sites.get(site.id)) return { state: 'onboarded', reason: KEPT_IN_USE };
      await store.sites.put({
        siteId: site.id,
        name: site.name,
        state: 'kept',
        requestId: request.id,
        design: request.design,
        live: liveOf(steps),
        updatedAt: parts.clock.now(),
      });
      return { state: 'onboarded', reason: KEPT_UNPROVEN };
    },
  };
}

const KEPT_UNUSED = 'Kept without the cutover: the configuration stays on both sides, no traffic uses it.';
const KEPT_IN_USE = 'Kept in use although the second look failed.';
const KEPT_UNPROVEN = 'Kept in use although the run had not come to its end: the path was not proven.';

/** Not undone for certain: traffic may use it. */
function isCutOver(steps: readonly StepRow[]): boolean {
  const step = steps.find((s) => s.opId === OP.policy);
  return step?.state === 'done' || step?.state === 'undoing' || step?.uncertain === true;
}
