import type { StepPatch, StepRow } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { bugFailure } from './trouble.ts';
import type { Look, Operation, PlannedOperation } from './types.ts';
import { afterTrouble, attempt, contextOf, fail, succeed, type Outcome, type Work } from './work.ts';

type Waiting = Extract<Look, { state: 'waiting' }>;

/** One look at a wait: it is over, it has failed, or the run is parked until the next poll. */
export async function runWait(work: Work, op: PlannedOperation, operation: Operation): Promise<Outcome> {
  const { hold, clock } = work;
  if (hold.step(op.id).startedAt === undefined) {
    await hold.write(op.id, 'started', { state: 'doing', startedAt: clock.now() });
  }
  const look = await attempt(work, op, 'look', () => operation.look(contextOf(work, op)));
  if (!look.ok) return afterTrouble(work, op, look.trouble);
  switch (look.value.state) {
    case 'done':
      return succeed(work, op, 'found', look.value.output);
    case 'refused':
      return fail(work, op, look.value.failure);
    case 'waiting':
      return afterWaiting(work, op, operation, look.value);
    case 'absent':
      return fail(work, op, bugFailure(`wait ${op.kind} answered absent`));
  }
}

/** Journals what a wait waits for, where that is news, and fails it where its deadline has passed. */
export async function afterWaiting(
  work: Work,
  op: PlannedOperation,
  operation: Operation,
  look: Waiting,
): Promise<Outcome> {
  const { hold, clock, pollMs } = work;
  const limit = await attempt(work, op, 'deadline', async () => operation.deadlineMs?.(contextOf(work, op)));
  if (!limit.ok) return afterTrouble(work, op, limit.trouble);
  const deadlineMs = limit.value === undefined ? undefined : Math.min(limit.value, work.capMs ?? Infinity);

  const now = clock.now();
  const step = hold.step(op.id);
  const pause = pauseOf(step, look.pausedDeadline === true, now);
  const started = step.startedAt ?? now;
  const leftMs =
    deadlineMs === undefined || pause.since !== undefined ? Infinity : started + pause.ms + deadlineMs - now;
  if (leftMs <= 0) return fail(work, op, deadlineFailure(op, deadlineMs ?? 0, look.progress));

  // The last look is at the deadline itself, not one poll after it.
  const until = now + Math.min(look.retryAfterMs ?? pollMs, leftMs);
  const patch: StepPatch = {
    ...(step.state === 'pending' && { state: 'doing', startedAt: now }),
    ...(step.progress !== look.progress && { progress: look.progress }),
    ...(step.failure && { failure: null, notBefore: null }),
    ...(step.attempts > 0 && { attempts: 0 }),
    ...(look.retryAfterMs !== undefined && { notBefore: until }),
    ...(step.pausedSince !== pause.since && { pausedSince: pause.since ?? null, pausedMs: pause.ms }),
  };
  if (Object.keys(patch).length > 0) await hold.write(op.id, 'waiting', patch);
  return { kind: 'parked', until };
}

/** How long the deadline stood still before now, and since when it does again. */
function pauseOf(
  step: StepRow,
  paused: boolean,
  now: number,
): { readonly ms: number; readonly since: number | undefined } {
  const ms = step.pausedMs ?? 0;
  if (paused) return { ms, since: step.pausedSince ?? now };
  if (step.pausedSince === undefined) return { ms, since: undefined };
  return { ms: ms + now - step.pausedSince, since: undefined };
}

function deadlineFailure(op: PlannedOperation, deadlineMs: number, progress: string): Failure {
  const waited =
    deadlineMs < 60_000 ? `${Math.round(deadlineMs / 1000)} s` : `${Math.round(deadlineMs / 60_000)} min`;
  return {
    code: 'flow.deadline',
    message: `${op.id} was not reached within ${waited}`,
    hint: `${op.what}: not reached within ${waited}. Last seen: ${progress}`,
    retryable: true,
  };
}
