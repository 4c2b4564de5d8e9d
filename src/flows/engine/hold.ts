import type {
  RunPatch,
  RunRow,
  RunState,
  StepPatch,
  StepRow,
  Store,
  TransactionMode,
} from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';
import { withSendPermit } from '../../base/send-permit.ts';
import { isOfUndo, outcomeOf, undoBegan, type StepListener } from './step-outcome.ts';
import type { PlannedOperation, RunObserver } from './types.ts';

/** Thrown where another worker has taken the run over: stop at once and send nothing more. */
export class LostRun extends Error {
  override readonly name = 'LostRun';
}

/** A run that this worker owns, with its steps as they were last written. Every write carries the epoch. */
export interface Hold {
  readonly run: RunRow;
  /** Aborted when ownership is lost. */
  readonly signal: AbortSignal;
  step(opId: string): StepRow;
  steps(): readonly StepRow[];
  /**
   * Throws {@link LostRun} where the run is not ours any more; else three quarters of the lease are left at least, and everything that was
   * journaled is on the disk.
   */
  guard(): Promise<void>;
  /** Journals an event of one step and prolongs the lease; waiting for the disk is left to {@link Hold.guard}. Throws {@link LostRun}. */
  write(op: PlannedOperation, event: string, patch: StepPatch): Promise<void>;
  /** Gives the run back, to be looked at again at `wakeAt` (undefined: by whoever comes next). */
  park(wakeAt: number | undefined): Promise<void>;
  /** From now on the run goes backwards. */
  turnBack(failure: Failure): Promise<void>;
  /** Ends the run, or hands it to a person. Skips what was never begun, frees the locks where it has ended. */
  finish(state: Exclude<RunState, 'active' | 'unwinding'>, failure: Failure | null): Promise<void>;
  /** Does work that may send: nothing that changes the other side leaves once the lease is over. Throws {@link LostRun} then. */
  permitted<T>(work: () => Promise<T>): Promise<T>;
  /** Stops prolonging the lease. */
  release(): void;
}

export interface HoldParts {
  readonly store: Store;
  readonly observer: RunObserver;
  readonly clock: { now(): number };
  readonly leaseMs: number;
  /** True where no other process could take the run over, however long this one stood still. */
  readonly exclusive?: boolean;
  readonly onStep?: StepListener;
}

/** Holds a claimed run and keeps its lease alive until {@link Hold.release}. */
export function createHold(parts: HoldParts, claimed: RunRow, rows: readonly StepRow[]): Hold {
  const { store, observer, clock, leaseMs, exclusive = false } = parts;
  const { id, epoch } = claimed;
  const steps = new Map(rows.map((row) => [row.opId, row]));
  const lost = new AbortController();
  let run = claimed;
  let renewedAt = claimed.leaseUntil - leaseMs;

  function lose(): never {
    lost.abort();
    throw new LostRun(`run ${id} belongs to another worker`);
  }

  async function guard(): Promise<void> {
    if (lost.signal.aborted) lose();
    const [ours] = await Promise.all([isOurs(), store.settled()]);
    if (!ours) lose();
  }

  /** A read is enough, and cheaper than a commit, while most of the lease is left. */
  async function isOurs(): Promise<boolean> {
    const now = clock.now();
    if (now >= renewedAt && now - renewedAt < leaseMs / 4) {
      const row = await store.runs.get(id);
      return row?.owner !== undefined && row.epoch === epoch;
    }
    if (!(await store.runs.renew(id, epoch, now, leaseMs))) return false;
    renewedAt = now;
    return true;
  }

  /** The run as it is then; undefined where it is not ours. */
  async function writeRun(tx: Store, patch: RunPatch): Promise<RunRow | undefined> {
    return (await tx.runs.writeRun(id, epoch, patch, clock.now())) ? tx.runs.get(id) : undefined;
  }

  /** Journals in one transaction what `work` writes and tells the observer. */
  async function writing(
    show: boolean,
    work: (tx: Store) => Promise<RunRow | undefined>,
    mode: TransactionMode = 'alone',
  ): Promise<void> {
    if (lost.signal.aborted) lose();
    let after = run;
    await store.transaction(async (tx) => {
      const written = await work(tx);
      if (!written) lose();
      after = written;
      if (show) await observer.changed(tx, after);
    }, mode);
    run = after;
  }

  /** By the clock alone: asked in the moment of sending, when there is no time to ask the database. */
  function mayStill(): boolean {
    if (lost.signal.aborted) return false;
    if (exclusive || clock.now() < renewedAt + leaseMs) return true;
    lost.abort();
    return false;
  }

  const heartbeat = setInterval(() => {
    // A failed beat is no loss yet: the next guard decides.
    guard().catch(() => undefined);
  }, leaseMs / 3);
  heartbeat.unref();

  return {
    get run() {
      return run;
    },
    signal: lost.signal,
    step(opId) {
      const row = steps.get(opId);
      if (!row) throw new Error(`run ${id} has no step ${opId}`);
      return row;
    },
    steps: () => [...steps.values()],
    guard,
    async write(op, event, patch) {
      const began = clock.now();
      const shown = patch.state !== undefined || patch.progress !== undefined || patch.failure !== undefined;
      await writing(
        shown,
        async (tx) => {
          const written = await tx.runs.writeStep(id, epoch, op.id, event, patch, clock.now(), leaseMs);
          if (written) await observer.journaled?.(tx, written, op, event, patch);
          return written;
        },
        'journal',
      );
      renewedAt = began;
      const before = steps.get(op.id);
      if (before) steps.set(op.id, patched(before, patch));
      const outcome = parts.onStep && outcomeOf(event, patch);
      if (outcome === undefined) return;
      const since = isOfUndo(outcome) ? await undoBegan(store, id, op.id) : (before?.startedAt ?? began);
      if (since !== undefined) parts.onStep?.({ opId: op.id, outcome, ms: Math.max(0, began - since) });
    },
    park: (wakeAt) =>
      writing(false, (tx) => writeRun(tx, { owner: null, wakeAt: wakeAt ?? null }), 'journal'),
    turnBack: (failure) =>
      writing(true, (tx) => writeRun(tx, { state: 'unwinding', failure, progress: null })),
    async finish(state, failure) {
      await writing(false, async (tx) => {
        const now = clock.now();
        const ended = state !== 'needs-decision';
        if (ended) await skipRest(tx, id, epoch, steps.values(), now);
        const patch: RunPatch = { state, owner: null, wakeAt: null, progress: null, failure };
        const written = await writeRun(tx, ended ? { ...patch, endedAt: now } : patch);
        if (!written) return undefined;
        if (ended) await tx.runs.unlock(id);
        await announce(tx, observer, id);
        return written;
      });
    },
    permitted: (work) => withSendPermit(mayStill, work, { runId: id, requestId: claimed.requestId }),
    release: () => clearInterval(heartbeat),
  };
}

/** Tells the observer that a run has ended or waits for a person; to be called in that transaction. */
export async function announce(tx: Store, observer: RunObserver, runId: string): Promise<void> {
  const run = await tx.runs.get(runId);
  if (!run) return;
  await observer.changed(tx, run);
  await observer.finished(tx, run, await tx.runs.steps(runId));
}

async function skipRest(
  tx: Store,
  runId: string,
  epoch: number,
  steps: Iterable<StepRow>,
  now: number,
): Promise<void> {
  for (const step of steps) {
    if (step.state !== 'pending' && step.state !== 'doing') continue;
    const patch = { state: 'skipped', progress: null, notBefore: null } as const;
    await tx.runs.writeStep(runId, epoch, step.opId, 'skipped', patch, now);
  }
}

/** The row as the store has it after the patch: null clears, a missing key leaves. */
function patched(row: StepRow, patch: StepPatch): StepRow {
  const { uncertain, ...rest } = patch;
  const merged: Record<string, unknown> = { ...row, ...rest };
  if (uncertain !== undefined) merged['uncertain'] = uncertain || null;
  for (const [key, value] of Object.entries(merged)) {
    // JSON null is an output; everywhere else null means cleared.
    if (value === null && key !== 'output') delete merged[key];
  }
  return merged as unknown as StepRow;
}
