import type { RunRow, RunState, StepRow, Store } from '../../../db/types.ts';
import { createExecutor, type Executor, type ExecutorOptions } from '../../../src/flows/engine/executor.ts';
import type { Dispatcher, Operation, PlannedOperation } from '../../../src/flows/engine/types.ts';
import { runRow } from '../../db/rows.ts';
import { tempDir } from '../../db/temp-store.ts';
import { createOperation, waitOperation, World } from './toy-world.ts';

/** A clock that stands still until it is moved. */
export class Clock {
  at = 1_000_000;
  now(): number {
    return this.at;
  }
}

/** Remembers wakes and runs nothing by itself. */
export function quietDispatcher(exclusive = true): Dispatcher & { readonly woken: string[] } {
  const woken: string[] = [];
  return {
    exclusive,
    woken,
    async start() {},
    wake: (runId) => void woken.push(runId),
    schedule() {},
    async stop() {},
  };
}

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface RigOptions {
  readonly plan: readonly PlannedOperation[];
  readonly world?: World;
  readonly operations?: readonly Operation[];
  readonly executor?: Partial<ExecutorOptions>;
  readonly locks?: readonly string[];
}

/** One run of a toy plan on a database of its own. */
export interface Rig {
  readonly store: Store;
  readonly world: World;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: LogLine[];
  /** States of the run that the observer was told of, in order. */
  readonly seen: { readonly changed: RunState[]; readonly finished: RunState[] };
  readonly dispatcher: ReturnType<typeof quietDispatcher>;
  /** Another executor on the same rows. */
  another(options?: Partial<ExecutorOptions>): Executor;
  run(): Promise<RunRow>;
  step(opId: string): Promise<StepRow>;
  events(opId: string): Promise<readonly string[]>;
  /** Looks at the run again and again, moving the clock to its next wake-up, until it ends or asks. */
  drive(executor?: Executor): Promise<RunRow>;
  close(): Promise<void>;
}

export async function rig(options: RigOptions): Promise<Rig> {
  const temp = tempDir();
  const store = await temp.open();
  const world = options.world ?? new World();
  const clock = new Clock();
  const log: LogLine[] = [];
  const seen: { changed: RunState[]; finished: RunState[] } = { changed: [], finished: [] };
  const dispatcher = quietDispatcher();
  const base: ExecutorOptions = {
    store,
    operations: options.operations ?? toyOperations(world),
    planOf: async () => options.plan,
    observer: {
      async changed(tx, run) {
        seen.changed.push(run.state);
        await tx.outbox.add('card', run.requestId, clock.now());
      },
      async finished(_tx, run) {
        seen.finished.push(run.state);
      },
    },
    dispatcher,
    owner: 'first',
    clock,
    pollMs: 15_000,
    random: () => 0,
    log: {
      info: (fields, message) => void log.push({ level: 'info', fields, message }),
      warn: (fields, message) => void log.push({ level: 'warn', fields, message }),
      error: (fields, message) => void log.push({ level: 'error', fields, message }),
    },
    ...options.executor,
  };
  const executor = createExecutor(base);
  await store.runs.create(
    runRow(),
    options.plan.map((op) => op.id),
    options.locks ?? ['device:1'],
  );

  async function run(): Promise<RunRow> {
    const row = await store.runs.get('run1');
    if (!row) throw new Error('the run is gone');
    return row;
  }

  return {
    store,
    world,
    clock,
    executor,
    log,
    seen,
    dispatcher,
    another: (more = {}) => createExecutor({ ...base, owner: 'second', ...more }),
    run,
    async step(opId) {
      const found = (await store.runs.steps('run1')).find((step) => step.opId === opId);
      if (!found) throw new Error(`no step ${opId}`);
      return found;
    },
    async events(opId) {
      return (await store.runs.journal('run1'))
        .filter((line) => line.opId === opId)
        .map((line) => line.event);
    },
    drive: (by = executor) => drive(store, by, clock),
    async close() {
      await store.close();
      temp.remove();
    },
  };
}

/** Every kind that toy plans use. */
export function toyOperations(world: World): readonly Operation[] {
  return [
    createOperation(world),
    waitOperation(world, 'ask', 60_000),
    waitOperation(world, 'unwind', 60_000),
  ];
}

/** See {@link Rig.drive}. */
export async function drive(store: Store, executor: Executor, clock: Clock): Promise<RunRow> {
  for (let i = 0; i < 200; i += 1) {
    await executor.look('run1');
    const run = await store.runs.get('run1');
    if (!run) throw new Error('the run is gone');
    if (run.state !== 'active' && run.state !== 'unwinding') return run;
    if (run.wakeAt !== undefined) clock.at = Math.max(clock.at, run.wakeAt);
  }
  throw new Error('the run never comes to an end');
}
