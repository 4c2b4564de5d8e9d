import type { StepPatch, StepRow } from '../../../db/types.ts';
import { budgetText, deadlineFailure, failingText } from './deadline.ts';
import { afterFailure, untilTimeIsUp } from './retry-policy.ts';
import { bugFailure, type Trouble } from './trouble.ts';
import type { Look, Operation, PlannedOperation } from './types.ts';
import {
  afterTrouble,
  attempt,
  contextOf,
  fail,
  succeed,
  type Attempt,
  type Outcome,
  type Work,
} from './work.ts';

type Waiting = Extract<Look, { state: 'waiting' }>;

/** One look at a wait: it is over, it has failed, or the run is parked until the next poll. */
export async function runWait(work: Work, op: PlannedOperation, operation: Operation): Promise<Outcome> {
  const { hold, clock } = work;
  if (hold.step(op.id).startedAt === undefined) {
    await hold.write(op, 'started', { state: 'doing', startedAt: clock.now() });
  }
  const askedAt = clock.now();
  const look = await attempt(work, op, 'look', () => operation.look(contextOf(work, op)));
  if (!look.ok) return afterFailedLook(work, op, operation, look.trouble, askedAt);
  switch (look.value.state) {
    case 'done':
      return succeed(work, op, 'found', look.value.output);
    case 'refused':
      return fail(work, op, look.value.failure);
    case 'waiting':
      return afterWaiting(work, op, operation, look.value, askedAt);
    case 'absent':
      return fail(work, op, bugFailure(`wait ${op.kind} answered absent`));
  }
}

/**
 * Journals what a wait waits for, where that is news, and fails it where its deadline had passed when the look began, at `askedAt`: the
 * answer of a look that was slow is as old as its question, so one that began in time is followed by another.
 */
export async function afterWaiting(
  work: Work,
  op: PlannedOperation,
  operation: Operation,
  look: Waiting,
  askedAt: number,
): Promise<Outcome> {
  const { hold, clock, pollMs } = work;
  const limit = await deadlineOf(work, op, operation, look.deadlineMs);
  if (!limit.ok) return afterTrouble(work, op, limit.trouble);
  const deadlineMs = limit.value;

  const now = clock.now();
  const step = hold.step(op.id);
  const pause = pauseOf(step, look.pausedDeadline === true, now);
  const endsAt = endOf(step, pause, deadlineMs, now);
  if (endsAt <= askedAt) return fail(work, op, deadlineFailure(op, deadlineMs ?? 0, look.progress));

  // The last look is at the deadline itself, not one poll after it.
  const until = Math.max(now, Math.min(now + (look.retryAfterMs ?? pollMs), endsAt));
  const patch: StepPatch = {
    ...(step.state === 'pending' && { state: 'doing', startedAt: now }),
    ...(step.progress !== look.progress && {
      progress: look.progress,
      ...(look.seen !== undefined && { output: look.seen }),
    }),
    ...(step.failure && { failure: null, notBefore: null }),
    ...(step.attempts > 0 && { attempts: 0 }),
    ...(look.retryAfterMs !== undefined && { notBefore: until }),
    ...(step.pausedSince !== pause.since && { pausedSince: pause.since ?? null, pausedMs: pause.ms }),
  };
  if (Object.keys(patch).length > 0) await hold.write(op, 'waiting', patch);
  return { kind: 'parked', until };
}

/** Only the deadline ends a wait that could not be looked at; where it stood still, it still does. */
async function afterFailedLook(
  work: Work,
  op: PlannedOperation,
  operation: Operation,
  trouble: Trouble,
  askedAt: number,
): Promise<Outcome> {
  const { hold, clock } = work;
  const { failure } = trouble;
  const limit = await deadlineOf(work, op, operation);
  if (!limit.ok || limit.value === undefined) return afterTrouble(work, op, trouble);
  const step = hold.step(op.id);
  const verdict = afterFailure(untilTimeIsUp(work.retry), trouble, step.attempts, work.random());
  if (verdict.kind === 'final') return fail(work, op, failure);

  const now = clock.now();
  const progress = trouble.rateLimited
    ? budgetText(failure)
    : failingText('The last look failed and is repeated', failure);
  const endsAt = endOf(step, pauseOf(step, step.pausedSince !== undefined, now), limit.value, now);
  if (endsAt <= askedAt) return fail(work, op, deadlineFailure(op, limit.value, progress));
  // Never before the vendor's time, not even for the deadline.
  const until = Math.max(now + (trouble.retryAfterMs ?? 0), Math.min(now + verdict.afterMs, endsAt));
  await hold.write(op, 'retry', { failure, attempts: verdict.attempts, notBefore: until, progress });
  return { kind: 'parked', until };
}

async function deadlineOf(
  work: Work,
  op: PlannedOperation,
  operation: Operation,
  seen?: number,
): Promise<Attempt<number | undefined>> {
  return attempt(work, op, 'deadline', async () => {
    const limit = seen ?? operation.deadlineMs?.(contextOf(work, op));
    return limit === undefined ? undefined : Math.min(limit, work.capMs ?? Infinity);
  });
}

/** When the deadline is; never where there is none or it stands still. */
function endOf(step: StepRow, pause: Pause, deadlineMs: number | undefined, now: number): number {
  if (deadlineMs === undefined || pause.since !== undefined) return Infinity;
  return (step.startedAt ?? now) + pause.ms + deadlineMs;
}

interface Pause {
  readonly ms: number;
  readonly since: number | undefined;
}

/** How long the deadline stood still before now, and since when it does again. */
function pauseOf(step: StepRow, paused: boolean, now: number): Pause {
  const ms = step.pausedMs ?? 0;
  if (paused) return { ms, since: step.pausedSince ?? now };
  if (step.pausedSince === undefined) return { ms, since: undefined };
  return { ms: ms + now - step.pausedSince, since: undefined };
}
