import type { StepRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import type { Operation, PlannedOperation } from './types.ts';

/** Why this release cannot carry out a plan; undefined where it can. */
export function whyNotPlayable(
  plan: readonly PlannedOperation[],
  operations: ReadonlyMap<string, Operation>,
  steps: readonly StepRow[],
): Failure | undefined {
  const ids = new Set(plan.map((op) => op.id));
  const foreign = plan.find((op) => !operations.has(op.kind));
  if (foreign)
    return unplayable(`it holds an operation of kind ${foreign.kind}, which this version does not know`);
  const loose = plan.find((op) => op.needs.some((id) => !ids.has(id)));
  if (loose) return unplayable(`${loose.id} needs an operation that it does not hold`);
  if (
    ids.size !== plan.length ||
    steps.length !== plan.length ||
    !steps.every((step) => ids.has(step.opId))
  ) {
    return unplayable('it does not match the steps of the run');
  }
  return undefined;
}

function unplayable(why: string): Failure {
  return {
    code: 'flow.plan_unknown',
    message: `the plan cannot be carried out: ${why}`,
    hint: `This run's plan cannot be carried out by this version of the bot: ${why}. Start the version that made it and choose Retry, or Keep.`,
    retryable: true,
  };
}
