import { afterEach, expect, it } from 'vitest';
import { runRow } from '../../db/rows.ts';
import { rig, type Rig } from './rig.ts';
import { planned } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

/** An object, a wait whose deadline passes, and an object that depends on it. */
async function asking(): Promise<Rig> {
  const r = (open = await rig({
    plan: [planned('a'), planned('w', ['a'], 'toy.wait.ask'), planned('b', ['w'])],
  }));
  expect((await r.drive()).state).toBe('needs-decision');
  return r;
}

async function succeeded(): Promise<Rig> {
  const r = (open = await rig({ plan: [planned('a'), planned('b', ['a'])] }));
  expect((await r.drive()).state).toBe('succeeded');
  return r;
}

it('goes on after Retry, with a new deadline', async () => {
  const r = await asking();
  r.clock.at += 1_000_000;
  expect(await r.executor.retry('run1')).toBe(true);
  expect(r.dispatcher.woken).toEqual(['run1']);
  expect((await r.run()).failure).toBeUndefined();
  await r.executor.look('run1');
  expect((await r.run()).state).toBe('active');
  r.world.ready.add('w');
  expect((await r.drive()).state).toBe('succeeded');
  expect(r.world.created.get('a')).toBe(1);
  expect(r.seen.changed).toContain('active');
});

it('undoes everything after Roll back', async () => {
  const r = await asking();
  expect(await r.executor.rollBack('run1')).toBe(true);
  expect(await r.drive()).toMatchObject({ state: 'rolled-back', failure: { code: 'flow.deadline' } });
  expect(r.world.objects.size).toBe(0);
  expect(await r.store.runs.create(runRow({ id: 'next' }), [], ['device:1'])).toEqual({});
});

it('leaves everything after Keep and gives the locks back', async () => {
  const r = await asking();
  expect(await r.executor.keep('run1')).toBe(true);
  expect(await r.run()).toMatchObject({ state: 'kept', failure: { code: 'flow.deadline' } });
  await r.executor.look('run1');
  expect([...r.world.objects.keys()]).toEqual(['a']);
  expect(r.seen.finished.at(-1)).toBe('kept');
  expect(await r.store.runs.create(runRow({ id: 'next' }), [], ['device:1'])).toEqual({});
});

it('takes exactly one of many decisions that are made at once', async () => {
  const r = await asking();
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      [r.executor.retry, r.executor.rollBack, r.executor.keep][i % 3]!('run1'),
    ),
  );
  expect(answers.filter(Boolean)).toHaveLength(1);
});

it('refuses a decision about a run that asks nothing', async () => {
  const r = (open = await rig({ plan: [planned('w', [], 'toy.wait.ask')] }));
  await r.executor.look('run1');
  expect(await r.executor.retry('run1')).toBe(false);
  expect(await r.executor.rollBack('run1')).toBe(false);
  expect(await r.executor.keep('run1')).toBe(false);
  expect(await r.executor.retry('nobody')).toBe(false);
  expect((await r.run()).state).toBe('active');
});

it('rolls back a run that had succeeded, under its locks again', async () => {
  const r = await succeeded();
  expect(await r.executor.rollBack('run1')).toBe(true);
  expect(await r.store.runs.create(runRow({ id: 'next' }), [], ['device:1'])).toMatchObject({
    blockedBy: { runId: 'run1' },
  });
  expect((await r.drive()).state).toBe('rolled-back');
  expect(r.world.objects.size).toBe(0);
});

it('does not roll back while another run holds the device', async () => {
  const r = await succeeded();
  await r.store.runs.create(runRow({ id: 'next' }), [], ['device:1']);
  expect(await r.executor.rollBack('run1')).toBe(false);
  expect((await r.run()).state).toBe('succeeded');
  await r.store.runs.unlock('next');
  expect(await r.executor.rollBack('run1')).toBe(true);
});

it('takes a kept run up again, forward or back', async () => {
  const r = await asking();
  await r.executor.keep('run1');
  expect(await r.executor.retry('run1')).toBe(true);
  expect((await r.drive()).state).toBe('needs-decision');
  await r.executor.keep('run1');
  expect(await r.executor.rollBack('run1')).toBe(true);
  expect((await r.drive()).state).toBe('rolled-back');
});

it('decides nothing where the transaction around it rolls back', async () => {
  const r = await asking();
  await r.store
    .transaction(async () => {
      expect(await r.executor.retry('run1')).toBe(true);
      throw new Error('the request had moved');
    })
    .catch(() => undefined);
  expect((await r.run()).state).toBe('needs-decision');
});
