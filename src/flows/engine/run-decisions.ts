import type { RunRow, RunState, Store } from '../../../db/types.ts';
import { announce } from './hold.ts';
import type { Dispatcher, RunObserver } from './types.ts';

/** What a person may decide about a run. Each is a compare-and-set on rows; false = somebody else was faster. */
export interface RunDecisions {
  /** Goes on where it stopped: forward, or with the unwinding. From `needs-decision` and `kept`. */
  retry(runId: string): Promise<boolean>;
  /**
   * Undoes everything. From `needs-decision`, `kept` and `succeeded`; a run that has given its locks back takes them
   * again, and false is also the answer where another run holds one of them.
   */
  rollBack(runId: string): Promise<boolean>;
  /** Leaves everything as it is and ends the run. From `needs-decision`. */
  keep(runId: string): Promise<boolean>;
}

export interface DecisionParts {
  readonly store: Store;
  readonly observer: RunObserver;
  readonly dispatcher: Pick<Dispatcher, 'wake'>;
  readonly clock: { now(): number };
}

/** Decisions over the rows of `parts.store`. May be called inside a transaction that also moves the request. */
export function createRunDecisions({ store, observer, dispatcher, clock }: DecisionParts): RunDecisions {
  async function reopen(
    runId: string,
    from: readonly RunState[],
    to: (run: RunRow) => RunState,
  ): Promise<boolean> {
    const begun = await store.transaction(async (tx) => {
      const run = await tx.runs.get(runId);
      if (!run || !from.includes(run.state)) return false;
      const { blockedBy } = await tx.runs.lock(runId, await tx.runs.lockKeys(runId));
      if (blockedBy) return false;
      if (!(await tx.runs.reopen(runId, [run.state], to(run), clock.now()))) return false;
      const after = await tx.runs.get(runId);
      if (after) await observer.changed(tx, after);
      return true;
    });
    if (begun) dispatcher.wake(runId);
    return begun;
  }

  return {
    retry: (runId) =>
      reopen(runId, ['needs-decision', 'kept'], (run) => (run.unwinding ? 'unwinding' : 'active')),
    rollBack: (runId) => reopen(runId, ['needs-decision', 'kept', 'succeeded'], () => 'unwinding'),
    keep: (runId) =>
      store.transaction(async (tx) => {
        if (!(await tx.runs.reopen(runId, ['needs-decision'], 'kept', clock.now()))) return false;
        await tx.runs.unlock(runId);
        await announce(tx, observer, runId);
        return true;
      }),
  };
}
