import type { Json, RunRow, StepPatch, StepRow, Store } from '../../../db/types.ts';
import type { Failure } from '../../base/failure.ts';

/** One operation of a plan, as data: stored in the plan, digested, shown to the approver. Holds symbolic secret IDs only. */
export interface PlannedOperation {
  /** Unique in the plan, e.g. `entra.link.1`. */
  readonly id: string;
  /** Which implementation carries it out. */
  readonly kind: string;
  readonly side: 'entra' | 'mist' | 'both';
  /** What it does, as the card says it. */
  readonly what: string;
  /** Operations that must be done before; others run side by side. */
  readonly needs: readonly string[];
  readonly params: Json;
  /** Diff lines for the approver, secrets masked. Empty for waits. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The same as data: what stands there now (null = nothing) and what will. Absent for waits and in older plans. */
  readonly values?: { readonly before: Json; readonly after: Json };
}

/** What an operation may use. */
export interface OperationContext {
  readonly run: RunRow;
  readonly op: PlannedOperation;
  readonly store: Store;
  /** True where a try of ours has no known result (lost answer, crash): an object that matches may be our own. */
  readonly intended: boolean;
  /** Epoch ms since when a wait is being looked at. */
  readonly since: number;
  /** This operation's step as it was last journaled: what its own earlier looks saw, and how long it has waited. */
  readonly own: StepRow;
  now(): number;
  /** Output of an operation that is done; undefined where it is not. */
  output(opId: string): Json | undefined;
  /** To be awaited right before every mutating call: throws where this worker no longer owns the run. */
  guard(): Promise<void>;
  /** Text that the card shows while this goes on. */
  progress(text: string): Promise<void>;
  /** Aborted when another worker has taken the run over. A stop of the process does not abort: the step is finished first. */
  readonly signal: AbortSignal;
}

/** What a look found. */
export type Look =
  /** Not there: go on and do it. */
  | { readonly state: 'absent' }
  /** There, ours and as wanted. */
  | { readonly state: 'done'; readonly output: Json }
  /** For waits: not yet. */
  | {
      readonly state: 'waiting';
      readonly progress: string;
      /** What this look saw, kept as the step's output with the progress that tells of it; `done` replaces it. */
      readonly seen?: Json;
      readonly pausedDeadline?: boolean;
      /** From the first look, instead of the operation's own: where only what was seen says how long is normal. */
      readonly deadlineMs?: number;
      readonly retryAfterMs?: number;
    }
  /** Cannot go on: something that is not ours stands there, or a verification failed for good. */
  | { readonly state: 'refused'; readonly failure: Failure };

/**
 * An operation of one kind. All four verbs are idempotent and throw `RemoteError` where a vendor failed;
 * the executor retries, looks again or unwinds.
 */
export interface Operation {
  readonly kind: string;
  /** A wait has no `do`: it is looked at until it is done or its deadline has passed. */
  readonly mode: 'change' | 'wait';
  look(context: OperationContext): Promise<Look>;
  /** Carries it out and returns what later operations and undo need. Called only after a look said `absent`. */
  do?(context: OperationContext): Promise<Json>;
  /**
   * Removes or restores our own part, whatever the journal knows of it (`output` may be missing where the answer was lost).
   * Re-reads; never writes an old image back. Returns what is still left, empty when nothing is. Called where the operation was
   * done, or an intent has no known result; not where `do` was plainly refused. Throws `NotYet` where it has to wait for something,
   * with a deadline or without.
   */
  undo?(context: OperationContext, output: Json | undefined): Promise<readonly string[]>;
  /** Whether `undo` has anything to do for this run; where it is missing, always. */
  mustUndo?(run: RunRow): boolean;
  /** For waits: from the first look. undefined = no deadline. */
  deadlineMs?(context: OperationContext): number | undefined;
  /** What a passed deadline or a refusal of a wait means: undo everything, or ask Retry / Roll back / Keep. */
  readonly onFailure: 'unwind' | 'ask';
}

/** How flows learn what a run came to; called in the transaction that ends or parks the run. */
export interface RunObserver {
  /** The run changed in a way a card shows (step state, progress, state). */
  changed(store: Store, run: RunRow): Promise<void>;
  /** A step of the run was journaled; for the record. Called before `changed`. */
  journaled?(store: Store, run: RunRow, op: PlannedOperation, event: string, patch: StepPatch): Promise<void>;
  /** The run has ended, or waits for a person (`needs-decision`); `run.state` says which. `changed` was called before. */
  finished(store: Store, run: RunRow, steps: readonly StepRow[]): Promise<void>;
}

/** "Look at run R now", "look again at T". Holds nothing: rows first, wake-ups second. */
export interface Dispatcher {
  /** True where no other process can work on these runs: what a dead one left behind is taken over without waiting for its lease. */
  readonly exclusive?: boolean;
  /**
   * Calls `look` for each due run until stopped; concurrent for different runs, never twice at once for one. `stopping` is
   * aborted by `stop`: a look then begins nothing new.
   */
  start(look: (runId: string, stopping: AbortSignal) => Promise<void>): Promise<void>;
  wake(runId: string): void;
  /**
   * Has `work` done every `everyMs`, first at the start, by one of all processes that share the database and never twice at once. What it
   * throws is logged. For what goes on by itself: sweeps, snapshots, watches.
   */
  schedule(name: string, everyMs: number, work: () => Promise<void>): void;
  /** Waits until the looks that are going on have come to a safe point. */
  stop(): Promise<void>;
}
