import { afterEach, expect, it } from 'vitest';
import { runRow } from '../../db/rows.ts';
import { rig, type Rig } from './rig.ts';
import { planned, remote, World } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

async function make(...args: Parameters<typeof rig>): Promise<Rig> {
  return (open = await rig(...args));
}

it('carries a plan out in the order of its needs and gives its locks back', async () => {
  const r = await make({ plan: [planned('a'), planned('b', ['a']), planned('c', ['a', 'b'])] });
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'succeeded', endedAt: r.clock.at });
  expect(run.owner).toBeUndefined();
  expect(r.world.calls).toEqual(['look a', 'create a', 'look b', 'create b', 'look c', 'create c']);
  expect(await r.events('a')).toEqual(['intent', 'result']);
  expect(await r.step('a')).toMatchObject({ state: 'done', output: { name: 'a' }, intended: true });
  expect(await r.store.runs.create(runRow({ id: 'next' }), [], ['device:1'])).toEqual({});
  expect(r.seen.finished).toEqual(['succeeded']);
  expect(r.seen.changed.at(-1)).toBe('succeeded');
});

it('runs operations without common needs side by side', async () => {
  const world = new World();
  const waiting: (() => void)[] = [];
  // Neither create comes back before both have begun.
  world.onCall = (point) => {
    if (!point.startsWith('before')) return;
    return new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 2) for (const go of waiting) go();
    });
  };
  const r = await make({ plan: [planned('a'), planned('b')], world });
  expect((await r.drive()).state).toBe('succeeded');
});

it('begins an operation as soon as its own needs are done, not when a whole wave is', async () => {
  const world = new World();
  let release = () => {};
  const slow = new Promise<void>((resolve) => (release = resolve));
  world.onCall = (point) => {
    if (point === 'before create slow') return slow;
    // The slow one is let go only by the one that does not need it.
    if (point === 'after create b') release();
    return undefined;
  };
  const r = await make({ plan: [planned('slow'), planned('a'), planned('b', ['a'])], world });
  expect((await r.drive()).state).toBe('succeeded');
});

it('repeats a refused call that may succeed later, with growing waits', async () => {
  const r = await make({ plan: [planned('a')] });
  const fault = { error: remote({ kind: 'unavailable' }) };
  r.world.fail('create a', fault, fault);
  const start = r.clock.at;
  await r.executor.look('run1');
  expect((await r.run()).wakeAt).toBe(start + 500);
  expect((await r.run()).owner).toBeUndefined();
  expect(await r.step('a')).toMatchObject({ attempts: 1, failure: { code: 'entra.unavailable' } });
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.clock.at).toBe(start + 500 + 1500);
  expect(await r.events('a')).toEqual(['intent', 'retry', 'intent', 'retry', 'intent', 'result']);
  expect((await r.step('a')).failure).toBeUndefined();
});

it('waits as long as Retry-After says, however often, and counts no attempt', async () => {
  const r = await make({ plan: [planned('a')] });
  const start = r.clock.at;
  for (let i = 0; i < 12; i += 1) {
    r.world.fail('look a', { error: remote({ kind: 'rate-limited', retryAfterMs: 100_000 }) });
  }
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.clock.at).toBe(start + 1_200_000);
});

it('does not look again before a backoff is over, whoever wakes it', async () => {
  const r = await make({ plan: [planned('a')] });
  r.world.fail('create a', { error: remote({ kind: 'rate-limited', retryAfterMs: 5000 }) });
  await r.executor.look('run1');
  await r.executor.look('run1');
  expect(r.world.calls).toEqual(['look a', 'create a']);
  expect((await r.run()).wakeAt).toBe(r.clock.at + 5000);
});

it('gives up after six tries and undoes what was done', async () => {
  const r = await make({ plan: [planned('a'), planned('b', ['a'])] });
  r.world.fail('look b', ...Array.from({ length: 9 }, () => ({ error: remote({ kind: 'timeout' }) })));
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'rolled-back', failure: { code: 'entra.timeout' } });
  expect(r.world.count('look b')).toBe(6);
  expect(r.world.objects.size).toBe(0);
});

it('finds the object of a lost answer instead of making a second one', async () => {
  const r = await make({ plan: [planned('a')] });
  r.world.fail('create a', { error: remote({ kind: 'network', uncertain: true }), after: true });
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.world.created.get('a')).toBe(1);
  expect(await r.events('a')).toEqual(['intent', 'retry', 'found']);
  expect((await r.step('a')).uncertain).toBeUndefined();
});

it('looks again after an uncertain answer even where its kind is final', async () => {
  const r = await make({ plan: [planned('a')] });
  r.world.fail('create a', { error: remote({ kind: 'rejected', uncertain: true }) });
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.world.calls).toEqual(['look a', 'create a', 'look a', 'create a']);
});

it('does not adopt what stood there before it had an intent', async () => {
  const r = await make({ plan: [planned('a'), planned('b', ['a'])] });
  r.world.objects.set('b', 1);
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'rolled-back', failure: { code: 'toy.taken' } });
  expect([...r.world.objects.keys()]).toEqual(['b']);
});

it('ends as failed where nothing had been done', async () => {
  const r = await make({ plan: [planned('a'), planned('b', ['a'])] });
  r.world.fail('create a', { error: remote({ kind: 'rejected' }) });
  const run = await r.drive();
  expect(run).toMatchObject({
    state: 'failed',
    failure: { code: 'entra.rejected', hint: 'Hint: rejected.' },
  });
  expect(await r.step('a')).toMatchObject({ state: 'failed' });
  expect(await r.step('b')).toMatchObject({ state: 'skipped' });
  expect(r.world.count('undo a')).toBe(0);
  expect(r.seen.finished).toEqual(['failed']);
});

it('finishes what goes on beside a failure, then undoes it too', async () => {
  const world = new World();
  let bFailed = () => {};
  const failed = new Promise<void>((resolve) => (bFailed = resolve));
  world.onCall = (point) => {
    if (point === 'before create b') bFailed();
    return point === 'before create a' ? failed : undefined;
  };
  world.fail('create b', { error: remote({ kind: 'forbidden' }) });
  const r = await make({ plan: [planned('a'), planned('b'), planned('c', ['a'])], world });
  expect((await r.drive()).state).toBe('rolled-back');
  expect(await r.events('a')).toEqual(['intent', 'result', 'undo-intent', 'undo-result']);
  expect(world.count('look c')).toBe(0);
  expect(world.objects.size).toBe(0);
});

it('hands a plan that it does not know to a person, touching nothing', async () => {
  const r = await make({ plan: [planned('a'), planned('b', [], 'of.the.future')] });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.plan_unknown' } });
  expect(r.world.calls).toEqual([]);
  expect(r.seen.finished).toEqual(['needs-decision']);
});

it('hands a plan that cannot be read to a person', async () => {
  const old = { code: 'flow.plan_version', message: 'old', hint: 'Old.', retryable: false };
  const r = await make({
    plan: [planned('a')],
    executor: { planOf: () => Promise.reject(Object.assign(new Error('old'), old)) },
  });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.plan_version' } });
});

it('does not run in circles where operations need each other', async () => {
  const r = await make({ plan: [planned('a', ['b']), planned('b', ['a'])] });
  expect(await r.drive()).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.bug' } });
});

it('treats a fault of its own as final, journals it and keeps its words out of the log', async () => {
  const world = new World();
  world.fail('create b', { error: new TypeError('body with psk=hunter2\nat the second line hunter2') });
  const r = await make({ plan: [planned('a'), planned('b', ['a'])], world });
  const run = await r.drive();
  expect(run).toMatchObject({ state: 'rolled-back', failure: { code: 'flow.bug' } });
  expect(run.failure?.message).toContain('TypeError');
  const written = JSON.stringify([
    r.log,
    run,
    await r.store.runs.journal('run1'),
    await r.store.runs.steps('run1'),
  ]);
  expect(written).not.toContain('hunter2');
  const line = r.log.find((entry) => entry.level === 'error');
  expect(line?.fields['frames']).toEqual(
    expect.arrayContaining([expect.stringContaining('forward.test.ts')]),
  );
});

it('undoes a step whose do broke, since nobody knows how far it came', async () => {
  const world = new World();
  world.fail('create a', { error: new Error('bug'), after: true });
  const r = await make({ plan: [planned('a')], world });
  expect((await r.drive()).state).toBe('failed');
  expect(world.created.get('a')).toBe(1);
  expect(world.objects.size).toBe(0);
});

it('undoes a refused step that was refused only at its second call', async () => {
  const world = new World();
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
          await context.guard();
          await world.create('first half');
          await context.guard();
          throw remote({ kind: 'rejected' });
        },
        async undo() {
          await world.remove('first half');
          return [];
        },
      },
    ],
  });
  expect((await r.drive()).state).toBe('failed');
  expect(world.objects.size).toBe(0);
});

it('undoes a plain refusal that followed a lost answer', async () => {
  const world = new World();
  const r = await make({ plan: [planned('a')], world });
  world.fail('create a', { error: remote({ kind: 'network', uncertain: true }), after: true });
  await r.executor.look('run1');
  // The vendor's list does not show it yet, and the second creation is refused because of the first.
  world.objects.delete('a');
  world.fail('create a', { error: remote({ kind: 'conflict' }) });
  world.onCall = (point) => {
    if (point === 'before create a') world.objects.set('a', 1);
  };
  expect((await r.drive()).state).toBe('failed');
  expect(world.count('create a')).toBe(2);
  expect(world.objects.size).toBe(0);
});

it('shows what an operation says about its progress, once per text', async () => {
  const r = await make({
    plan: [planned('a')],
    operations: [
      {
        kind: 'toy.create',
        mode: 'change',
        onFailure: 'unwind',
        async look(context) {
          await context.progress('reading');
          await context.progress('reading');
          return { state: 'done', output: context.output('a') ?? null };
        },
      },
    ],
  });
  expect((await r.drive()).state).toBe('succeeded');
  expect(await r.events('a')).toEqual(['progress', 'found']);
  expect((await r.step('a')).output).toBeNull();
});

it('hands over what it cannot match with the steps of the run', async () => {
  const r = await make({ plan: [planned('a')] });
  const other = r.another({ planOf: async () => [planned('a'), planned('b', ['a'])] });
  expect(await r.drive(other)).toMatchObject({
    state: 'needs-decision',
    failure: { code: 'flow.plan_unknown' },
  });
  await r.executor.retry('run1');
  const loose = r.another({ planOf: async () => [planned('a', ['gone'])] });
  expect((await r.drive(loose)).failure?.message).toContain('a needs an operation that it does not hold');
  await r.executor.retry('run1');
  expect((await r.drive()).state).toBe('succeeded');
});

it('asks where reading the plan breaks, and rejects where only the database does', async () => {
  const r = await make({ plan: [planned('a')] });
  const full = r.another({
    planOf: () => Promise.reject(Object.assign(new Error('x'), { code: 'SQLITE_IOERR' })),
  });
  await expect(full.look('run1')).rejects.toThrow('x');
  expect((await r.run()).state).toBe('active');
  const broken = r.another({ planOf: () => Promise.reject(new SyntaxError('hunter2')) });
  expect(await r.drive(broken)).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.bug' } });
  expect(JSON.stringify([r.log, await r.run()])).not.toContain('hunter2');
});

it('calls a change that cannot be done a fault of the bot', async () => {
  const r = await make({
    plan: [planned('a')],
    operations: [
      { kind: 'toy.create', mode: 'change', onFailure: 'unwind', look: async () => ({ state: 'absent' }) },
    ],
  });
  expect(await r.drive()).toMatchObject({ state: 'failed', failure: { code: 'flow.bug' } });
});
