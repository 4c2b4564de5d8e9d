import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { expect, it } from 'vitest';
import { isDatabaseError } from '../../db/database-error.ts';
import { createSession } from '../../db/session.ts';
import type { Tables } from '../../db/tables.ts';
import { createWalSync } from '../../db/wal-sync.ts';
import { databaseFailure } from '../../src/flows/engine/trouble.ts';
import { tempDir } from './temp-store.ts';

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const waiting: { end: () => void; fail: (error: Error) => void }[] = [];
  let begun = 0;
  let closed = 0;
  let refused = 0;
  const log = {
    async datasync() {
      begun += 1;
      await new Promise<void>((resolve, reject) => waiting.push({ end: resolve, fail: reject }));
    },
    async close() {
      closed += 1;
    },
  };
  const wal = createWalSync(log, () => (refused += 1));
  async function next(): Promise<{ end: () => void; fail: (error: Error) => void }> {
    for (;;) {
      const one = waiting.shift();
      if (one) return one;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { wal, next, begun: () => begun, closed: () => closed, refused: () => refused };
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

it('fails whoever waits, now and later, once the disk has refused, and tells the database once', async () => {
  const { wal, next, begun, closed, refused } = slowDisk();
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
  expect(refused()).toBe(1);
  await wal.close();
  expect(closed()).toBe(1);
});

it('is found beside the file of a real database', async () => {
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

it("is waited for by whoever asks, and by every transaction at its end but the journal's", async () => {
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new Database(':memory:') }) });
  let waits = 0;
  const session = createSession(db, { settled: async () => void (waits += 1) });
  const waitsOf = async (work: () => Promise<void>): Promise<number> => {
    const before = waits;
    await work();
    return waits - before;
  };
  const nothing = async (): Promise<void> => undefined;
  expect(await waitsOf(() => session.atomically(nothing, 'journal'))).toBe(0);
  expect(await waitsOf(() => session.settled())).toBe(1);
  expect(await waitsOf(() => session.atomically(nothing, 'beside'))).toBe(1);
  expect(await waitsOf(() => session.atomically(nothing, 'alone'))).toBe(1);
  await db.destroy();
});
