import type { Failure } from '../../base/failure.ts';
import type { StepRow } from '../../../db/types.ts';
import { isFailure } from '../../../db/failure-text.ts';
import { budgetText, failingText, isRateLimit, undoDeadlineFailure } from './deadline.ts';
import { operationOf } from './forward.ts';
import { NotYet } from './not-yet.ts';
import { afterFailure, untilTimeIsUp } from './retry-policy.ts';
import { thingOf } from './thing-of.ts';
import type { Trouble } from './trouble.ts';
import type { Operation, PlannedOperation } from './types.ts';
import { attempt, contextOf, type Work } from './work.ts';

/** What going backwards came to. */
export type Unwound =
  | { readonly kind: 'unwound'; readonly anyDone: boolean; readonly failure: Failure | null }
  | { readonly kind: 'parked'; readonly until: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'left'; readonly failure: Failure };

interface Target {
  readonly op: PlannedOperation;
  readonly undo: NonNullable<Operation['undo']>;
}

/** How one undo ended, where it was not simply undone. */
type Halt = Exclude<Unwound, { kind: 'unwound' }>;

/** Code of a run whose unwinding could not finish; its hint names what is still there. */
export const LEFT_BEHIND = 'flow.left_behind';

/** Undoes, last one first and one at a time, whatever was done or may have been done. */
export async function unwind(work: Work): Promise<Unwound> {
  const targets = targetsOf(work);
  for (const [index, target] of targets.entries()) {
    if (work.stopping.aborted) return { kind: 'stopped' };
    const halt = await undoOne(work, target, targets.slice(index + 1));
    if (halt) return halt;
  }
  const anyDone = work.hold.steps().some((step) => step.intended && step.output !== undefined);
  return { kind: 'unwound', anyDone, failure: reasonOf(work) ?? null };
}

function targetsOf(work: Work): readonly Target[] {
  return [...work.plan].reverse().flatMap((op) => {
    const step = work.hold.step(op.id);
    const operation = operationOf(work, op);
    const undo = operation.undo?.bind(operation);
    const touched = step.state === 'undoing' || step.output !== undefined || step.uncertain === true;
    const wanted = operation.mustUndo?.(work.hold.run) ?? true;
    return undo && touched && wanted && step.state !== 'undone' ? [{ op, undo }] : [];
  });
}

async function undoOne(work: Work, target: Target, later: readonly Target[]): Promise<Halt | undefined> {
  const { hold, clock } = work;
  const { op } = target;
  const step = hold.step(op.id);
  if (step.state === 'undoing' && step.notBefore !== undefined && step.notBefore > clock.now()) {
    if (!work.early || !isPoll(step)) return { kind: 'parked', until: step.notBefore };
  }
  await hold.guard();
  if (step.state !== 'undoing') {
    await hold.write(op, 'undo-intent', {
      state: 'undoing',
      attempts: 0,
      notBefore: null,
      progress: null,
      failingSince: null,
      waitingSince: null,
    });
  }
  const askedAt = clock.now();
  const undone = await attempt(work, op, 'undo', () =>
    target.undo(contextOf(work, op), step.output).catch(asNotYet),
  );
  if (!undone.ok) return afterUndoTrouble(work, op, undone.trouble, later);
  const left = undone.value;
  if (left instanceof NotYet) return waitFor(work, op, left, later, askedAt);
  if (left.length > 0) {
    await hold.write(op, 'undo-left', { progress: null, failure: leftFailure(left, undefined) });
    return { kind: 'left', failure: leftBehind(work, left, later, undefined) };
  }
  const retried = hold.step(op.id).attempts > 0;
  await hold.write(op, 'undo-result', {
    state: 'undone',
    uncertain: false,
    progress: null,
    notBefore: null,
    failingSince: null,
    waitingSince: null,
    endedAt: clock.now(),
    // The failure that is left is the one that turned the run back.
    ...(retried && { failure: null }),
  });
  return undefined;
}

function asNotYet(error: unknown): NotYet {
  if (error instanceof NotYet) return error;
  throw error;
}

/** A poll may come early, a backoff may not. */
function isPoll(step: StepRow): boolean {
  return step.progress !== undefined && step.failingSince === undefined && !isRateLimit(step.failure);
}

async function waitFor(
  work: Work,
  op: PlannedOperation,
  notYet: NotYet,
  later: readonly Target[],
  askedAt: number,
): Promise<Halt> {
  const { hold, clock } = work;
  const { message: progress, retryAfterMs } = notYet;
  const now = clock.now();
  const step = hold.step(op.id);
  const since = notYet.deadlineMs === undefined ? undefined : (step.waitingSince ?? now);
  const limitMs = Math.min(notYet.deadlineMs ?? Infinity, work.capMs ?? Infinity);
  const endsAt = since === undefined ? Infinity : since + limitMs;
  // As in a wait: a look that began in time does not decide by what it saw then.
  if (endsAt <= askedAt) {
    const because = undoDeadlineFailure(op, limitMs, progress);
    await hold.write(op, 'undo-left', { progress: null, failure: leftFailure([leftOf(op)], because) });
    return { kind: 'left', failure: leftBehind(work, [leftOf(op)], later, because) };
  }
  // The last look is at the deadline itself, not one poll after it.
  const until = Math.max(now, Math.min(now + (retryAfterMs ?? work.pollMs), endsAt));
  const isNews = step.progress !== progress || step.waitingSince !== since || retryAfterMs !== undefined;
  if (isNews) {
    await hold.write(op, 'undo-waiting', {
      progress,
      notBefore: until,
      attempts: 0,
      failingSince: null,
      waitingSince: since ?? null,
      // It was the one of a try that has been repeated.
      ...(step.attempts > 0 && { failure: null }),
    });
  }
  return { kind: 'parked', until };
}

async function afterUndoTrouble(
  work: Work,
  op: PlannedOperation,
  trouble: Trouble,
  later: readonly Target[],
): Promise<Halt> {
  const { hold, clock } = work;
  const { failure } = trouble;
  const now = clock.now();
  const step = hold.step(op.id);
  const failingSince = step.failingSince ?? now;
  const verdict = afterFailure(untilTimeIsUp(work.retry), trouble, step.attempts, work.random());
  const isTimeUp = !trouble.rateLimited && now - failingSince >= work.retry.undoMs;
  if (verdict.kind === 'final' || isTimeUp) {
    await hold.write(op, 'undo-failed', { failure, progress: null, attempts: step.attempts + 1 });
    return { kind: 'left', failure: leftBehind(work, [leftOf(op)], later, failure) };
  }
  const until = now + verdict.afterMs;
  await hold.write(op, 'undo-retry', {
    failure,
    attempts: verdict.attempts,
    notBefore: until,
    // A rate limit says nothing about the undo: its time does not begin with it.
    ...(trouble.rateLimited
      ? { progress: budgetText(failure) }
      : { progress: failingText('The last try to undo failed and is repeated', failure), failingSince }),
  });
  return { kind: 'parked', until };
}

/** Names exactly what still stands: what this undo left, and whatever was to be undone after it. */
function leftBehind(
  work: Work,
  left: readonly string[],
  later: readonly Target[],
  because: Failure | undefined,
): Failure {
  const standing = later.filter(({ op }) => operationOf(work, op).mode === 'change');
  const all = [...left, ...standing.map(({ op }) => leftOf(op))];
  return { ...leftFailure(all, because), cause: reasonOf(work) };
}

/** What an undo that did not get through leaves; of a removal, what it was to put back. */
function leftOf({ what, before, after }: PlannedOperation): string {
  if (after.length > 0 || before.length === 0) return thingOf(what);
  return `not put back: ${before.map((line) => line.replace(/^- /, '')).join(', ')}`;
}

function leftFailure(left: readonly string[], because: Failure | undefined): Failure {
  const why = because ? ` ${because.hint}` : '';
  return {
    code: LEFT_BEHIND,
    message: `${left.length} object(s) could not be removed${because ? ` (${because.code})` : ''}`,
    hint: `Still there: ${left.join('; ')}.${why} Mend it and choose Retry, or Keep.`,
    retryable: true,
  };
}

/** Why the run was turned back, also where it got stuck on the way since. */
function reasonOf(work: Work): Failure | undefined {
  const failure = work.hold.run.failure;
  if (failure?.code !== LEFT_BEHIND) return failure;
  return isFailure(failure.cause) ? failure.cause : undefined;
}
