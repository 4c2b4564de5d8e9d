import type { RunRow, Store } from '../../../db/types.ts';
import { isDatabaseError } from '../../../db/database-error.ts';
import { isFailure } from '../../../db/failure-text.ts';
import type { Failure } from '../../base/failure.ts';
import { goForward } from './forward.ts';
import { createHold, LostRun, type Hold } from './hold.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry-policy.ts';
import { createRunDecisions, type RunDecisions } from './run-decisions.ts';
import { bugFailure, framesOf, nameOf } from './trouble.ts';
import type { Dispatcher, Operation, PlannedOperation, RunObserver } from './types.ts';
import { unwind } from './unwind.ts';
import type { StepListener } from './step-outcome.ts';
import { whyNotPlayable } from './plan-check.ts';
import type { EngineLog, Work } from './work.ts';

export interface ExecutorOptions {
  readonly store: Store;
  /** One per kind. */
  readonly operations: readonly Operation[];
  /** The plan that was approved. A `Failure` that it throws (a plan version of another release) is put to a person. */
  readonly planOf: (run: RunRow) => Promise<readonly PlannedOperation[]>;
  readonly observer: RunObserver;
  readonly dispatcher: Dispatcher;
  /** Name of this process; another one for every start. */
  readonly owner: string;
  readonly clock: { now(): number };
  /** How often a wait is looked at. */
  readonly pollMs: number;
  /** Caps every deadline of a wait. */
  readonly capMs?: number;
  /**
   * How long a run belongs to this process after its last sign of life; longer than four thirds of one attempt of any remote
   * call, since three quarters are left after each guard. Default 10 s.
   */
  readonly leaseMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly onStep?: StepListener;
  /** In [0, 1), for the jitter of backoffs. */
  readonly random?: () => number;
  readonly log: EngineLog;
}

/** Carries out runs. Holds nothing: everything it knows is in the rows. */
export interface Executor extends RunDecisions {
  /** Takes up every unfinished run and whatever comes. */
  start(): Promise<void>;
  /** Finishes the steps that are going on, then leaves their runs to whoever comes next. */
  stop(): Promise<void>;
  /**
   * Takes the run as far as it gets now: until it ends, waits for something, or needs a person. Does nothing where
   * somebody else works on it. Rejects only where the database or the observer fails; the run is then due again.
   */
  look(runId: string, stopping?: AbortSignal): Promise<void>;
  /** Has the run looked at now, polls that are not due yet included. */
  wake(runId: string): void;
}

/** Makes the executor over the rows of `options.store`. */
export function createExecutor(options: ExecutorOptions): Executor {
  const { store, dispatcher, observer, clock, log, leaseMs = 10_000 } = options;
  const operations = new Map(options.operations.map((operation) => [operation.kind, operation]));
  const never = new AbortController().signal;
  const looks = new Map<string, Promise<void>>();

  async function takeUp(runId: string, stopping: AbortSignal): Promise<void> {
    const before = await store.runs.get(runId);
    if (!before || stopping.aborted) return;
    const run = await store.runs.claim(
      runId,
      options.owner,
      clock.now(),
      leaseMs,
      dispatcher.exclusive ?? false,
    );
    if (!run) return;
    if (run.epoch === 1 || before.owner !== undefined) {
      const { epoch } = run;
      log.info(
        { runId, epoch, ...(before.owner !== undefined && { from: before.owner }) },
        'a run is taken up',
      );
    }
    const hold = createHold(
      {
        store,
        observer,
        clock,
        leaseMs,
        exclusive: dispatcher.exclusive ?? false,
        ...(options.onStep && { onStep: options.onStep }),
      },
      run,
      await store.runs.steps(runId),
    );
    try {
      const early = before.wakeAt !== undefined && before.wakeAt > clock.now();
      await play(hold, early, stopping);
    } catch (error) {
      if (error instanceof LostRun) {
        log.warn({ runId, epoch: run.epoch }, 'another worker has taken the run over');
        return;
      }
      log.error({ runId, error: nameOf(error), frames: framesOf(error) }, 'a run could not be journaled');
      await hold.park(undefined).catch(() => undefined);
      throw error;
    } finally {
      hold.release();
    }
  }

  async function play(hold: Hold, early: boolean, stopping: AbortSignal): Promise<void> {
    const plan = await planFor(hold.run);
    const wrong = isFailure(plan) ? plan : whyNotPlayable(plan, operations, hold.steps());
    // Never guess: neither forward nor back without a plan that fits.
    if (isFailure(plan) || wrong) return hold.finish('needs-decision', wrong ?? null);
    const work: Work = {
      hold,
      plan,
      operations,
      store,
      clock,
      random: options.random ?? Math.random,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      pollMs: options.pollMs,
      capMs: options.capMs,
      log,
      early,
      stopping,
    };
    if (hold.run.state === 'active' && !(await forward(work))) return;
    await backward(work);
  }

  /** True where the run is now to be unwound. */
  async function forward(work: Work): Promise<boolean> {
    const { hold } = work;
    const verdict = await goForward(work);
    switch (verdict.kind) {
      case 'done':
        await hold.finish('succeeded', null);
        return false;
      case 'parked':
        await hold.park(verdict.until);
        return false;
      case 'stopped':
        await hold.park(undefined);
        return false;
      case 'failed':
        if (verdict.then === 'ask') {
          await hold.finish('needs-decision', verdict.failure);
          return false;
        }
        await hold.turnBack(verdict.failure);
        return true;
    }
  }

  async function backward(work: Work): Promise<void> {
    const { hold } = work;
    const result = await unwind(work);
    switch (result.kind) {
      case 'unwound':
        return hold.finish(result.anyDone ? 'rolled-back' : 'failed', result.failure);
      case 'parked':
        return hold.park(result.until);
      case 'stopped':
        return hold.park(undefined);
      case 'left':
        return hold.finish('needs-decision', result.failure);
    }
  }

  async function planFor(run: RunRow): Promise<readonly PlannedOperation[] | Failure> {
    try {
      return await options.planOf(run);
    } catch (error) {
      if (isDatabaseError(error)) throw error;
      if (isFailure(error)) return error;
      log.error({ runId: run.id, error: nameOf(error), frames: framesOf(error) }, 'a plan could not be read');
      return bugFailure(`unexpected ${nameOf(error)} while the plan was read`);
    }
  }

  function look(runId: string, stopping: AbortSignal = never): Promise<void> {
    const going = looks.get(runId);
    if (going) return going;
    const taken = takeUp(runId, stopping).finally(() => looks.delete(runId));
    looks.set(runId, taken);
    return taken;
  }

  return {
    ...createRunDecisions({ store, observer, dispatcher, clock }),
    start: () => dispatcher.start(look),
    stop: () => dispatcher.stop(),
    look,
    wake: (runId) => dispatcher.wake(runId),
  };
}
