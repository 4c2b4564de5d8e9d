import { expect, it } from 'vitest';
import { createWalSync } from '../../db/wal-sync.ts';
import { isDatabaseError } from '../../db/database-error.ts';
import { databaseFailure } from '../../src/flows/engine/trouble.ts';
import { tempDir } from './temp-store.ts';

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const waiting: { end: () => void; fail: (error: Error) => void }[] = [];
  let begun = 0;
  let closed = 0;
  const wal = createWalSync(async () => ({
    async datasync() {
      begun += 1;
      await new Promise<void>((resolve, reject) => waiting.push({ end: resolve, fail: reject }));
    },
    async close() {
      closed += 1;
    },
  }));
  async function next(): Promise<{ end: () => void; fail: (error: Error) => void }> {
    for (;;) {
      const one = waiting.shift();
      if (one) return one;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { wal, next, begun: () => begun, closed: () => closed };
}

it('has nothing to wait for before anything was appended', async () => {
  const { wal, begun } = slowDisk();
  await wal.settled();
  expect(begun()).toBe(0);
});

it('serves everybody who waits with one sync, and whoever appended during it with one more', async () => {
  const { wal, next, begun } = slowDisk();
  const done: string[] = [];
  const wait = (name: string): Promise<unknown> => {
    wal.appended();
    return wal.settled().then(() => done.push(name));
  };
  const early = [wait('a'), wait('b')];
  const first = await next();
  const late = [wait('c'), wait('d')];
  first.end();
  await Promise.all(early);
  expect(done).toEqual(['a', 'b']);
  (await next()).end();
  await Promise.all(late);
  expect(done).toEqual(['a', 'b', 'c', 'd']);
  expect(begun()).toBe(2);
  await wal.settled();
  expect(begun()).toBe(2);
  await wal.close();
});

it('brings to the disk by itself what nobody waits for', async () => {
  const { wal, next, begun } = slowDisk();
  wal.appended();
  (await next()).end();
  await wal.settled();
  expect(begun()).toBe(1);
  await wal.close();
});

it('fails whoever waits, now and later, once the disk has refused', async () => {
  const { wal, next, begun, closed } = slowDisk();
  wal.appended();
  const waiting = wal.settled().catch((error: unknown) => error);
  (await next()).fail(new Error('EIO'));
  const error = await waiting;
  expect(isDatabaseError(error)).toBe(true);
  expect(error).toMatchObject({ code: 'SQLITE_IOERR_FSYNC' });
  expect(databaseFailure(error, 'a click')?.hint).toContain('until it is started again');
  wal.appended();
  await expect(wal.settled()).rejects.toBe(error);
  expect(begun()).toBe(1);
  await wal.close();
  expect(closed()).toBe(1);
});

it('is asked for by the journal alone where it is relied on, and by every other transaction at its end', async () => {
  const temp = tempDir();
  const store = await temp.open();
  try {
    const note = { at: 1, actor: 'bot', action: 'noted', data: {} };
    await store.transaction((tx) => tx.audit.append(note), 'journal');
    await store.settled();
    await store.transaction((tx) => tx.audit.append(note));
    expect(await store.audit.length()).toMatchObject({ last: 2 });
  } finally {
    await store.close();
    temp.remove();
  }
});
