import type { Failure } from '../src/base/failure.ts';
import type { Kysely } from 'kysely';
import type { Json } from './json.ts';
import type { Tables } from './tables.ts';

/** What a run can be in. */
export const RUN_STATES = [
  'active',
  'needs-decision',
  'unwinding',
  'succeeded',
  'rolled-back',
  'failed',
  'kept',
] as const;
/** `failed` = refused before anything was done; `rolled-back` = done and undone. */
export type RunState = (typeof RUN_STATES)[number];

/** One execution of a plan. */
export interface RunRow {
  readonly id: string;
  readonly requestId: string;
  /** `change` holds locks; `second-look` is read-only. */
  readonly kind: 'change' | 'second-look';
  readonly state: RunState;
  readonly planVersion: number;
  /** Who works on it; undefined = nobody. */
  readonly owner?: string;
  /** Raised at every takeover; every write of the journal carries it. */
  readonly epoch: number;
  readonly leaseUntil: number;
  /** Not to be looked at before; undefined = at once. */
  readonly wakeAt?: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly failure?: Failure;
  /** One line: what it waits for. */
  readonly progress?: string;
  /** Unwinding has begun at some time: Retry goes on with it instead of going forward. */
  readonly unwinding?: true;
  /** Who asked it to stop: nothing new is begun, and a person decides. Forgotten when the run goes on. */
  readonly stopBy?: string;
}

/** What a step can be in. A final failure is `failed`; what was never begun when the run was undone is `skipped`. */
export const STEP_STATES = ['pending', 'doing', 'done', 'failed', 'undoing', 'undone', 'skipped'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** The journal's current line for one operation of a run. */
export interface StepRow {
  readonly runId: string;
  readonly position: number;
  readonly opId: string;
  readonly state: StepState;
  readonly attempts: number;
  /** An intent was journaled: an object of this name may be ours. */
  readonly intended: boolean;
  /** An intent has no known result: undo has to look for what it may have made. */
  readonly uncertain?: true;
  /** `do` reported success or `look` found our own result. */
  readonly output?: Json;
  readonly failure?: Failure;
  readonly progress?: string;
  /** Since when a wait has been looked at; its deadline counts from here. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Not to be tried again before: the next poll, or with `failure` the end of a backoff. */
  readonly notBefore?: number;
  /** Since when the deadline stands still. */
  readonly pausedSince?: number;
  /** How long it stood still before that, where it did. */
  readonly pausedMs?: number;
  /** Since when every try of its undo has failed. */
  readonly failingSince?: number;
  /** Since when its undo waits for something that has a deadline. */
  readonly waitingSince?: number;
}

/** The transaction that is going on, for statements in the database's own dialect: tables and columns by their real names. */
export type OpenTransaction = Pick<Kysely<Tables>, 'executeQuery'>;

/** Told that a run is due, at `at` or at once. */
export type DueListener = (trx: OpenTransaction, runId: string, at: number | undefined) => Promise<void>;

/** Runs, their steps and journal, ownership and locks. */
export interface RunStore {
  /** Inserts the run with its steps and locks; returns the key that somebody else holds instead, if any. */
  create(
    run: RunRow,
    opIds: readonly string[],
    locks: readonly string[],
  ): Promise<{ readonly blockedBy?: { key: string; runId: string } }>;
  get(id: string): Promise<RunRow | undefined>;
  ofRequest(requestId: string): Promise<readonly RunRow[]>;
  steps(runId: string): Promise<readonly StepRow[]>;
  /** Takes the run over (epoch + 1) where nobody owns it, its lease is over, or `steal` says so; undefined where somebody else works on it. */
  claim(
    id: string,
    owner: string,
    now: number,
    leaseMs: number,
    steal?: boolean,
  ): Promise<RunRow | undefined>;
  /** True while this epoch still owns the run; prolongs the lease. */
  renew(id: string, epoch: number, now: number, leaseMs: number): Promise<boolean>;
  /**
   * Writes one step and appends to the journal, only while `epoch` owns the run. The step's progress becomes the run's, and the lease is
   * prolonged by `leaseMs` from `now`, where given. The run as it is then; undefined = ownership was lost, nothing written.
   */
  writeStep(
    runId: string,
    epoch: number,
    opId: string,
    event: string,
    patch: StepPatch,
    now: number,
    leaseMs?: number,
  ): Promise<RunRow | undefined>;
  /** Changes the run, only while `epoch` owns it. */
  writeRun(runId: string, epoch: number, patch: RunPatch, now: number): Promise<boolean>;
  /**
   * Gives a run that waits for a person a new state without owning it (compare and set on the state). To `active`: failed
   * steps and waits begin anew and the failure is forgotten. To `unwinding`: undos that failed may be tried again. Else it has ended.
   */
  reopen(runId: string, from: readonly RunState[], to: RunState, now: number): Promise<boolean>;
  /** Asks a run that goes forward to stop at its next safe point, without owning it; false where it does not go forward (any more). */
  askToStop(runId: string, by: string, now: number): Promise<boolean>;
  /** Takes the locks again (after a keep or a finished run is rolled back); all or none. */
  lock(
    runId: string,
    keys: readonly string[],
  ): Promise<{ readonly blockedBy?: { key: string; runId: string } }>;
  unlock(runId: string): Promise<void>;
  /** The locks that were named when the run was created, whether it holds them now or not. */
  lockKeys(runId: string): Promise<readonly string[]>;
  /** Called inside each transaction that makes an unowned run due: what it writes there is committed or undone together with it. */
  onDue(listener: DueListener): void;
  /** Runs in `active` or `unwinding` that are due (`wakeAt` passed or unset) and not owned by a living lease. */
  due(now: number): Promise<readonly RunRow[]>;
  /** The earliest wakeAt among unfinished runs. */
  nextWake(): Promise<number | undefined>;
  /** Runs in `active`, `unwinding` or `needs-decision`, oldest first. */
  unfinished(): Promise<readonly RunRow[]>;
  /** Every event in order; those of the run itself (its states) have an empty `opId`. */
  journal(
    runId: string,
  ): Promise<readonly { seq: number; opId: string; event: string; at: number; epoch: number; data: Json }[]>;
}

/** What changes in a step; null clears. */
export type StepPatch = {
  readonly state?: StepState;
  readonly intended?: true;
  readonly attempts?: number;
  readonly output?: Json;
  readonly failure?: Failure | null;
  readonly progress?: string | null;
  readonly startedAt?: number;
  readonly endedAt?: number | null;
  readonly uncertain?: boolean;
  readonly notBefore?: number | null;
  readonly pausedSince?: number | null;
  readonly pausedMs?: number;
  readonly failingSince?: number | null;
  readonly waitingSince?: number | null;
};

/** What changes in a run; null clears. */
export type RunPatch = {
  readonly state?: RunState;
  /** null releases the run. */
  readonly owner?: null;
  readonly wakeAt?: number | null;
  readonly endedAt?: number;
  readonly failure?: Failure | null;
  readonly progress?: string | null;
};
