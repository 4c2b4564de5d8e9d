import Database from 'better-sqlite3';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { durableDialect } from '../../db/durable-dialect.ts';
import { tempDir, type TempDir } from './temp-store.ts';

interface Tables {
  cards: { ts: string };
  notes: { text: string };
}

let temp: TempDir;
let raw: Database.Database;
let db: Kysely<Tables>;
let appended: number;
/** Who waits for the disk. */
let waiting: (() => void)[];
beforeEach(() => {
  temp = tempDir();
  appended = 0;
  waiting = [];
  raw = new Database(temp.file);
  raw.pragma('journal_mode = wal');
  raw.pragma('synchronous = normal');
  raw.exec('create table cards (ts text); create table notes (text text)');
  const { dialect, plugin } = durableDialect(raw, raw, {
    appended: () => (appended += 1),
    settled: () => new Promise((resolve) => waiting.push(resolve)),
  });
  db = new Kysely<Tables>({ dialect, plugins: [plugin] });
});
afterEach(async () => {
  await db.destroy();
  temp.remove();
});

function noteDown(text: string): Promise<unknown> {
  return db.insertInto('notes').values({ text }).execute();
}

async function sync(): Promise<void> {
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const resolve of waiting.splice(0)) resolve();
}

it('keeps nobody from the connection while a single write waits for the disk', async () => {
  let done = 0;
  const writes = [noteDown('a'), noteDown('b')].map((write) => write.then(() => (done += 1)));
  expect(await db.selectFrom('notes').selectAll().execute()).toHaveLength(2);
  expect({ done, appended }).toEqual({ done: 0, appended: 2 });
  await sync();
  await Promise.all(writes);
});

it('lets housekeeping wait for nothing, and tells of it', async () => {
  await db.insertInto('cards').values({ ts: '1' }).execute();
  expect({ appended, waiting: waiting.length }).toEqual({ appended: 1, waiting: 0 });
});

it('tells of a transaction once, when it is committed, and of none that was rolled back', async () => {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('notes').values({ text: 'a' }).execute();
    await trx.insertInto('notes').values({ text: 'b' }).execute();
    expect(appended).toBe(0);
  });
  const refused = db.transaction().execute(async (trx) => {
    await trx.insertInto('notes').values({ text: 'c' }).execute();
    throw new Error('no');
  });
  await expect(refused).rejects.toThrow('no');
  expect({ appended, waiting: waiting.length }).toEqual({ appended: 1, waiting: 0 });
});

it('does not wait where something is only read', async () => {
  await db.selectFrom('notes').selectAll().execute();
  expect({ appended, waiting: waiting.length }).toEqual({ appended: 0, waiting: 0 });
});
