import Database from 'better-sqlite3';
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from '../../db/migrations/all.ts';
import { openStore } from '../../db/open.ts';
import { StoreError } from '../../db/store-error.ts';
import { Secret } from '../../src/base/secret.ts';
import { requestRow } from './rows.ts';
import { tempDir, testKey, type TempDir } from './temp-store.ts';

let temp: TempDir;
beforeEach(() => (temp = tempDir()));
afterEach(() => temp.remove());

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function codeOf(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StoreError)) throw new Error('expected a StoreError', { cause: error });
  expect(error.hint.length).toBeGreaterThan(20);
  expect(error.retryable).toBe(false);
  return error.code;
}

/** The schema of a later release. */
const later: Readonly<Record<string, Migration>> = {
  ...migrations,
  '9999-later': {
    up: async (db: Kysely<unknown>) => db.schema.alterTable('requests').addColumn('later', 'text').execute(),
  },
};

const failing: Readonly<Record<string, Migration>> = {
  ...later,
  '0004-fails': {
    async up(db: Kysely<unknown>) {
      await db.schema.createTable('half').addColumn('id', 'text').execute();
      throw new Error('no');
    },
  },
};

it('refuses URLs that it cannot serve, without quoting them', async () => {
  const opening = (url: string) => openStore({ url, key: testKey() });
  for (const url of ['', 'sqlite:', 'mysql://bot:hunter2@db', './sse.db', 'postgres://bot:hunter2@:99999/']) {
    expect(await codeOf(opening(url))).toBe('store.bad_url');
  }
});

it('refuses a key that is not 32 bytes of base64, without quoting it', async () => {
  for (const key of ['', 'short', Buffer.alloc(31, 1).toString('base64'), `${'ä'.repeat(43)}=`]) {
    const opening = openStore({ url: 'sqlite::memory:', key: new Secret(key) });
    expect(await codeOf(opening)).toBe('store.bad_key');
    if (key !== '') await expect(opening).rejects.not.toThrow(key);
  }
  const oldKeys = [new Secret('c2hvcnQ=')];
  await expect(openStore({ url: 'sqlite::memory:', key: testKey(), oldKeys })).rejects.toThrow(
    'SSE_SECRET_KEYS_OLD',
  );
});

it('makes its directory and files for its own user only', async () => {
  const file = join(temp.dir, 'data', 'deep', 'sse.db');
  const store = await openStore({ url: `sqlite:${file}`, key: testKey() });
  await store.requests.insert(requestRow());
  expect(mode(join(temp.dir, 'data', 'deep'))).toBe('700');
  for (const name of readdirSync(join(temp.dir, 'data', 'deep'))) {
    expect([name, mode(join(temp.dir, 'data', 'deep', name))]).toEqual([name, '600']);
  }
  expect(existsSync(`${file}-wal`)).toBe(true);
  await store.close();
});

it('takes the rights of others away from a file that exists', async () => {
  writeFileSync(temp.file, '');
  chmodSync(temp.file, 0o644);
  const store = await temp.open();
  expect(mode(temp.file)).toBe('600');
  await store.close();
});

it('keeps everything over a restart and syncs every commit to the disk', async () => {
  const store = await temp.open();
  await store.requests.insert(requestRow());
  await store.close();
  await store.close();
  const again = await temp.open();
  expect(await again.requests.get('r1')).toStrictEqual(requestRow());
  await again.close();
  const raw = new Database(temp.file);
  expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
  raw.close();
});

it('lets nobody else open the file, under whatever name, and is free again after close', async () => {
  const store = await temp.open();
  expect(await codeOf(temp.open())).toBe('store.locked');
  mkdirSync(join(temp.dir, 'other'));
  const link = join(temp.dir, 'other', 'link.db');
  symlinkSync(temp.file, link);
  expect(await codeOf(openStore({ url: `sqlite:${link}`, key: testKey() }))).toBe('store.locked');
  await store.requests.insert(requestRow());
  await store.close();
  const again = await temp.open();
  expect(await again.requests.get('r1')).toBeDefined();
  await again.close();
});

it('says that a file cannot be opened, and frees the lock', async () => {
  writeFileSync(
    temp.file,
    'this is no database, it only lies here, and it is long enough for a header'.repeat(20),
  );
  expect(await codeOf(temp.open())).toBe('store.cannot_open');
  writeFileSync(temp.file, '');
  await (await temp.open()).close();
  writeFileSync(join(temp.dir, 'file'), '');
  const below = openStore({ url: `sqlite:${join(temp.dir, 'file', 'sse.db')}`, key: testKey() });
  expect(await codeOf(below)).toBe('store.cannot_open');
});

it('copies the database before it migrates it, and not otherwise', async () => {
  const store = await temp.open();
  await store.requests.insert(requestRow());
  await store.close();
  expect(readdirSync(temp.dir).filter((name) => name.includes('before'))).toEqual([]);
  const newer = await openStore({ url: `sqlite:${temp.file}`, key: testKey() }, later);
  expect(await newer.requests.get('r1')).toBeDefined();
  await newer.close();
  const copy = `${temp.file}.before-9999-later`;
  expect(mode(copy)).toBe('600');
  const restored = await openStore({ url: `sqlite:${copy}`, key: testKey() });
  expect(await restored.requests.get('r1')).toStrictEqual(requestRow());
  await restored.close();
  await (await openStore({ url: `sqlite:${temp.file}`, key: testKey() }, later)).close();
  expect(readdirSync(temp.dir).filter((name) => name.includes('part'))).toEqual([]);
});

it('refuses a database of a newer version, and leaves it as it is', async () => {
  await (await openStore({ url: `sqlite:${temp.file}`, key: testKey() }, later)).close();
  expect(await codeOf(temp.open())).toBe('store.newer_schema');
  await (await openStore({ url: `sqlite:${temp.file}`, key: testKey() }, later)).close();
});

it('undoes every pending migration where one of them fails', async () => {
  const store = await temp.open();
  await store.requests.insert(requestRow());
  await store.close();
  const opening = openStore({ url: `sqlite:${temp.file}`, key: testKey() }, failing);
  expect(await codeOf(opening)).toBe('store.migration_failed');
  const again = await temp.open();
  expect(await again.requests.get('r1')).toBeDefined();
  await again.close();
});

it('says that there is no space left for a migration, and leaves the database as it was', async () => {
  const store = await temp.open();
  await store.requests.insert(requestRow());
  await store.close();
  const large: Readonly<Record<string, Migration>> = {
    ...migrations,
    '9999-large': {
      async up(db: Kysely<unknown>) {
        // Less than there are pages is taken for as many as there are.
        await sql`pragma max_page_count = 1`.execute(db);
        await sql`create table large (data blob)`.execute(db);
        await sql`insert into large values (zeroblob(1000000))`.execute(db);
      },
    },
  };
  const opening = openStore({ url: `sqlite:${temp.file}`, key: testKey() }, large);
  await expect(opening).rejects.toMatchObject({
    code: 'store.migration_failed',
    message: expect.stringContaining('SQLITE_FULL'),
    hint: expect.stringContaining('make room'),
  });
  const again = await temp.open();
  expect(await again.requests.get('r1')).toStrictEqual(requestRow());
  await again.close();
});

it('finishes the transaction that goes on before it closes', async () => {
  const store = await temp.open();
  const begun = Promise.withResolvers<void>();
  const writing = store.transaction(async (tx) => {
    begun.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await tx.requests.insert(requestRow());
  });
  await begun.promise;
  await Promise.all([writing, store.close()]);
  const again = await temp.open();
  expect(await again.requests.get('r1')).toBeDefined();
  await again.close();
});
