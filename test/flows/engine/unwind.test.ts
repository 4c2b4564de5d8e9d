import { afterEach, expect, it } from 'vitest';
import type { Executor } from '../../../src/flows/engine/executor.ts';
import { NotYet } from '../../../src/flows/engine/not-yet.ts';
import { rig, toyOperations, type Rig } from './rig.ts';
import { planned, remote, type Fault, type World } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

/** Two objects, then a refusal: everything from there on is unwinding. */
async function refusedAtTheEnd(prepare: (world: World) => void = () => undefined): Promise<Rig> {
  const r = (open = await rig({ plan: [planned('a'), planned('b', ['a']), planned('c', ['b'])] }));
  r.world.fail('create c', { error: remote({ kind: 'rejected' }) });
  prepare(r.world);
  return r;
}

it('undoes in reverse and journals intent and result of each', async () => {
  const r = await refusedAtTheEnd();
  expect(await r.drive()).toMatchObject({ state: 'rolled-back', failure: { code: 'entra.rejected' } });
  expect(r.world.calls.filter((call) => call.startsWith('remove'))).toEqual(['remove b', 'remove a']);
  const journal = (await r.store.runs.journal('run1')).map((line) => `${line.opId} ${line.event}`);
  expect(journal.slice(-7)).toEqual([
    'c failed',
    ' unwinding',
    'b undo-intent',
    'b undo-result',
    'a undo-intent',
    'a undo-result',
    ' rolled-back',
  ]);
  expect((await r.step('b')).state).toBe('undone');
  expect((await r.step('c')).state).toBe('failed');
  expect(r.seen.finished).toEqual(['rolled-back']);
});

it('repeats an undo that may succeed later', async () => {
  const r = await refusedAtTheEnd((world) => {
    const fault = { error: remote({ kind: 'unavailable' }) };
    world.fail('remove b', fault, fault);
  });
  const start = r.clock.at;
  expect((await r.drive()).state).toBe('rolled-back');
  expect(r.clock.at).toBe(start + 500 + 1500);
  expect(await r.events('b')).toEqual(expect.arrayContaining(['undo-retry', 'undo-result']));
  expect((await r.step('b')).failure).toBeUndefined();
  expect(r.world.objects.size).toBe(0);
});

it('looks again before an undo whose answer was lost is repeated', async () => {
  const r = await refusedAtTheEnd((world) =>
    world.fail('remove b', { error: remote({ kind: 'network', uncertain: true }), after: true }),
  );
  expect((await r.drive()).state).toBe('rolled-back');
  expect(r.world.count('remove b')).toBe(1);
});

it('stops at an undo that is refused and names exactly what is left', async () => {
  const r = await refusedAtTheEnd((world) =>
    world.fail('remove b', { error: remote({ kind: 'forbidden' }) }),
  );
  const run = await r.drive();
  expect(run).toMatchObject({
    state: 'needs-decision',
    unwinding: true,
    failure: { code: 'flow.left_behind' },
  });
  expect(run.failure?.hint).toBe(
    'Still there: object b; object a. Hint: forbidden. Mend it and choose Retry, or Keep.',
  );
  expect([...r.world.objects.keys()]).toEqual(['a', 'b']);
  expect(r.seen.finished).toEqual(['needs-decision']);
});

it('goes on with the unwinding on Retry, and ends with the reason that turned it back', async () => {
  const r = await refusedAtTheEnd((world) =>
    world.fail('remove b', { error: remote({ kind: 'forbidden' }) }),
  );
  await r.drive();
  expect(await r.executor.retry('run1')).toBe(true);
  expect(await r.drive()).toMatchObject({ state: 'rolled-back', failure: { code: 'entra.rejected' } });
  expect(r.world.objects.size).toBe(0);
  expect(r.world.count('create c')).toBe(1);
});

it('asks where an undo reports leftovers', async () => {
  const r = await refusedAtTheEnd((world) => world.leftovers.set('b', ['link x of somebody else']));
  const run = await r.drive();
  expect(run.failure?.hint).toContain('Still there: link x of somebody else; object a.');
  r.world.leftovers.clear();
  await r.executor.retry('run1');
  expect((await r.drive()).state).toBe('rolled-back');
});

it('waits for something that is offline, as long as it takes, before it undoes what comes after', async () => {
  const r = await refusedAtTheEnd((world) => world.offline.add('b'));
  await r.executor.look('run1');
  for (let i = 0; i < 20; i += 1) {
    expect(await r.run()).toMatchObject({ state: 'unwinding', progress: 'b is offline' });
    r.clock.at = (await r.run()).wakeAt ?? 0;
    await r.executor.look('run1');
  }
  expect(r.world.objects.has('a')).toBe(true);
  expect((await r.events('b')).filter((event) => event === 'undo-waiting')).toHaveLength(1);
  r.world.offline.clear();
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('rolled-back');
});

it('keeps an undo in its backoff, whoever wakes it', async () => {
  const r = await refusedAtTheEnd((world) =>
    world.fail('remove b', { error: remote({ kind: 'rate-limited', retryAfterMs: 9000 }) }),
  );
  await r.executor.look('run1');
  await r.executor.look('run1');
  expect(r.world.count('undo b')).toBe(1);
  expect((await r.run()).wakeAt).toBe(r.clock.at + 9000);
});

/** Makes the next tries fail: an outage of the system that holds the objects. */
function outage(tries: number): readonly Fault[] {
  return Array.from({ length: tries }, () => ({ error: remote({ kind: 'unavailable' }) }));
}

it('repeats an undo through an outage of ten minutes, at least twice a minute', async () => {
  const r = await refusedAtTheEnd((world) => world.fail('undo b', ...outage(1000)));
  const end = r.clock.at + 10 * 60_000;
  while (r.clock.at < end) {
    await r.executor.look('run1');
    const { wakeAt = 0, state, progress } = await r.run();
    expect(state).toBe('unwinding');
    expect(progress).toContain('entra.unavailable');
    expect(wakeAt - r.clock.at).toBeLessThanOrEqual(30_000);
    r.clock.at = wakeAt;
  }
  r.world.faults.clear();
  expect((await r.drive()).state).toBe('rolled-back');
  expect(r.world.objects.size).toBe(0);
});

it('gives up an undo that has failed for a quarter of an hour, across restarts, and names what is left', async () => {
  const r = await refusedAtTheEnd((world) => world.fail('undo b', ...outage(1000)));
  const start = r.clock.at;
  await r.executor.look('run1');
  r.clock.at = start + 14 * 60_000;
  const after = r.another();
  await after.look('run1');
  expect((await r.run()).state).toBe('unwinding');
  r.clock.at = start + 15 * 60_000;
  const run = await r.drive(after);
  expect(run).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.left_behind' } });
  expect(run.failure?.hint).toContain('Still there: object b; object a.');
  expect(r.world.count('undo b')).toBe(3);
});

it('gives an undo that failed for too long its whole time again on Retry', async () => {
  const r = await refusedAtTheEnd((world) => world.fail('undo b', ...outage(1000)));
  await r.drive();
  await r.executor.retry('run1');
  const retried = r.clock.at;
  expect((await r.drive()).state).toBe('needs-decision');
  expect(r.clock.at - retried).toBeGreaterThanOrEqual(15 * 60_000);
  r.world.faults.clear();
  await r.executor.retry('run1');
  expect((await r.drive()).state).toBe('rolled-back');
});

it('waits out a rate limit of an hour in an undo without counting it', async () => {
  const limit = { error: remote({ kind: 'rate-limited', retryAfterMs: 3_600_000 }) };
  const r = await refusedAtTheEnd((world) => world.fail('undo b', limit, ...outage(3)));
  expect((await r.drive()).state).toBe('rolled-back');
});

it('undoes a step whose answer was lost and whose looks fail for good', async () => {
  const r = await refusedAtTheEnd((world) => {
    world.fail('create b', { error: remote({ kind: 'network', uncertain: true }), after: true });
    world.onCall = (point) => {
      if (point === 'after create b') world.fail('look b', { error: remote({ kind: 'forbidden' }) });
    };
  });
  expect((await r.drive()).state).toBe('rolled-back');
  expect(await r.events('b')).toEqual(['intent', 'retry', 'failed', 'undo-intent', 'undo-result']);
  expect(r.world.objects.size).toBe(0);
});

it('undoes what a dead worker may have made, even where nobody can look at it any more', async () => {
  const r = (open = await rig({ plan: [planned('a')] }));
  r.world.onCall = async (point) => {
    if (point === 'after create a') await r.store.runs.claim('run1', 'next', r.clock.at, 10_000, true);
  };
  await r.executor.look('run1');
  expect(await r.step('a')).toMatchObject({ state: 'doing', intended: true, uncertain: true });
  r.world.fail('look a', { error: remote({ kind: 'forbidden' }) });
  expect(await r.drive(r.another())).toMatchObject({ state: 'failed', failure: { code: 'entra.forbidden' } });
  expect(r.world.created.get('a')).toBe(1);
  expect(r.world.objects.size).toBe(0);
});

it('comes back when an undo that waits says so', async () => {
  const r = (open = await rig({ plan: [planned('a')] }));
  await r.drive();
  await r.executor.rollBack('run1');
  const [create] = toyOperations(r.world);
  const waiting = r.another({
    operations: [{ ...create!, undo: () => Promise.reject(new NotYet('applying', { retryAfterMs: 1234 })) }],
  });
  await waiting.look('run1');
  expect((await r.run()).wakeAt).toBe(r.clock.at + 1234);
  expect((await r.drive()).state).toBe('rolled-back');
});

/** A finished run whose undo throws what it is told; undefined = it succeeds. */
async function undoing(next: () => NotYet | Error | undefined): Promise<{ r: Rig; executor: Executor }> {
  const r = (open = await rig({ plan: [planned('a'), planned('b', ['a'])] }));
  await r.drive();
  await r.executor.rollBack('run1');
  const [create] = toyOperations(r.world);
  async function undo(): Promise<readonly string[]> {
    const thrown = next();
    if (thrown) throw thrown;
    return [];
  }
  return { r, executor: r.another({ operations: [{ ...create!, undo }] }) };
}

const applying = () => new NotYet('applying', { deadlineMs: 600_000 });

it('asks once the deadline of an undo that waits has passed, counted across restarts', async () => {
  const { r, executor } = await undoing(applying);
  const start = r.clock.at;
  await executor.look('run1');
  r.clock.at = start + 590_000;
  const [create] = toyOperations(r.world);
  const restarted = r.another({ operations: [{ ...create!, undo: () => Promise.reject(applying()) }] });
  await restarted.look('run1');
  expect(await r.run()).toMatchObject({ state: 'unwinding', progress: 'applying', wakeAt: start + 600_000 });
  r.clock.at = start + 600_000;
  const run = await r.drive(restarted);
  expect(run).toMatchObject({ state: 'needs-decision', failure: { code: 'flow.left_behind' } });
  expect(run.failure?.hint).toBe(
    'Still there: object b; object a. Waited 10 min. Last seen: applying. Mend it and choose Retry, or Keep.',
  );
});

it('asks no person for what an undo saw that began before its deadline and was slow', async () => {
  let next: NotYet | undefined = applying();
  let slowMs = 0;
  const { r, executor } = await undoing(() => {
    r.clock.at += slowMs;
    return next;
  });
  await executor.look('run1');
  slowMs = 700_000;
  await executor.look('run1');
  expect(await r.run()).toMatchObject({ state: 'unwinding', wakeAt: r.clock.at });
  next = undefined;
  expect((await r.drive(executor)).state).toBe('rolled-back');
});

it('counts the deadline of an undo anew after Retry', async () => {
  const { r, executor } = await undoing(applying);
  await r.drive(executor);
  await executor.retry('run1');
  const retried = r.clock.at;
  expect((await r.drive(executor)).state).toBe('needs-decision');
  expect(r.clock.at - retried).toBe(600_000);
});

it('caps the deadline of an undo like every other', async () => {
  const { r } = await undoing(applying);
  const start = r.clock.at;
  const [create] = toyOperations(r.world);
  const undo = () => Promise.reject(applying());
  await r.drive(r.another({ capMs: 20_000, operations: [{ ...create!, undo }] }));
  expect(r.clock.at).toBe(start + 20_000);
});

it('does not count the time in which an undo waits for something without a deadline', async () => {
  let thrown: NotYet | undefined = applying();
  const { r, executor } = await undoing(() => thrown);
  await executor.look('run1');
  thrown = new NotYet('offline');
  r.clock.at += 300_000;
  await executor.look('run1');
  r.clock.at += 36_000_000;
  await executor.look('run1');
  thrown = applying();
  await executor.look('run1');
  expect((await r.run()).state).toBe('unwinding');
  r.clock.at += 500_000;
  await executor.look('run1');
  expect((await r.run()).state).toBe('unwinding');
  thrown = undefined;
  r.clock.at = (await r.run()).wakeAt ?? 0;
  expect((await r.drive(executor)).state).toBe('rolled-back');
});

it('lets an undo that waits again after an outage forget the outage', async () => {
  let thrown: Error | undefined = remote({ kind: 'unavailable' });
  const { r, executor } = await undoing(() => thrown);
  await executor.look('run1');
  r.clock.at += 800_000;
  thrown = new NotYet('offline');
  await executor.look('run1');
  expect(await r.step('b')).toMatchObject({ progress: 'offline', attempts: 0 });
  expect((await r.step('b')).failure).toBeUndefined();
  thrown = remote({ kind: 'unavailable' });
  r.clock.at += 800_000;
  await executor.look('run1');
  expect((await r.run()).state).toBe('unwinding');
});
