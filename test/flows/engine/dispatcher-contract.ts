import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../../db/types.ts';
import { createExecutor, type Executor, type ExecutorOptions } from '../../../src/flows/engine/executor.ts';
import type { Dispatcher } from '../../../src/flows/engine/types.ts';
import { runRow } from '../../db/rows.ts';
import { toyOperations } from './rig.ts';
import { planned, remote, World } from './toy-world.ts';

/** A database with dispatchers over it, each as one process has it. */
export interface DispatcherPlace {
  readonly store: Store;
  dispatcher(log: Log): Dispatcher;
  /** Dispatchers are stopped before. */
  dispose(): Promise<void>;
}

type Log = Pick<ExecutorOptions['log'], 'info' | 'warn' | 'error'>;

const PATIENCE = { timeout: 60_000 };
const FAR_MS = 3_600_000;
const clock = { now: () => Date.now() };
const PLAN = [planned('a'), planned('w', ['a'], 'toy.wait.ask')];

/** What every dispatcher promises, whatever wakes it and whichever database the runs are in. */
export function dispatcherContract(name: string, open: () => Promise<DispatcherPlace>): void {
  describe(`a dispatcher over ${name}`, () => {
    let place: DispatcherPlace;
    let started: Dispatcher[];
    let logged: string[];
    beforeEach(async () => {
      place = await open();
      started = [];
      logged = [];
    });
    afterEach(async () => {
      await Promise.all(started.map((one) => one.stop()));
      await place.dispose();
    });

    function dispatcherOf(): Dispatcher {
      const quiet = (): void => undefined;
      const dispatcher = place.dispatcher({
        info: quiet,
        warn: quiet,
        error: (_fields, message) => void logged.push(message),
      });
      started.push(dispatcher);
      return dispatcher;
    }

    function executorOf(world: World, more: Partial<ExecutorOptions> = {}): Executor {
      const quiet = (): void => undefined;
      return createExecutor({
        store: place.store,
        operations: toyOperations(world),
        planOf: async () => PLAN,
        observer: { changed: async () => undefined, finished: async () => undefined },
        dispatcher: dispatcherOf(),
        owner: 'me',
        clock,
        pollMs: 20,
        leaseMs: 1500,
        retry: { baseMs: 10 },
        log: { info: quiet, warn: quiet, error: quiet },
        ...more,
      });
    }

    async function add(id = 'run1', patch = {}): Promise<void> {
      await place.store.runs.create(runRow({ id, ...patch }), ['a', 'w'], [`device:${id}`]);
    }

    async function stateOf(id = 'run1'): Promise<string | undefined> {
      return (await place.store.runs.get(id))?.state;
    }

    async function succeeded(...ids: readonly string[]): Promise<void> {
      const all = ids.length > 0 ? ids : ['run1'];
      await vi.waitFor(
        async () => expect(new Set(await Promise.all(all.map(stateOf)))).toEqual(new Set(['succeeded'])),
        PATIENCE,
      );
    }

    it('looks now at a run that was created and woken in a transaction, once that is committed', async () => {
      const world = new World();
      world.ready.add('w');
      const executor = executorOf(world);
      await executor.start();
      await place.store.transaction(async (tx) => {
        await tx.runs.create(runRow(), ['a', 'w'], []);
        executor.wake('run1');
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(world.calls).toEqual([]);
      });
      await succeeded();
      expect(world.count('create a')).toBe(1);
    });

    it('looks again at the time that a run waits for, and not before', async () => {
      const at = Date.now() + 700;
      const looked: number[] = [];
      const dispatcher = dispatcherOf();
      await add('run1', { wakeAt: at });
      await dispatcher.start(async (id) => {
        looked.push(Date.now());
        await place.store.runs.claim(id, 'me', Date.now(), FAR_MS);
      });
      await vi.waitFor(() => expect(looked).not.toEqual([]), PATIENCE);
      // Clocks of two machines may differ by a little.
      expect(looked[0]).toBeGreaterThanOrEqual(at - 250);
    });

    it('looks again and again at a run that is parked, until its wait is over', async () => {
      await add();
      const world = new World();
      await executorOf(world).start();
      await vi.waitFor(() => expect(world.count('look w')).toBeGreaterThan(2), PATIENCE);
      world.ready.add('w');
      await succeeded();
    });

    it('brings an early look to a run that waits for long, also one that was asked for before the start', async () => {
      await add('early', { wakeAt: Date.now() + FAR_MS });
      await add('late', { wakeAt: Date.now() + FAR_MS });
      const looked = new Set<string>();
      const dispatcher = dispatcherOf();
      dispatcher.wake('early');
      await dispatcher.start(async (id) => void looked.add(id));
      await vi.waitFor(() => expect([...looked]).toEqual(['early']), PATIENCE);
      dispatcher.wake('late');
      await vi.waitFor(() => expect([...looked]).toEqual(['early', 'late']), PATIENCE);
    });

    it('leaves alone what is not due and what waits for a person', async () => {
      await add('later', { wakeAt: Date.now() + FAR_MS });
      await add('asks', { state: 'needs-decision' });
      await add('now');
      const looked = new Set<string>();
      const dispatcher = dispatcherOf();
      await dispatcher.start(async (id) => {
        looked.add(id);
        await place.store.runs.claim(id, 'me', Date.now(), FAR_MS);
      });
      await vi.waitFor(() => expect(looked).toContain('now'), PATIENCE);
      await dispatcher.stop();
      expect([...looked]).toEqual(['now']);
    });

    it('never looks twice at once at one run, however often it is woken', async () => {
      await add();
      await place.store.runs.claim('run1', 'me', Date.now(), FAR_MS);
      const dispatcher = dispatcherOf();
      let now = 0;
      let most = 0;
      let looks = 0;
      await dispatcher.start(async () => {
        now += 1;
        most = Math.max(most, now);
        looks += 1;
        if (looks === 1) for (let n = 0; n < 5; n += 1) dispatcher.wake('run1');
        await new Promise((resolve) => setTimeout(resolve, 50));
        await place.store.runs.writeRun('run1', 1, { owner: null, wakeAt: Date.now() + FAR_MS }, Date.now());
        now -= 1;
      });
      if (looks === 0) await place.store.runs.writeRun('run1', 1, { owner: null }, Date.now());
      dispatcher.wake('run1');
      await vi.waitFor(() => expect(looks).toBeGreaterThan(1), PATIENCE);
      expect(most).toBe(1);
    });

    it('carries out many at once and repeats what fails', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `run${n}`);
      for (const id of ids) await add(id);
      const world = new World();
      world.ready.add('w');
      world.fail('look w', ...ids.map(() => ({ error: remote({ kind: 'unavailable' }) })));
      const free = async () => ({ state: 'done', output: 1 }) as const;
      const executor = executorOf(world, {
        planOf: async () => [planned('a', [], 'free'), planned('w', ['a'], 'toy.wait.ask')],
        operations: [
          ...toyOperations(world),
          { kind: 'free', mode: 'change', onFailure: 'unwind', look: free },
        ],
      });
      await executor.start();
      await succeeded(...ids);
    });

    it('repeats a look that broke, without harm to others', async () => {
      await add('bad');
      await add('good');
      const dispatcher = dispatcherOf();
      let bad = 0;
      let good = 0;
      await dispatcher.start(async (id) => {
        if (id === 'bad' && (bad += 1) < 3) throw new Error('no');
        if (id === 'good') good += 1;
        await place.store.runs.claim(id, 'me', Date.now(), FAR_MS);
      });
      await vi.waitFor(() => expect([bad, good]).toEqual([3, 1]), PATIENCE);
      await dispatcher.stop();
      expect(logged).toEqual(['a look at a run broke', 'a look at a run broke']);
    });

    it('takes up after a restart what the process before it had begun', async () => {
      await add();
      const world = new World();
      const first = executorOf(world, { owner: 'first' });
      await first.start();
      await vi.waitFor(() => expect(world.count('look w')).toBeGreaterThan(0), PATIENCE);
      await first.stop();
      world.ready.add('w');
      await executorOf(world, { owner: 'second' }).start();
      await succeeded();
      expect(world.count('create a')).toBe(1);
    });

    it('waits at its stop for the step that goes on, and begins nothing afterwards', async () => {
      await add();
      const world = new World();
      let begun = (): void => undefined;
      const inside = new Promise<void>((resolve) => (begun = resolve));
      world.onCall = async (point) => {
        if (point !== 'before create a') return;
        begun();
        await new Promise((resolve) => setTimeout(resolve, 30));
      };
      const executor = executorOf(world);
      await executor.start();
      await inside;
      await executor.stop();
      expect(world.calls).toEqual(['look a', 'create a']);
      expect((await place.store.runs.get('run1'))?.owner).toBeUndefined();
      executor.wake('run1');
      await executor.look('run1', AbortSignal.abort());
      expect(world.calls).toHaveLength(2);
    });

    it('does what is scheduled at its start and then again, never twice at once, also after it threw', async () => {
      const dispatcher = dispatcherOf();
      let going = 0;
      let most = 0;
      let done = 0;
      dispatcher.schedule('sweep', 100, async () => {
        going += 1;
        most = Math.max(most, going);
        await new Promise((resolve) => setTimeout(resolve, 30));
        going -= 1;
        done += 1;
        if (done === 2) throw new Error('no');
      });
      await dispatcher.start(async () => undefined);
      await vi.waitFor(() => expect(done).toBeGreaterThan(3), PATIENCE);
      await dispatcher.stop();
      const then = done;
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect([most, done, going]).toEqual([1, then, 0]);
    });
  });
}
