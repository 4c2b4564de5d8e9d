import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { DiskError } from '../../../db/database-error.ts';
import { NotPermitted, permitOfCall } from '../../../src/base/send-permit.ts';
import type { Operation } from '../../../src/flows/engine/types.ts';
import { quietDispatcher, rig, type Rig } from './rig.ts';
import { planned, World } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

async function make(...args: Parameters<typeof rig>): Promise<Rig> {
  return (open = await rig(...args));
}

it('leaves a run alone that somebody else works on', async () => {
  const r = await make({ plan: [planned('a')], executor: { dispatcher: quietDispatcher(false) } });
  await r.store.runs.claim('run1', 'somebody', r.clock.at, 10_000);
  await r.executor.look('run1');
  expect(r.world.calls).toEqual([]);
  r.clock.at += 10_000;
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('succeeded');
});

it('takes over at once what a dead process left, where it has the file for itself', async () => {
  const r = await make({ plan: [planned('a')] });
  await r.store.runs.claim('run1', 'dead', r.clock.at, 10_000);
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('succeeded');
});

it('sends nothing more and writes nothing more once the run was taken over', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a'), planned('b', ['a'])], world });
  let stolen: string[] = [];
  world.onCall = async (point) => {
    if (point !== 'after create a' || stolen.length > 0) return;
    await r.store.runs.claim('run1', 'thief', r.clock.at, 10_000, true);
    stolen = (await r.store.runs.journal('run1')).map((line) => line.event);
  };
  await r.executor.look('run1');
  expect(world.calls).toEqual(['look a', 'create a']);
  expect((await r.store.runs.journal('run1')).map((line) => line.event)).toEqual(stolen);
  expect(await r.run()).toMatchObject({ owner: 'thief', state: 'active' });
  expect(r.log.map((line) => line.message)).toContain('another worker has taken the run over');
});

it('sends nothing where it stood still for longer than its lease after the guard', async () => {
  const world = new World();
  const stoodStill: Operation = {
    kind: 'toy.create',
    mode: 'change',
    onFailure: 'unwind',
    look: async () => ({ state: 'absent' }),
    async do(context) {
      await context.guard();
      r.clock.at += 10_000;
      if (permitOfCall()?.() !== true) throw new NotPermitted('the lease is over');
      await world.create('a');
      return null;
    },
  };
  const dispatcher = quietDispatcher(false);
  const r = await make({ plan: [planned('a')], world, operations: [stoodStill], executor: { dispatcher } });
  await r.executor.look('run1');
  expect(world.objects.size).toBe(0);
  expect(await r.events('a')).toEqual(['intent']);
  expect(await r.run()).toMatchObject({ state: 'active' });
});

it('is stopped by its guard between intent and call', async () => {
  const world = new World();
  let aborted: boolean | undefined;
  const r = await make({
    plan: [planned('a')],
    world,
    operations: [
      {
        kind: 'toy.create',
        mode: 'change',
        onFailure: 'unwind',
        look: async () => ({ state: 'absent' }),
        async do(context) {
          await context.store.runs.claim('run1', 'thief', context.now(), 10_000, true);
          try {
            await context.guard();
          } catch (error) {
            aborted = context.signal.aborted;
            throw new Error('wrapped', { cause: error });
          }
          await world.create('a');
          return null;
        },
      },
    ],
  });
  await r.executor.look('run1');
  expect(aborted).toBe(true);
  expect(world.objects.size).toBe(0);
  expect((await r.run()).state).toBe('active');
  expect(await r.events('a')).toEqual(['intent']);
});

/** An operation whose `do` is given by the test. */
function doing(work: NonNullable<Operation['do']>): Operation {
  return {
    kind: 'toy.create',
    mode: 'change',
    onFailure: 'unwind',
    look: async () => ({ state: 'absent' }),
    do: work,
    undo: async () => [],
  };
}

/** Creates `a` behind its guard, as everything does that changes something. */
function creating(world: World): Operation {
  return doing(async (context) => {
    await context.guard();
    await world.create('a');
    return null;
  });
}

it('sends nothing before everything that was journaled is on the disk', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a')], world, operations: [creating(world)] });
  let onDisk = (): void => undefined;
  const journaled: string[][] = [];
  const executor = r.another({
    store: {
      ...r.store,
      async settled() {
        journaled.push([...(await r.events('a'))]);
        await new Promise<void>((resolve) => (onDisk = resolve));
      },
    },
  });
  const look = executor.look('run1');
  await vi.waitUntil(() => journaled.length > 0, { timeout: 20_000 });
  expect(world.objects.size).toBe(0);
  onDisk();
  await look;
  expect(journaled).toEqual([['intent']]);
  expect(world.objects.size).toBe(1);
});

it('sends nothing where the disk refuses', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a')], world, operations: [creating(world)] });
  const refused = new DiskError(new Error('EIO'));
  const executor = r.another({ store: { ...r.store, settled: () => Promise.reject(refused) } });
  for (let looks = 0; looks < 10; looks += 1) {
    await expect(executor.look('run1')).rejects.toBe(refused);
    r.clock.at += 60_000;
  }
  expect(world.objects.size).toBe(0);
  expect(await r.run()).toMatchObject({ state: 'active' });
  expect(new Set(await r.events('a'))).toEqual(new Set(['intent']));
  // Started again on a sound disk it goes on.
  expect((await r.drive()).state).toBe('succeeded');
});

it('prolongs its lease at a guard that comes late', async () => {
  let lease = 0;
  const slow = doing(async (context) => {
    r.clock.at += 5000;
    await context.guard();
    lease = (await r.run()).leaseUntil;
    return null;
  });
  const r = await make({ plan: [planned('a')], operations: [slow] });
  await r.executor.look('run1');
  expect(lease).toBe(r.clock.at + 10_000);
});

it('is stopped by a late guard too', async () => {
  let sent = false;
  const slow = doing(async (context) => {
    r.clock.at += 50_000;
    await context.store.runs.claim('run1', 'thief', context.now(), 10_000);
    await context.guard();
    sent = true;
    return null;
  });
  const r = await make({ plan: [planned('a')], operations: [slow] });
  await r.executor.look('run1');
  expect(sent).toBe(false);
  expect((await r.run()).owner).toBe('thief');
});

it('keeps its lease alive while a call takes long, and hears that it has lost it', async () => {
  let aborted = false;
  const slow = doing(async (context) => {
    const lease = (await r.run()).leaseUntil;
    r.clock.at += 20;
    await vi.waitFor(async () => expect((await r.run()).leaseUntil).toBeGreaterThan(lease), 30_000);
    await context.store.runs.claim('run1', 'thief', context.now(), 10_000, true);
    await once(context.signal, 'abort');
    aborted = true;
    throw new Error('given up');
  });
  const r = await make({ plan: [planned('a')], operations: [slow], executor: { leaseMs: 30 } });
  await r.executor.look('run1');
  expect(aborted).toBe(true);
  expect(await r.run()).toMatchObject({ owner: 'thief', state: 'active' });
});

it('lets a second executor take over between two looks', async () => {
  const r = await make({
    plan: [planned('w', [], 'toy.wait.ask')],
    executor: { dispatcher: quietDispatcher(false) },
  });
  const other = r.another();
  await r.executor.look('run1');
  await other.look('run1');
  r.world.ready.add('w');
  await r.executor.look('run1');
  expect(await r.run()).toMatchObject({ state: 'succeeded', epoch: 3 });
});

it('looks at a run once, however often it is asked at the same time', async () => {
  const r = await make({ plan: [planned('a')] });
  await Promise.all([r.executor.look('run1'), r.executor.look('run1'), r.executor.look('run1')]);
  expect((await r.run()).epoch).toBe(1);
  expect(r.world.created.get('a')).toBe(1);
});

it('finishes the step that is going on when it is stopped, and begins no other', async () => {
  const world = new World();
  const stopping = new AbortController();
  world.onCall = (point) => {
    if (point === 'before create a') stopping.abort();
  };
  const r = await make({ plan: [planned('a'), planned('b', ['a'])], world });
  await r.executor.look('run1', stopping.signal);
  expect(world.calls).toEqual(['look a', 'create a']);
  expect((await r.step('a')).state).toBe('done');
  const run = await r.run();
  expect(run.state).toBe('active');
  expect(run.owner).toBeUndefined();
  expect(run.wakeAt).toBeUndefined();
  expect((await r.drive(r.another())).state).toBe('succeeded');
  expect(world.created.get('a')).toBe(1);
});

it('stops between two undos', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a'), planned('b', ['a'])], world });
  await r.drive();
  await r.executor.rollBack('run1');
  const stopping = new AbortController();
  world.onCall = (point) => {
    if (point === 'before remove b') stopping.abort();
  };
  await r.executor.look('run1', stopping.signal);
  expect([...world.objects.keys()]).toEqual(['a']);
  expect((await r.run()).state).toBe('unwinding');
  expect((await r.drive()).state).toBe('rolled-back');
});

it('rejects where the observer breaks, and the run is due again with nothing lost', async () => {
  let broken = true;
  const r = await make({
    plan: [planned('a')],
    executor: {
      observer: {
        async changed() {
          if (broken) throw new TypeError('no');
        },
        async finished() {},
      },
    },
  });
  await expect(r.executor.look('run1')).rejects.toThrow(TypeError);
  expect(r.world.objects.size).toBe(0);
  expect((await r.store.runs.due(r.clock.at)).map((run) => run.id)).toEqual(['run1']);
  broken = false;
  expect((await r.drive()).state).toBe('succeeded');
});
