import { DiskError } from '../../../db/database-error.ts';
import type { Failure } from '../../base/failure.ts';
import { budgetText } from './deadline.ts';
import { LostRun, type Hold } from './hold.ts';
import { afterFailure, type RetryPolicy } from './retry-policy.ts';
import { troubleOf, type Trouble } from './trouble.ts';
import type { Operation, OperationContext, PlannedOperation } from './types.ts';
import type { Store } from '../../../db/types.ts';

/** What the engine writes to the log: static messages, data in fields, never a vendor's words. */
export interface EngineLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Everything that carrying out one run needs. */
export interface Work {
  readonly hold: Hold;
  readonly plan: readonly PlannedOperation[];
  readonly operations: ReadonlyMap<string, Operation>;
  readonly store: Store;
  readonly clock: { now(): number };
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly pollMs: number;
  readonly capMs: number | undefined;
  readonly log: EngineLog;
  /** Somebody asked for a look before its time: polls are due, backoffs are not. */
  readonly early: boolean;
  /** Begin nothing new. */
  readonly stopping: AbortSignal;
}

/** What one look at one operation came to; everything is journaled already. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'parked'; readonly until: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown; readonly trouble: Trouble };

/** Calls one verb of an operation. Only {@link LostRun} is thrown on. */
export async function attempt<T>(
  work: Work,
  op: PlannedOperation,
  verb: string,
  call: () => Promise<T>,
): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work.hold.permitted(call) };
  } catch (error) {
    if (error instanceof LostRun) throw error;
    // No failure of the step: nothing was sent, and what is tried again after a start must not have been counted.
    if (error instanceof DiskError) throw error;
    if (work.hold.signal.aborted) throw new LostRun('the call was given up');
    const trouble = troubleOf(error, `${verb} of ${op.id}`);
    const { id: runId, requestId } = work.hold.run;
    const fields = { runId, requestId, opId: op.id, verb, code: trouble.failure.code };
    if (trouble.frames)
      work.log.error(
        { ...fields, failure: trouble.failure.message, frames: trouble.frames },
        'an operation broke',
      );
    else work.log.warn({ ...fields, vendorRequestId: trouble.failure.requestId }, 'a call failed');
    return { ok: false, error, trouble };
  }
}

/** The context that an operation is given. `onGuard` is told of every guard that passed. */
export function contextOf(
  work: Work,
  op: PlannedOperation,
  onGuard: () => void = () => undefined,
): OperationContext {
  const { hold, clock } = work;
  const step = hold.step(op.id);
  return {
    run: hold.run,
    op,
    store: work.store,
    intended: step.uncertain === true,
    since: step.startedAt ?? clock.now(),
    own: step,
    now: () => clock.now(),
    output(opId) {
      const row = hold.steps().find((other) => other.opId === opId);
      return row?.state === 'done' ? row.output : undefined;
    },
    async guard() {
      await hold.guard();
      onGuard();
    },
    async progress(text) {
      if (hold.step(op.id).progress !== text) await hold.write(op, 'progress', { progress: text });
    },
    signal: hold.signal,
  };
}

/** Journals a failed try going forward: either it is repeated after a while, or the step has failed for good. */
export async function afterTrouble(
  work: Work,
  op: PlannedOperation,
  trouble: Trouble,
  uncertain?: boolean,
): Promise<Outcome> {
  const { hold, clock } = work;
  const { failure } = trouble;
  const verdict = afterFailure(work.retry, trouble, hold.step(op.id).attempts, work.random());
  const known = uncertain === undefined ? {} : { uncertain };
  if (verdict.kind === 'final') return fail(work, op, failure, uncertain);
  const until = clock.now() + verdict.afterMs;
  await hold.write(op, 'retry', {
    failure,
    attempts: verdict.attempts,
    notBefore: until,
    ...(trouble.rateLimited && { progress: budgetText(failure) }),
    ...(!trouble.rateLimited && hold.step(op.id).progress !== undefined && { progress: null }),
    ...known,
  });
  return { kind: 'parked', until };
}

/** Journals that a step has failed for good. */
export async function fail(
  work: Work,
  op: PlannedOperation,
  failure: Failure,
  uncertain?: boolean,
): Promise<Outcome> {
  await work.hold.write(op, 'failed', {
    state: 'failed',
    failure,
    progress: null,
    notBefore: null,
    endedAt: work.clock.now(),
    ...(uncertain !== undefined && { uncertain }),
  });
  return { kind: 'failed', failure };
}

/** Journals that a step is done. `event`: `found` where it was so already, `result` where we did it. */
export async function succeed(
  work: Work,
  op: PlannedOperation,
  event: 'found' | 'result',
  output: OperationOutput,
): Promise<Outcome> {
  const now = work.clock.now();
  await work.hold.write(op, event, {
    state: 'done',
    output: output ?? null,
    uncertain: false,
    failure: null,
    progress: null,
    notBefore: null,
    endedAt: now,
    ...(work.hold.step(op.id).startedAt === undefined && { startedAt: now }),
  });
  return { kind: 'done' };
}

type OperationOutput = Awaited<ReturnType<NonNullable<Operation['do']>>>;
