import Database from 'better-sqlite3';
import pg from 'pg';
import { openStore } from '../../db/open.ts';
import type { LedgerRow, RequestState } from '../../db/types.ts';
import { startPostgres } from '../../sandbox/postgres/server.ts';
import { testKey } from '../db/temp-store.ts';

/** An empty PostgreSQL database for one case. */
export interface CaseDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** Where the cases of a matrix get their databases from. */
export type Databases = () => Promise<CaseDatabase>;

/** Reads a request beside the bots that work on it. */
export interface Reader {
  state(requestId: string): Promise<RequestState>;
  close(): Promise<void>;
}

/** One server for all cases; each gets a copy of a database that has our tables and those of the job queue already. */
export async function startDatabases(): Promise<{
  readonly databases: Databases;
  stop(): Promise<void>;
}> {
  const server = await startPostgres();
  const admin = new pg.Pool({ connectionString: server.url('postgres'), max: 1 });
  // Heard, or an idle connection that ends with the server ends this process.
  admin.on('error', () => undefined);
  const pattern = 'pattern';
  await admin.query(`create database ${pattern}`);
  await (await openStore({ url: server.url(pattern), key: testKey() })).close();
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ connectionString: server.url(pattern), schedule: false, supervise: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.stop({ graceful: false });
  // A database is copied only while nobody is connected to it.
  await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [pattern]);
  let made = 0;
  return {
    async databases() {
      made += 1;
      const name = `case_${made}`;
      await admin.query(`create database ${name} template ${pattern}`);
      return {
        url: server.url(name),
        drop: async () => void (await admin.query(`drop database if exists ${name} with (force)`)),
      };
    },
    async stop() {
      await admin.end();
      await server.stop();
    },
  };
}

const STATE = 'select state from requests where id = ';

/** Opens either kind for reading. */
export async function openReader(url: string): Promise<Reader> {
  if (url.startsWith('sqlite:')) {
    const db = new Database(url.slice('sqlite:'.length), { readonly: true });
    const read = db.prepare<[string], { state: RequestState }>(`${STATE}?`);
    return {
      state: async (id) => read.get(id)?.state ?? 'failed',
      close: async () => void db.close(),
    };
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    async state(id) {
      const { rows } = await client.query<{ state: RequestState }>(`${STATE}$1`, [id]);
      return rows[0]?.state ?? 'failed';
    },
    close: () => client.end(),
  };
}

/** What the bots wrote down as theirs, once none of them holds the database. */
export async function ledgerOf(url: string): Promise<readonly LedgerRow[]> {
  const store = await openStore({ url, key: testKey() });
  try {
    return await store.ledger.live();
  } finally {
    await store.close();
  }
}
