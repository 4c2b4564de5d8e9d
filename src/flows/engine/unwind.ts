import type { Failure } from '../../base/failure.ts';
import { isFailure } from '../../../db/failure-text.ts';
import { operationOf } from './forward.ts';
import { NotYet } from './not-yet.ts';
import { afterFailure } from './retry-policy.ts';
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

const LEFT_BEHIND = 'flow.left_behind';

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
    return undo && touched && step.state !== 'undone' ? [{ op, undo }] : [];
  });
}

async function undoOne(work: Work, target: Target, later: readonly Target[]): Promise<Halt | undefined> {
  const { hold, clock } = work;
  const { op } = target;
  const step = hold.step(op.id);
  if (step.state === 'undoing' && step.notBefore !== undefined && step.notBefore > clock.now()) {
    // A poll may come early, a backoff may not.
    if (!work.early || step.progress === undefined) return { kind: 'parked', until: step.notBefore };
  }
  await hold.guard();
  if (step.state !== 'undoing') {
    await hold.write(op.id, 'undo-intent', {
      state: 'undoing',
      attempts: 0,
      notBefore: null,
      progress: null,
    });
  }
  const undone = await attempt(work, op, 'undo', () =>
    target.undo(contextOf(work, op), step.output).catch(asNotYet),
  );
  if (!undone.ok) return afterUndoTrouble(work, op, undone.trouble, later);
  const left = undone.value;
  if (left instanceof NotYet) return waitFor(work, op, left);
  if (left.length > 0) {
    await hold.write(op.id, 'undo-left', { progress: null, failure: leftFailure(left, undefined) });
    return { kind: 'left', failure: leftBehind(work, left, later, undefined) };
  }
  const retried = hold.step(op.id).attempts > 0;
  await hold.write(op.id, 'undo-result', {
    state: 'undone',
    uncertain: false,
    progress: null,
    notBefore: null,
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

async function waitFor(work: Work, op: PlannedOperation, notYet: NotYet): Promise<Halt> {
  const until = work.clock.now() + (notYet.retryAfterMs ?? work.pollMs);
  if (work.hold.step(op.id).progress !== notYet.message || notYet.retryAfterMs !== undefined) {
    await work.hold.write(op.id, 'undo-waiting', { progress: notYet.message, notBefore: until, attempts: 0 });
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
  const verdict = afterFailure(work.retry, trouble, hold.step(op.id).attempts, work.random());
  if (verdict.kind === 'final') {
    await hold.write(op.id, 'undo-failed', {
      failure,
      progress: null,
      attempts: hold.step(op.id).attempts + 1,
    });
    return { kind: 'left', failure: leftBehind(work, [op.what], later, failure) };
  }
  const until = clock.now() + verdict.afterMs;
  await hold.write(op.id, 'undo-retry', {
    failure,
    attempts: verdict.attempts,
    notBefore: until,
    progress: null,
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
  const all = [...left, ...later.map(({ op }) => op.what)];
  return { ...leftFailure(all, because), cause: reasonOf(work) };
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
