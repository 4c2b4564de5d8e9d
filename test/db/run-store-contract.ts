import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/types.ts';
import { runRow } from './rows.ts';
import type { OpenedStore } from './store-contract.ts';

const failure = { code: 'x.y', message: 'm', hint: 'h', retryable: true };

/** What the engine relies on: ownership, fenced writes, locks, wake-ups. */
export function runStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`runs on ${name}`, () => {
    let opened: OpenedStore;
    let runs: Store['runs'];
    beforeEach(async () => {
      opened = await open();
      runs = opened.store.runs;
      await runs.create(runRow(), ['a', 'b'], ['device:1', 'org', 'device:1']);
    });
    afterEach(() => opened.dispose());

    it('is claimed by one of many, with a new epoch', async () => {
      const claims = await Promise.all(['p1', 'p2', 'p3'].map((owner) => runs.claim('run1', owner, 100, 10)));
      const got = claims.filter((claim) => claim !== undefined);
      expect(got).toHaveLength(1);
      expect(got[0]).toMatchObject({ epoch: 1, leaseUntil: 110 });
    });

    it('is taken over when the lease is over, or by whoever may steal', async () => {
      await runs.claim('run1', 'p1', 100, 10);
      expect(await runs.claim('run1', 'p2', 109, 10)).toBeUndefined();
      expect(await runs.claim('run1', 'p2', 110, 10)).toMatchObject({ owner: 'p2', epoch: 2 });
      expect(await runs.claim('run1', 'p3', 111, 10, true)).toMatchObject({ owner: 'p3', epoch: 3 });
    });

    it('refuses every write of an old owner and of nobody', async () => {
      expect(await runs.writeStep('run1', 0, 'a', 'x', { state: 'done' }, 1)).toBeUndefined();
      await runs.claim('run1', 'p1', 100, 10);
      const written = await runs.writeStep('run1', 1, 'a', 'intent', { state: 'doing', intended: true }, 1);
      expect(written).toMatchObject({ id: 'run1', epoch: 1, leaseUntil: 110 });
      await runs.claim('run1', 'p2', 100, 10, true);
      expect(await runs.renew('run1', 1, 101, 10)).toBe(false);
      expect(await runs.writeStep('run1', 1, 'a', 'result', { state: 'done', output: 1 }, 1)).toBeUndefined();
      expect(await runs.writeRun('run1', 1, { state: 'succeeded' }, 1)).toBe(false);
      expect(await runs.renew('run1', 2, 101, 10)).toBe(true);
      expect((await runs.steps('run1'))[0]).toMatchObject({ state: 'doing', intended: true });
      expect((await runs.journal('run1')).map((line) => [line.event, line.epoch])).toEqual([['intent', 1]]);
      expect((await runs.get('run1'))?.state).toBe('active');
    });

    it("takes a step for a sign of life, and its progress for the run's", async () => {
      await runs.claim('run1', 'p1', 100, 10);
      const written = await runs.writeStep('run1', 1, 'a', 'progress', { progress: 'half way' }, 105, 10);
      expect(written).toMatchObject({ leaseUntil: 115, progress: 'half way', owner: 'p1' });
      expect(await runs.get('run1')).toEqual(written);
      expect(await runs.writeStep('run1', 1, 'a', 'result', { progress: null }, 106)).toMatchObject({
        leaseUntil: 115,
      });
      expect((await runs.get('run1'))?.progress).toBeUndefined();
    });

    it('writes, clears and journals what a step came to', async () => {
      await runs.claim('run1', 'p1', 100, 10);
      const patch = {
        attempts: 2,
        failure: { ...failure, requestId: 'q', cause: new Error('a body') },
        progress: 'p',
        startedAt: 3,
        uncertain: true,
        notBefore: 9,
        pausedSince: 4,
        pausedMs: 5,
        failingSince: 6,
        waitingSince: 7,
      };
      await runs.writeStep('run1', 1, 'a', 'retry', patch, 7);
      expect((await runs.steps('run1'))[0]).toStrictEqual({
        runId: 'run1',
        position: 0,
        opId: 'a',
        state: 'pending',
        intended: false,
        ...patch,
        failure: { ...failure, requestId: 'q' },
      });
      const clear = { state: 'done', output: null, failure: null, progress: null, uncertain: false } as const;
      await runs.writeStep(
        'run1',
        1,
        'a',
        'result',
        { ...clear, notBefore: null, pausedSince: null, pausedMs: 0, failingSince: null, waitingSince: null },
        8,
      );
      expect((await runs.steps('run1'))[0]).toStrictEqual({
        runId: 'run1',
        position: 0,
        opId: 'a',
        state: 'done',
        attempts: 2,
        intended: false,
        output: null,
        startedAt: 3,
      });
      const journal = await runs.journal('run1');
      expect(journal.map((line) => [line.seq, line.opId, line.event, line.at])).toEqual([
        [1, 'a', 'retry', 7],
        [2, 'a', 'result', 8],
      ]);
      expect(JSON.stringify(journal)).not.toContain('a body');
    });

    it('keeps only failures as causes of failures', async () => {
      await runs.claim('run1', 'p1', 100, 10);
      await runs.writeRun(
        'run1',
        1,
        { failure: { ...failure, cause: { ...failure, code: 'c', cause: failure } } },
        1,
      );
      expect((await runs.get('run1'))?.failure).toStrictEqual({
        ...failure,
        cause: { ...failure, code: 'c' },
      });
    });

    it('holds all locks or none, across runs, and remembers which', async () => {
      const blocked = await runs.create(runRow({ id: 'run2' }), ['a'], ['aaa', 'org']);
      expect(blocked).toEqual({ blockedBy: { key: 'org', runId: 'run1' } });
      expect(await runs.get('run2')).toBeUndefined();
      expect(await runs.create(runRow({ id: 'run3' }), [], ['aaa'])).toEqual({});
      expect(await runs.lock('run1', ['device:1', 'org'])).toEqual({});
      await runs.unlock('run1');
      expect(await runs.lockKeys('run1')).toEqual(['device:1', 'org']);
      expect(await runs.lock('run3', ['aaa', 'org'])).toEqual({});
      expect(await runs.lock('run1', ['device:1', 'org'])).toEqual({
        blockedBy: { key: 'org', runId: 'run3' },
      });
      expect(await runs.lock('run3', ['device:1'])).toEqual({});
      expect(await runs.lockKeys('nobody')).toEqual([]);
    });

    it('knows what is due and when the next one is', async () => {
      await runs.create(runRow({ id: 'later', wakeAt: 500 }), [], []);
      await runs.create(runRow({ id: 'ended', state: 'succeeded', wakeAt: 1 }), [], []);
      await runs.create(runRow({ id: 'asks', state: 'needs-decision', wakeAt: 1 }), [], []);
      const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id).sort();
      expect(ids(await runs.due(100))).toEqual(['run1']);
      expect(ids(await runs.due(500))).toEqual(['later', 'run1']);
      expect(await runs.nextWake()).toBe(500);
      await runs.claim('run1', 'p', 100, 10);
      await runs.claim('later', 'p', 100, 1000);
      expect(ids(await runs.due(109))).toEqual([]);
      expect(ids(await runs.due(110))).toEqual(['run1']);
      expect(await runs.nextWake()).toBeUndefined();
      expect(ids(await runs.unfinished())).toEqual(['asks', 'later', 'run1']);
    });

    it('releases a run with its wake-up in one write', async () => {
      await runs.claim('run1', 'p', 100, 10);
      expect(await runs.writeRun('run1', 1, { owner: null, wakeAt: 300, progress: 'waits' }, 1)).toBe(true);
      const run = await runs.get('run1');
      expect(run).toStrictEqual({ ...runRow(), epoch: 1, wakeAt: 300, progress: 'waits' });
      expect(await runs.writeRun('run1', 1, { progress: null }, 1)).toBe(false);
    });

    it('is reopened once, and its failed steps and waits begin anew', async () => {
      await runs.claim('run1', 'p', 100, 10);
      await runs.writeStep(
        'run1',
        1,
        'a',
        'failed',
        { state: 'failed', failure, attempts: 3, intended: true },
        1,
      );
      await runs.writeStep('run1', 1, 'b', 'started', { state: 'doing', startedAt: 5, pausedMs: 4 }, 1);
      await runs.writeRun('run1', 1, { state: 'needs-decision', owner: null, failure }, 2);
      const answers = await Promise.all(
        [1, 2, 3].map(() => runs.reopen('run1', ['needs-decision'], 'active', 3)),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      const run = await runs.get('run1');
      expect(run?.state).toBe('active');
      expect(run?.failure).toBeUndefined();
      const [a, b] = await runs.steps('run1');
      expect(a).toMatchObject({ state: 'pending', attempts: 0, intended: true });
      expect(a?.failure).toBeUndefined();
      expect(b?.state).toBe('pending');
      expect(b?.startedAt).toBeUndefined();
      expect((await runs.journal('run1')).map((line) => line.event)).toEqual([
        'failed',
        'started',
        'needs-decision',
        'active',
      ]);
    });

    it('remembers that unwinding has begun', async () => {
      await runs.claim('run1', 'p', 100, 10);
      await runs.writeRun('run1', 1, { state: 'unwinding', failure }, 2);
      const stuck = { state: 'undoing', attempts: 6, failingSince: 2, waitingSince: 1, failure } as const;
      await runs.writeStep('run1', 1, 'a', 'undo-failed', stuck, 3);
      await runs.writeRun('run1', 1, { state: 'needs-decision', owner: null }, 4);
      expect(await runs.get('run1')).toMatchObject({ unwinding: true, state: 'needs-decision', failure });
      await runs.reopen('run1', ['needs-decision'], 'unwinding', 5);
      const [again] = await runs.steps('run1');
      expect(again).toMatchObject({ state: 'undoing', attempts: 0 });
      expect(again).not.toHaveProperty('failingSince');
      expect(again).not.toHaveProperty('waitingSince');
      expect((await runs.get('run1'))?.failure).toStrictEqual(failure);
      await runs.claim('run1', 'p', 100, 10);
      await runs.writeRun('run1', 2, { state: 'needs-decision', owner: null }, 6);
      await runs.reopen('run1', ['needs-decision'], 'kept', 7);
      expect(await runs.get('run1')).toMatchObject({ state: 'kept', endedAt: 7 });
    });
  });
}
