import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Store } from '../../../db/types.ts';
import { createEmbeddedDispatcher } from '../../../src/flows/engine/dispatcher-embedded.ts';
import { createExecutor, type Executor } from '../../../src/flows/engine/executor.ts';
import type { Dispatcher } from '../../../src/flows/engine/types.ts';
import { runRow } from '../../db/rows.ts';
import { tempDir, type TempDir } from '../../db/temp-store.ts';
import { toyOperations } from './rig.ts';
import { planned, remote, World } from './toy-world.ts';

const clock = { now: () => Date.now() };
let temp: TempDir;
let store: Store;
let logged: string[];
const log = {
  info: () => undefined,
  warn: () => undefined,
  error: (_fields: unknown, message: string) => void logged.push(message),
};

beforeEach(async () => {
  temp = tempDir();
  store = await temp.open();
  logged = [];
});
afterEach(async () => {
  await store.close();
  temp.remove();
});

function dispatcherOf(): Dispatcher {
  return createEmbeddedDispatcher({ runs: store.runs, clock, log, retryMs: 20 });
}

function executorOf(
  world: World,
  plan = [planned('a'), planned('w', ['a'], 'toy.wait.ask')],
  pollMs = 20,
): Executor {
  return createExecutor({
    store,
    operations: toyOperations(world),
    planOf: async () => plan,
    observer: { changed: async () => undefined, finished: async () => undefined },
    dispatcher: dispatcherOf(),
    owner: 'me',
    clock,
    pollMs,
    retry: { baseMs: 10 },
    log,
  });
}

async function add(id = 'run1', patch = {}): Promise<void> {
  await store.runs.create(runRow({ id, ...patch }), ['a', 'w'], [`device:${id}`]);
}

function stateOf(id = 'run1'): Promise<string | undefined> {
  return store.runs.get(id).then((run) => run?.state);
}

it('takes up at start what a dead process left, without waiting for its lease', async () => {
  await add();
  await store.runs.claim('run1', 'dead', Date.now(), 3_600_000);
  const world = new World();
  world.ready.add('w');
  const executor = executorOf(world);
  await executor.start();
  await vi.waitFor(async () => expect(await stateOf()).toBe('succeeded'));
  await executor.stop();
});

it('polls a wait until it is over', async () => {
  await add();
  const world = new World();
  const executor = executorOf(world);
  await executor.start();
  await vi.waitFor(() => expect(world.count('look w')).toBeGreaterThan(3));
  world.ready.add('w');
  await vi.waitFor(async () => expect(await stateOf()).toBe('succeeded'));
  await executor.stop();
});

it('looks at a run that was created and woken inside a transaction once it is committed', async () => {
  const world = new World();
  world.ready.add('w');
  const executor = executorOf(world);
  await executor.start();
  await store.transaction(async (tx) => {
    await tx.runs.create(runRow(), ['a', 'w'], []);
    executor.wake('run1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.calls).toEqual([]);
  });
  await vi.waitFor(async () => expect(await stateOf()).toBe('succeeded'));
  await executor.stop();
});

it('runs many at once and repeats what fails', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `run${i}`);
  for (const id of ids) await add(id);
  const world = new World();
  world.ready.add('w');
  world.fail('look w', ...ids.map(() => ({ error: remote({ kind: 'unavailable' }) })));
  const plan = [planned('a', [], 'free'), planned('w', ['a'], 'toy.wait.ask')];
  const executor = createExecutor({
    store,
    operations: [
      ...toyOperations(world),
      { kind: 'free', mode: 'change', onFailure: 'unwind', look: async () => ({ state: 'done', output: 1 }) },
    ],
    planOf: async () => plan,
    observer: { changed: async () => undefined, finished: async () => undefined },
    dispatcher: dispatcherOf(),
    owner: 'me',
    clock,
    pollMs: 20,
    retry: { baseMs: 10 },
    log,
  });
  await executor.start();
  await vi.waitFor(
    async () => expect(new Set(await Promise.all(ids.map(stateOf)))).toEqual(new Set(['succeeded'])),
    { timeout: 5000 },
  );
  await executor.stop();
});

it('looks again where it is woken during a look, never twice at once', async () => {
  await add();
  const dispatcher = dispatcherOf();
  let now = 0;
  let most = 0;
  let looks = 0;
  await store.runs.claim('run1', 'me', Date.now(), 60_000);
  await dispatcher.start(async () => {
    now += 1;
    most = Math.max(most, now);
    looks += 1;
    if (looks === 1) for (let i = 0; i < 5; i += 1) dispatcher.wake('run1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
  });
  await vi.waitFor(() => expect(looks).toBe(2));
  await dispatcher.stop();
  expect(most).toBe(1);
});

it('remembers a wake-up from before its start', async () => {
  await add('run1', { wakeAt: Date.now() + 3_600_000 });
  const dispatcher = dispatcherOf();
  const looked: string[] = [];
  dispatcher.wake('run1');
  await dispatcher.start(async (id) => void looked.push(id));
  await vi.waitFor(() => expect(looked).toEqual(['run1']));
  await dispatcher.stop();
});

it('leaves alone what is not due and what waits for a person', async () => {
  await add('later', { wakeAt: Date.now() + 3_600_000 });
  await add('asks', { state: 'needs-decision' });
  await add('now');
  const looked: string[] = [];
  const dispatcher = dispatcherOf();
  await dispatcher.start(async (id) => {
    looked.push(id);
    await store.runs.claim(id, 'me', Date.now(), 60_000);
  });
  await vi.waitFor(() => expect(looked).toContain('now'));
  await dispatcher.stop();
  expect(looked).toEqual(['now']);
});

it('repeats a look that broke, later and later, without harm to others', async () => {
  await add('bad');
  await add('good');
  const dispatcher = dispatcherOf();
  let bad = 0;
  let good = 0;
  await dispatcher.start(async (id) => {
    if (id === 'bad' && (bad += 1) < 3) throw new Error('no');
    if (id === 'good') good += 1;
    await store.runs.claim(id, 'me', Date.now(), 60_000);
  });
  await vi.waitFor(() => expect(bad).toBe(3));
  await dispatcher.stop();
  expect(good).toBe(1);
  expect(logged).toEqual(['a look at a run broke', 'a look at a run broke']);
});

it('waits at stop for the step that goes on and starts nothing afterwards', async () => {
  await add();
  const world = new World();
  let begun = () => {};
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
  const run = await store.runs.get('run1');
  expect(run?.owner).toBeUndefined();
  executor.wake('run1');
  await executor.look('run1', AbortSignal.abort());
  expect(world.calls).toHaveLength(2);
});
