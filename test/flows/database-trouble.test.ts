import Database from 'better-sqlite3';
import { sql, type Kysely } from 'kysely';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { isDatabaseError } from '../../db/database-error.ts';
import { migrations } from '../../db/migrations/all.ts';
import { databaseFailure } from '../../src/flows/engine/trouble.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../support/postgres/postgres.ts';
import { ask, BEN } from './support/asking.ts';
import { ours } from './support/both-sides.ts';
import { composeRig, eventually, type Rig, type RigOptions } from './support/compose-rig.ts';

let rig: Rig | undefined;
let database: TestDatabase | undefined;
afterEach(async () => {
  await rig?.close();
  await database?.drop();
  rig = database = undefined;
});

/** A database that can be made full, and room again, while the bot has it open. */
interface Place {
  readonly rig: Rig;
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
}

async function start(options: RigOptions): Promise<Rig> {
  rig = await composeRig({ patienceMs: 60_000, ...options });
  await rig.flows.start();
  return rig;
}

const SPARE_PAGES = 200;

/** SQLite counts its pages: those of others beyond the limit of this connection leave none for it. */
async function smallFile(): Promise<Place> {
  let file = '';
  const small = async (db: Kysely<unknown>): Promise<void> => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    const limit = (rows[0]?.page_count ?? 0) + SPARE_PAGES;
    await sql`create table filler (data blob)`.execute(db);
    await sql.raw(`pragma max_page_count = ${limit}`).execute(db);
  };
  const made = await start({
    migrations: { ...migrations, '9999-small': { up: small } },
    prepareFile: (path) => (file = path),
  });
  const beside = (statement: string): void => {
    const db = new Database(file, { timeout: 5000 });
    db.exec(statement);
    db.close();
  };
  return {
    rig: made,
    fill: async () => beside(`insert into filler values (zeroblob(${4096 * SPARE_PAGES * 2}))`),
    makeRoom: async () => beside('delete from filler'),
  };
}

const WRITTEN = ['journal', 'runs', 'decisions', 'audit', 'outbox'];

/** The server says what it says where its disk is full. */
async function fullServer(): Promise<Place> {
  const own = (database = await freshDatabase());
  const made = await start({ postgres: own.url });
  const run = async (statement: string): Promise<void> => void (await onDatabase(own.url, statement));
  // A transaction for each, which so waits for no second lock while it holds one.
  const onEach = async (statement: (table: string) => string): Promise<void> => {
    for (const table of WRITTEN) await run(statement(table));
  };
  await run(`create function full_disk() returns trigger language plpgsql as
    $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`);
  return {
    rig: made,
    fill: () =>
      onEach(
        (table) =>
          `create trigger full_${table} before insert on ${table} for each row execute function full_disk()`,
      ),
    makeRoom: () => onEach((table) => `drop trigger full_${table} on ${table}`),
  };
}

function contract(open: () => Promise<Place>): void {
  it('full, an approval says so and leaves no run behind; with room again it is the first', async () => {
    const { rig: on, fill, makeRoom } = await open();
    const id = await ask(on);
    await fill();
    const refused: unknown = await on.flows.approve(BEN, id).catch((error: unknown) => error);
    expect(databaseFailure(refused, 'a click')).toMatchObject({
      code: 'store.unavailable',
      retryable: true,
      hint: expect.stringContaining('space left'),
    });
    expect((await on.store.requests.get(id))?.state).toBe('planned');
    expect(await on.store.runs.ofRequest(id)).toEqual([]);
    expect(await on.store.decisions.of(id)).toEqual([]);
    await makeRoom();
    expect((await on.flows.approve(BEN, id)).kind).toBe('accepted');
    await on.until(id, 'onboarded');
    expect(await on.store.audit.firstBroken()).toBeUndefined();
  });

  it('full in the middle of a run, nothing is sent that is not journaled, and the run goes on with room again', async () => {
    const { rig: on, fill, makeRoom } = await open();
    const id = await ask(on);
    await approveAndCatch(on, id, 1500);
    await fill();
    await eventually(() =>
      on.log.some(({ fields, message }) => message.includes('could not be journaled') && fields['runId']),
    );
    await makeRoom();
    await on.until(id, 'onboarded');
    expect(ours(on)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: ['mssse-wan0'] });
    expect(on.entra.calls.filter(isPost)).toHaveLength(2);
    expect(await on.store.audit.firstBroken()).toBeUndefined();
  });
}

/** Comes back while the call that creates the remote network is under way; it is answered so late that the database is in trouble by then. */
async function approveAndCatch(on: Rig, id: string, delayMs: number): Promise<void> {
  on.entra.faults.plant({ method: 'POST', path: '/remoteNetworks$', delayMs, action: { kind: 'slow' } });
  expect((await on.flows.approve(BEN, id)).kind).toBe('accepted');
  await eventually(() => on.entra.calls.some((call) => isPost(call) && call.path.endsWith('Networks')));
}

function isPost({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method === 'POST' && !path.includes('oauth2');
}

describe('a SQLite file that is', () => {
  contract(smallFile);

  it('locked by another program, an approval says so; it is carried out once the lock is gone', async () => {
    let file = '';
    const on = await start({ prepareFile: (path) => (file = path) });
    const id = await ask(on);
    const other = new Database(file);
    other.exec('begin immediate');
    const refused: unknown = await on.flows.approve(BEN, id).catch((error: unknown) => error);
    expect(isDatabaseError(refused)).toBe(true);
    expect(databaseFailure(refused, 'a click')?.hint).toContain('locked');
    other.exec('rollback');
    other.close();
    expect(await on.store.runs.ofRequest(id)).toEqual([]);
    expect((await on.flows.approve(BEN, id)).kind).toBe('accepted');
    await on.until(id, 'onboarded');
  });
});

describe.skipIf(noPostgres)(`a PostgreSQL that is${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  contract(fullServer);

  it('read-only, as a standby is, an approval says so and nothing is half written', async () => {
    const own = (database = await freshDatabase());
    const on = await start({ postgres: own.url });
    const id = await ask(on);
    const name = new URL(own.url).pathname.slice(1);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'sse-chatops'`;
    await onDatabase(own.url, `alter database ${name} set default_transaction_read_only = on`);
    await onDatabase(own.url, end);
    const refused: unknown = await on.flows.approve(BEN, id).catch((error: unknown) => error);
    expect(databaseFailure(refused, 'a click')).toMatchObject({ code: 'store.unavailable' });
    await onDatabase(
      own.url,
      `begin read write; alter database ${name} reset default_transaction_read_only; commit`,
    );
    await onDatabase(own.url, end);
    await eventually(
      async () => (await on.flows.approve(BEN, id).catch(() => undefined))?.kind === 'accepted',
    );
    await on.until(id, 'onboarded');
    expect(await on.store.decisions.of(id)).toHaveLength(1);
  });

  it('restarted again and again while a run is going on: it is carried out once, and nothing twice', async () => {
    const own = (database = await freshDatabase());
    const on = await start({ postgres: own.url });
    const id = await ask(on);
    expect((await on.flows.approve(BEN, id)).kind).toBe('accepted');
    let cuts = 0;
    const isGoingOn = async (): Promise<boolean> => {
      const request = await on.store.requests.get(id).catch(() => undefined);
      return request === undefined || request.state === 'running';
    };
    while (await isGoingOn()) {
      // Everybody's connections, those of the job queue too, as a restart ends them.
      await onDatabase(
        own.url,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      cuts += 1;
      // Longer each time, so that a slow machine gets on between two of them.
      await new Promise((resolve) => setTimeout(resolve, 300 + 100 * cuts));
    }
    expect((await on.store.requests.get(id))?.state).toBe('onboarded');
    expect(cuts).toBeGreaterThan(0);
    expect(ours(on)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: ['mssse-wan0'] });
    expect(on.entra.calls.filter(isPost)).toHaveLength(2);
    expect(await on.store.audit.firstBroken()).toBeUndefined();
  });

  it('locked by somebody in the middle of a run: nothing is sent meanwhile, and it goes on once the lock is gone', async () => {
    const own = (database = await freshDatabase());
    const on = await start({ postgres: own.url });
    const id = await ask(on);
    const other = new pg.Client({ connectionString: own.url });
    await other.connect();
    try {
      await approveAndCatch(on, id, 5000);
      await other.query('begin; lock table journal in access exclusive mode');
      await new Promise((resolve) => setTimeout(resolve, 7000));
      expect(on.entra.calls.filter(isPost)).toHaveLength(1);
      expect(on.mist.calls.filter(({ method }) => method === 'PUT')).toEqual([]);
    } finally {
      await other.query('rollback');
      await other.end();
    }
    await on.until(id, 'onboarded');
    expect(on.entra.calls.filter(isPost)).toHaveLength(2);
    expect(await on.store.audit.firstBroken()).toBeUndefined();
  });
});
