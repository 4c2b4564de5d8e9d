import type { StepRow } from '../../../db/types.ts';

const NOT_MADE_AGAIN = /^remove\.(profiles|network|link\.\d+|entries)$/;

/**
 * Why a run that removes things cannot be rolled back any more; undefined where it can, and for every other run. What a router of
 * a connected site lost can be written again; what Microsoft lost comes back with other endpoints, which is a new onboarding.
 */
export function whyNotUndoable(steps: readonly StepRow[]): string | undefined {
  const gone = steps.some((s) => NOT_MADE_AGAIN.test(s.opId) && s.intended);
  return gone
    ? 'What is removed already cannot be made again as it was: this cannot be rolled back. Choose Retry to finish it; `/sse onboard` connects the site anew.'
    : undefined;
}
