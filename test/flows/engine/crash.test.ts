import { expect, it } from 'vitest';
import type { Store } from '../../../db/types.ts';
import { createExecutor } from '../../../src/flows/engine/executor.ts';
import type { PlannedOperation } from '../../../src/flows/engine/types.ts';
import { runRow } from '../../db/rows.ts';
import { tempDir } from '../../db/temp-store.ts';
import { Clock, drive, quietDispatcher, toyOperations } from './rig.ts';
import { planned, remote, World } from './toy-world.ts';

class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** A process that dies at the k-th point it comes to; from then on nothing that it does has any effect. */
class Life {
  readonly points: string[] = [];
  readonly deathAt: number;
  constructor(deathAt: number) {
    this.deathAt = deathAt;
  }

  get dead(): boolean {
    return this.points.length > this.deathAt;
  }

  pass(point: string): void {
    if (this.dead) throw new ProcessDied(point);
    this.points.push(point);
    if (this.dead) throw new ProcessDied(point);
  }
}

const WRITES = new Set(['claim', 'renew', 'writeStep', 'writeRun', 'reopen', 'lock', 'unlock']);

/** The store of a mortal process: every write and every commit is a point before and a point after. */
function mortal(store: Store, life: Life): Store {
  const runs = new Proxy(store.runs, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        if (life.dead) throw new ProcessDied('dead');
        const writes = WRITES.has(String(key));
        if (writes) life.pass(`before ${String(key)} ${String(args[3] ?? '')}`);
        const result: unknown = await Reflect.apply(method, target, args);
        if (writes) life.pass(`after ${String(key)} ${String(args[3] ?? '')}`);
        return result;
      };
    },
  });
  return {
    ...store,
    runs,
    async transaction(work, mode) {
      if (life.dead) throw new ProcessDied('dead');
      const result = await store.transaction((tx) => work(mortal(tx, life)), mode);
      life.pass('after commit');
      return result;
    },
  };
}

interface Scenario {
  readonly plan: readonly PlannedOperation[];
  readonly prepare?: (world: World) => void;
  /** What the survivor does besides driving the run to its end. */
  readonly decide?: 'rollBack';
  readonly state: string;
  /** What stands at the end; each was created exactly once where it stands. */
  readonly objects: readonly string[];
}

interface Life1 {
  readonly points: readonly string[];
  readonly died: boolean;
}

/** Plays the scenario with a death at point `deathAt`, then again from the file with a process that lives. */
async function play(scenario: Scenario, deathAt: number): Promise<Life1> {
  const temp = tempDir();
  const world = new World();
  const clock = new Clock();
  const life = new Life(deathAt);
  scenario.prepare?.(world);
  const parts = {
    operations: toyOperations(world),
    planOf: async () => scenario.plan,
    observer: { changed: async () => undefined, finished: async () => undefined },
    dispatcher: quietDispatcher(),
    clock,
    pollMs: 15_000,
    random: () => 0,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  let store = await temp.open();
  await store.runs.create(
    runRow(),
    scenario.plan.map((op) => op.id),
    ['device:1'],
  );
  world.onCall = (point) => life.pass(point);
  const first = createExecutor({ ...parts, store: mortal(store, life), owner: 'first' });
  async function toTheEnd(executor: typeof first): Promise<void> {
    const run = await drive(store, executor, clock);
    if (scenario.decide && run.state === 'needs-decision') {
      await executor[scenario.decide]('run1');
      await drive(store, executor, clock);
    }
  }
  await toTheEnd(first).catch((error: unknown) => {
    if (!(error instanceof ProcessDied)) throw error;
  });
  const died = life.dead;

  world.onCall = () => undefined;
  await store.close();
  store = await temp.open();
  const sent = world.calls.length;
  const second = createExecutor({ ...parts, store, owner: 'second' });
  if (died) await toTheEnd(second);
  else expect(world.calls).toHaveLength(sent);

  const where = `death at ${deathAt}: ${life.points.at(-1) ?? ''}`;
  expect((await store.runs.get('run1'))?.state, where).toBe(scenario.state);
  expect([...world.objects.keys()].sort(), where).toEqual([...scenario.objects].sort());
  for (const name of scenario.objects) expect(world.created.get(name), `${name}, ${where}`).toBe(1);
  for (const [name, count] of world.objects) expect(count, `${name}, ${where}`).toBe(1);
  const holder = await store.runs.create(runRow({ id: 'next' }), [], ['device:1']);
  expect(holder, where).toEqual({});
  await store.close();
  temp.remove();
  return { points: life.points, died };
}

/** Every point at which a process can die, one after the other. Returns how many there are. */
async function everyPoint(scenario: Scenario): Promise<readonly string[]> {
  const { points, died } = await play(scenario, Infinity);
  expect(died).toBe(false);
  for (let k = 0; k < points.length; k += 1) expect((await play(scenario, k)).died).toBe(true);
  return points;
}

const PLAN = [planned('a'), planned('b', ['a']), planned('c', ['a']), planned('d', ['b', 'c'])];

it('ends with each object exactly once, wherever the process dies', { timeout: 120_000 }, async () => {
  const points = await everyPoint({ plan: PLAN, state: 'succeeded', objects: ['a', 'b', 'c', 'd'] });
  expect(points).toEqual(
    expect.arrayContaining(['before create d', 'after create d', 'before writeStep intent']),
  );
  expect(points.length).toBeGreaterThan(35);
});

it('ends with nothing after a refusal, wherever the process dies', { timeout: 120_000 }, async () => {
  const points = await everyPoint({
    plan: PLAN,
    prepare: (world) => {
      const refusal = { error: remote({ kind: 'rejected' }) };
      // Refused again by whoever tries again after the crash.
      world.fail('create d', refusal, refusal, refusal);
    },
    state: 'rolled-back',
    objects: [],
  });
  expect(points).toEqual(
    expect.arrayContaining(['before remove a', 'after remove a', 'before writeStep undo-intent']),
  );
});

it('finds the object of a lost answer, wherever the process dies', { timeout: 120_000 }, async () => {
  await everyPoint({
    plan: [planned('a'), planned('b', ['a'])],
    prepare: (world) =>
      world.fail('create a', { error: remote({ kind: 'network', uncertain: true }), after: true }),
    state: 'succeeded',
    objects: ['a', 'b'],
  });
});

it('rolls back what a person no longer wants, wherever the process dies', { timeout: 120_000 }, async () => {
  await everyPoint({
    plan: [planned('a'), planned('w', ['a'], 'toy.wait.ask')],
    decide: 'rollBack',
    state: 'rolled-back',
    objects: [],
  });
});
