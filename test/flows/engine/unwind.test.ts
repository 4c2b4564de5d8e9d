import { afterEach, expect, it } from 'vitest';
import { NotYet } from '../../../src/flows/engine/not-yet.ts';
import { rig, toyOperations, type Rig } from './rig.ts';
import { planned, remote, type World } from './toy-world.ts';

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

it('gives up an undo after six tries', async () => {
  const r = await refusedAtTheEnd((world) =>
    world.fail('undo b', ...Array.from({ length: 6 }, () => ({ error: remote({ kind: 'unavailable' }) }))),
  );
  expect((await r.drive()).state).toBe('needs-decision');
  expect(r.world.count('undo b')).toBe(6);
  await r.executor.retry('run1');
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
    operations: [{ ...create!, undo: () => Promise.reject(new NotYet('applying', 1234)) }],
  });
  await waiting.look('run1');
  expect((await r.run()).wakeAt).toBe(r.clock.at + 1234);
  expect((await r.drive()).state).toBe('rolled-back');
});
