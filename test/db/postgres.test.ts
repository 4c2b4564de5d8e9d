import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../db/migrations/all.ts';
import { openStore } from '../../db/open.ts';
import { StoreError } from '../../db/store-error.ts';
import type { Store } from '../../db/types.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../support/postgres/postgres.ts';
import { requestRow, runRow } from './rows.ts';
import { testKey } from './temp-store.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const run = promisify(execFile);
/** Processes of their own take their time on a busy machine. */
const PROCESSES_MS = 90_000;

const later: Readonly<Record<string, Migration>> = {
  ...migrations,
  '9998-later': {
    up: async (db: Kysely<unknown>) => db.schema.alterTable('requests').addColumn('later', 'text').execute(),
  },
};
const failing: Readonly<Record<string, Migration>> = {
  ...later,
  '9999-fails': {
    async up() {
      throw new Error('no');
    },
  },
};

describe.skipIf(noPostgres)(`PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let database: TestDatabase;
  const stores: Store[] = [];
  beforeEach(async () => (database = await freshDatabase()));
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await database.drop();
  });

  async function open(): Promise<Store> {
    const store = await openStore({ url: database.url, key: testKey() });
    stores.push(store);
    return store;
  }

  async function refusal(url: string, among = migrations): Promise<StoreError> {
    const error = await openStore({ url, key: testKey() }, among).then(
      (store) => store.close(),
      (reason: unknown) => reason,
    );
    if (!(error instanceof StoreError)) throw new Error('expected a StoreError', { cause: error });
    return error;
  }

  async function inProcesses(task: string, times: number): Promise<readonly string[]> {
    const done = await Promise.all(
      Array.from({ length: times }, () => run(process.execPath, [CHILD, task, database.url])),
    );
    return done.map(({ stdout }) => stdout.trim());
  }

  it('says what is wrong with the server, the password or the database, and quotes neither', async () => {
    const change = (edit: (url: URL) => void): string => {
      const url = new URL(database.url);
      edit(url);
      return url.href;
    };
    const wrong: readonly (readonly [string, string])[] = [
      [change((url) => (url.port = '9')), 'store.unreachable'],
      [change((url) => (url.password = 'hunter2')), 'store.cannot_open'],
      [change((url) => (url.pathname = '/hunter2')), 'store.cannot_open'],
    ];
    for (const [url, code] of wrong) {
      const error = await refusal(url);
      expect(error.code).toBe(code);
      const { password } = new URL(url);
      const said = `${error.message} ${error.hint} ${String(error.cause)} ${JSON.stringify(error.cause)}`;
      expect(said).not.toContain('hunter2');
      expect(said).not.toContain(password);
    }
  });

  it(
    'migrates once where several processes start at the same moment',
    async () => {
      expect(await inProcesses('share', 4)).toEqual(Array.from({ length: 4 }, () => 'migrated'));
      const rows = await onDatabase<{ name: string }>(database.url, 'select name from kysely_migration');
      expect(rows.map((row) => row.name).sort()).toEqual(Object.keys(migrations).sort());
    },
    PROCESSES_MS,
  );

  it('refuses a database of a newer version, and leaves it as it is', async () => {
    const newer = await openStore({ url: database.url, key: testKey() }, later);
    await newer.requests.insert(requestRow());
    await newer.close();
    expect(await refusal(database.url)).toMatchObject({ code: 'store.newer_schema' });
    const again = await openStore({ url: database.url, key: testKey() }, later);
    expect(await again.requests.get('r1')).toMatchObject({ id: 'r1' });
    await again.close();
  });

  it('undoes every pending migration where one of them fails', async () => {
    const store = await open();
    await store.requests.insert(requestRow());
    expect(await refusal(database.url, failing)).toMatchObject({ code: 'store.migration_failed' });
    expect(await (await open()).requests.get('r1')).toStrictEqual(requestRow());
  });

  it('says that there is no space left for a migration', async () => {
    const full: Readonly<Record<string, Migration>> = {
      ...migrations,
      '9999-large': {
        async up(db: Kysely<unknown>) {
          await sql`do $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`.execute(
            db,
          );
        },
      },
    };
    expect(await refusal(database.url, full)).toMatchObject({
      code: 'store.migration_failed',
      message: expect.stringContaining('PG_53100'),
      hint: expect.stringContaining('make room'),
    });
  });

  it(
    'lets exactly one of many decisions take effect, over several processes',
    async () => {
      const store = await open();
      await store.requests.insert(requestRow());
      const said = await inProcesses('click', 3);
      expect(said.map(Number).reduce((a, b) => a + b)).toBe(1);
      expect(await store.decisions.of('r1')).toHaveLength(75);
      expect(await store.audit.of('r1')).toHaveLength(75);
      expect(await store.audit.firstBroken()).toBeUndefined();
    },
    PROCESSES_MS,
  );

  it('writes journals beside each other, in their own order', async () => {
    const [one, two] = [await open(), await open()];
    await one.runs.create(runRow({ id: 'a' }), ['x'], ['device:a']);
    await one.runs.create(runRow({ id: 'b' }), ['x'], ['device:b']);
    await one.runs.claim('a', 'p1', 1, 1000);
    await two.runs.claim('b', 'p2', 1, 1000);
    const write = (store: Store, id: string, n: number) =>
      store.transaction(async (tx) => {
        expect(await tx.runs.writeStep(id, 1, 'x', 'progress', { progress: `${n}` }, n)).toBeDefined();
        await tx.outbox.add('card', id, n);
      }, 'beside');
    await Promise.all(Array.from({ length: 20 }, (_, n) => [write(one, 'a', n), write(two, 'b', n)]).flat());
    for (const id of ['a', 'b']) {
      const lines = await one.runs.journal(id);
      expect(lines.filter((line) => line.opId === 'x').map((line) => line.seq)).toHaveLength(20);
      expect(new Set(lines.map((line) => line.seq)).size).toBe(lines.length);
    }
  });

  it('does the work again where the server ends it because of a deadlock', async () => {
    const [one, two] = [await open(), await open()];
    await one.requests.insert(requestRow({ id: 'a' }));
    await one.requests.insert(requestRow({ id: 'b' }));
    let waiting = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => (meet = resolve));
    const crosswise = (store: Store, first: string, second: string) =>
      store.transaction(async (tx) => {
        await tx.requests.setOutcome(first, { by: first });
        waiting += 1;
        if (waiting === 2) meet();
        await met;
        await tx.requests.setOutcome(second, { by: first });
      }, 'beside');
    await Promise.all([crosswise(one, 'a', 'b'), crosswise(two, 'b', 'a')]);
    const outcomes = [await one.requests.get('a'), await one.requests.get('b')].map((row) => row?.outcome);
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  it('does not wait for a process that stands still in the middle of a transaction', async () => {
    const [frozen, living] = [await open(), await open()];
    let entered = () => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    let thaw = () => {};
    const thawed = new Promise<void>((resolve) => (thaw = resolve));
    const stuck = frozen
      .transaction(async (tx) => {
        await tx.requests.insert(requestRow());
        entered();
        await thawed;
      })
      .then(
        () => 'committed',
        () => 'refused',
      );
    await inside;
    await living.transaction((tx) => tx.requests.insert(requestRow({ id: 'r2' })));
    thaw();
    expect(await stuck).toBe('refused');
    expect(await living.requests.get('r1')).toBeUndefined();
    expect(await frozen.requests.get('r2')).toBeDefined();
  });
});
