import { afterEach, expect, it } from 'vitest';
import type { Operation } from '../../../src/flows/engine/types.ts';
import { rig, toyOperations, type Rig } from './rig.ts';
import { planned, remote, World, waitOperation } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

async function make(...args: Parameters<typeof rig>): Promise<Rig> {
  return (open = await rig(...args));
}

const ASK = 'toy.wait.ask';
const UNWIND = 'toy.wait.unwind';

it('looks at once, then at every poll, and belongs to nobody in between', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  const start = r.clock.at;
  await r.executor.look('run1');
  expect(await r.run()).toMatchObject({
    wakeAt: start + 15_000,
    progress: 'w is not there yet',
    state: 'active',
  });
  expect((await r.run()).owner).toBeUndefined();
  r.clock.at += 15_000;
  await r.executor.look('run1');
  expect((await r.run()).wakeAt).toBe(start + 30_000);
  r.world.ready.add('w');
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.world.count('look w')).toBe(3);
});

it('writes progress only when it has changed', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  await r.executor.look('run1');
  await r.executor.look('run1');
  r.world.waitText.set('w', 'half way');
  await r.executor.look('run1');
  expect(await r.events('w')).toEqual(['started', 'waiting', 'waiting']);
  expect((await r.step('w')).progress).toBe('half way');
  r.world.ready.add('w');
  await r.drive();
  expect((await r.step('w')).progress).toBeUndefined();
});

it('asks at the deadline, keeps its locks, and says what was seen last', async () => {
  const r = await make({ plan: [planned('a'), planned('w', ['a'], ASK), planned('c', ['w'])] });
  const start = r.clock.at;
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.deadline' } });
  expect(run.failure?.hint).toBe('object w: not reached within 1 min. Last seen: w is not there yet');
  expect(r.clock.at).toBe(start + 60_000);
  expect(run.owner).toBeUndefined();
  expect(r.world.objects.has('a')).toBe(true);
  expect((await r.step('c')).state).toBe('pending');
  await r.store.runs.create({ ...run, id: 'run2', state: 'active' }, [], ['other']);
  expect(await r.store.runs.lock('run2', ['device:1'])).toEqual({
    blockedBy: { key: 'device:1', runId: 'run1' },
  });
  expect(r.seen.finished).toEqual(['needs-decision']);
});

it('unwinds at the deadline where the wait says so', async () => {
  const r = await make({ plan: [planned('a'), planned('w', ['a'], UNWIND)] });
  expect(await r.drive()).toMatchObject({ state: 'rolled-back', failure: { code: 'flow.deadline' } });
  expect(r.world.objects.size).toBe(0);
});

it('does not count the time in which the deadline stands still', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  const start = r.clock.at;
  await r.executor.look('run1');
  r.clock.at = start + 50_000;
  r.world.paused.add('w');
  await r.executor.look('run1');
  r.clock.at = start + 500_000;
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('active');
  r.world.paused.delete('w');
  await r.executor.look('run1');
  expect(await r.step('w')).toMatchObject({ pausedMs: 450_000 });
  expect((await r.drive()).state).toBe('needs-decision');
  expect(r.clock.at).toBe(start + 60_000 + 450_000);
});

it.each(['is waiting', 'fails'])(
  'is not ended by a look that began before the deadline and %s after it: another one is made',
  async (how) => {
    const world = new World();
    const wait = waitOperation(world, 'ask', 60_000);
    let slowMs = 90_000;
    const slow: Operation = {
      ...wait,
      async look(context) {
        r.clock.at += slowMs;
        return wait.look(context);
      },
    };
    const r = await make({ plan: [planned('w', [], ASK)], world, operations: [slow] });
    if (how === 'fails') world.fail('look w', { error: remote({ kind: 'timeout' }) });
    await r.executor.look('run1');
    expect(await r.run()).toMatchObject({ state: 'active', wakeAt: r.clock.at });
    slowMs = 0;
    world.ready.add('w');
    expect((await r.drive()).state).toBe('succeeded');
  },
);

it('is ended by a look that began after the deadline, however slow each of them is', async () => {
  const world = new World();
  const wait = waitOperation(world, 'ask', 60_000);
  const slow: Operation = {
    ...wait,
    async look(context) {
      r.clock.at += 90_000;
      return wait.look(context);
    },
  };
  const r = await make({ plan: [planned('w', [], ASK)], world, operations: [slow] });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.deadline' } });
  expect(world.count('look w')).toBe(2);
});

it('caps every deadline', async () => {
  const r = await make({ plan: [planned('w', [], ASK)], executor: { capMs: 20_000 } });
  const start = r.clock.at;
  expect((await r.drive()).failure?.hint).toContain('within 20 s');
  expect(r.clock.at).toBe(start + 20_000);
});

it('waits for ever where there is no deadline, cap or not', async () => {
  const world = new World();
  const r = await make({
    plan: [planned('w', [], ASK)],
    world,
    operations: [waitOperation(world, 'ask')],
    executor: { capMs: 1000 },
  });
  await r.executor.look('run1');
  r.clock.at += 10_000_000;
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('active');
});

it('looks earlier where it is woken, but keeps another step in its backoff', async () => {
  const r = await make({ plan: [planned('w', [], ASK), planned('a')] });
  r.world.fail('look a', { error: remote({ kind: 'rate-limited', retryAfterMs: 40_000 }) });
  await r.executor.look('run1');
  expect((await r.run()).wakeAt).toBe(r.clock.at + 15_000);
  await r.executor.look('run1');
  expect(r.world.count('look w')).toBe(2);
  expect(r.world.count('look a')).toBe(1);
});

it('repeats a failed look at a wait and forgets its failures after a good one', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  const fault = { error: remote({ kind: 'unavailable' }) };
  r.world.fail('look w', fault, fault, fault);
  for (let i = 0; i < 3; i += 1) {
    await r.executor.look('run1');
    r.clock.at = (await r.run()).wakeAt ?? 0;
  }
  expect(await r.step('w')).toMatchObject({ attempts: 3, failure: { code: 'entra.unavailable' } });
  await r.executor.look('run1');
  expect((await r.step('w')).attempts).toBe(0);
  expect((await r.step('w')).failure).toBeUndefined();
});

it('looks again through an outage of any number of tries, and says what could not be read', async () => {
  const world = new World();
  const r = await make({
    plan: [planned('w', [], 'long')],
    operations: [{ ...waitOperation(world, 'unwind', 1_800_000), kind: 'long' }],
    world,
  });
  world.fail('look w', ...Array.from({ length: 1000 }, () => ({ error: remote({ kind: 'unavailable' }) })));
  const start = r.clock.at;
  while (r.clock.at < start + 1_700_000) {
    await r.executor.look('run1');
    const { wakeAt = 0, state, progress } = await r.run();
    expect(state).toBe('active');
    expect(progress).toBe('The last look failed and is repeated (entra.unavailable). Hint: unavailable.');
    expect(wakeAt - r.clock.at).toBeLessThanOrEqual(30_000);
    r.clock.at = wakeAt;
  }
  world.faults.clear();
  await r.executor.look('run1');
  expect(await r.run()).toMatchObject({ progress: 'w is not there yet' });
  world.ready.add('w');
  expect((await r.drive()).state).toBe('succeeded');
});

it('ends a wait that can never be looked at by its deadline, to the second', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  r.world.fail('look w', ...Array.from({ length: 1000 }, () => ({ error: remote({ kind: 'timeout' }) })));
  const start = r.clock.at;
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.deadline' } });
  expect(run.failure?.hint).toContain('(entra.timeout)');
  expect(r.clock.at).toBe(start + 60_000);
});

it('looks once more after a rate limit that outlasts the deadline, and not before', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  r.world.fail('look w', { error: remote({ kind: 'rate-limited', retryAfterMs: 90_000 }) });
  const start = r.clock.at;
  await r.executor.look('run1');
  expect((await r.run()).wakeAt).toBe(start + 90_000);
  r.world.ready.add('w');
  expect((await r.drive()).state).toBe('succeeded');
});

it('lets a deadline stand still while what stopped it cannot be looked at', async () => {
  const r = await make({ plan: [planned('w', [], ASK)] });
  const start = r.clock.at;
  r.world.paused.add('w');
  await r.executor.look('run1');
  r.world.fail('look w', ...Array.from({ length: 10 }, () => ({ error: remote({ kind: 'network' }) })));
  r.clock.at = start + 500_000;
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('active');
  r.world.faults.clear();
  r.clock.at = start + 600_000;
  r.world.paused.delete('w');
  await r.executor.look('run1');
  expect(await r.step('w')).toMatchObject({ pausedMs: 600_000, state: 'doing' });
});

it('gives up a wait without a deadline after six failed looks', async () => {
  const world = new World();
  const r = await make({ plan: [planned('w', [], ASK)], world, operations: [waitOperation(world, 'ask')] });
  world.fail('look w', ...Array.from({ length: 10 }, () => ({ error: remote({ kind: 'unavailable' }) })));
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'entra.unavailable' } });
  expect(world.count('look w')).toBe(6);
});

it('asks, not unwinds, where a wait that asks can never be looked at', async () => {
  const r = await make({ plan: [planned('a'), planned('w', ['a'], ASK)] });
  r.world.fail('look w', { error: remote({ kind: 'forbidden' }) });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'entra.forbidden' } });
});

it('unwinds where a look at a change is refused for good', async () => {
  const r = await make({ plan: [planned('a'), planned('b', ['a'])] });
  r.world.fail('look b', { error: remote({ kind: 'forbidden' }) });
  expect(await r.drive()).toMatchObject({ state: 'rolled-back', failure: { code: 'entra.forbidden' } });
});

it('unwinds where one wait would ask and a change beside it is refused', async () => {
  const r = await make({ plan: [planned('w', [], ASK), planned('a')] });
  r.world.fail('look w', { error: remote({ kind: 'forbidden' }) });
  r.world.fail('look a', { error: remote({ kind: 'rejected' }) });
  expect(await r.drive()).toMatchObject({ state: 'failed', failure: { code: 'entra.rejected' } });
});

it('calls a wait that answers absent a fault of the bot', async () => {
  const r = await make({
    plan: [planned('w', [], 'odd')],
    operations: [{ kind: 'odd', mode: 'wait', onFailure: 'ask', look: async () => ({ state: 'absent' }) }],
  });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.bug' } });
});

it('honours a wait that says when it wants to be looked at', async () => {
  const r = await make({
    plan: [planned('w', [], 'slow'), planned('v', [], ASK)],
    operations: [
      waitOperation(new World(), 'ask'),
      {
        kind: 'slow',
        mode: 'wait',
        onFailure: 'ask',
        look: async (context) => {
          r.world.calls.push(`slow at ${context.now() - context.since}`);
          return { state: 'waiting', progress: 'slow', retryAfterMs: 40_000 };
        },
      },
    ],
  });
  for (let i = 0; i < 4; i += 1) {
    await r.executor.look('run1');
    r.clock.at = (await r.run()).wakeAt ?? 0;
  }
  expect(r.world.calls).toEqual(['slow at 0', 'slow at 40000']);
});

it('lets a change wait for something before it is made', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a')], world });
  const [create] = toyOperations(world);
  let offline = true;
  const careful: Operation = {
    ...create!,
    look: async (context) =>
      offline ? { state: 'waiting', progress: 'offline', pausedDeadline: true } : create!.look(context),
  };
  const executor = r.another({ operations: [careful] });
  await executor.look('run1');
  expect(await r.step('a')).toMatchObject({ state: 'doing', intended: false, progress: 'offline' });
  offline = false;
  expect((await r.drive(executor)).state).toBe('succeeded');
  expect(world.created.get('a')).toBe(1);
});

it('repeats a look whose deadline could not be read', async () => {
  const world = new World();
  const r = await make({
    plan: [planned('w', [], ASK)],
    world,
    operations: [
      {
        ...waitOperation(world),
        deadlineMs: () => {
          throw remote({ kind: 'unavailable' });
        },
      },
    ],
  });
  await r.executor.look('run1');
  expect(await r.events('w')).toEqual(['started', 'retry']);
});
