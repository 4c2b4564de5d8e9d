import { randomUUID } from 'node:crypto';
import type { RequestRow, RunRow, Store } from '../../db/types.ts';
import type { Plan } from './plan/types.ts';
import type { RequestVerb } from './request-verb.ts';

/** Rolls a decision's transaction back where another run holds the device. */
export class DeviceBusy extends Error {}

/**
 * Makes the run of an approved request with its steps and locks, and moves the request on; to be called in the transaction that decides, on a
 * request that it has locked. The run's ID. Throws {@link DeviceBusy}.
 */
export async function beginRun(
  tx: Store,
  request: RequestRow,
  verb: Pick<RequestVerb, 'started'>,
  now: number,
): Promise<string> {
  const plan = request.plan as unknown as Plan;
  const run: RunRow = {
    id: randomUUID(),
    requestId: request.id,
    kind: 'change',
    state: 'active',
    planVersion: request.planVersion,
    epoch: 0,
    leaseUntil: 0,
    startedAt: now,
  };
  const steps = plan.operations.map((o) => o.id);
  const { blockedBy } = await tx.runs.create(run, steps, plan.locks);
  if (blockedBy) throw new DeviceBusy(`lock ${blockedBy.key} is held`);
  await verb.started?.(tx, request);
  const decided = { decidedAt: now, reason: null };
  if (!(await tx.requests.move(request.id, ['planned'], 'running', decided, request.revision))) {
    throw new Error('a request changed while it was locked');
  }
  return run.id;
}
