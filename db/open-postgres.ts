import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { isConnectionProblem, isDatabaseError, isRolledBackByServer } from './database-error.ts';
import { migratePostgres } from './migrate-postgres.ts';
import { openPool } from './postgres-pool.ts';
import type { TransactionRules } from './session.ts';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** Advisory locks are per database; the number is ours alone. */
const ONE_AT_A_TIME = 775_370_001;

/**
 * Flows read, decide and write in one transaction, and may rely on being alone: an exclusive advisory lock, held to the
 * end of the transaction, makes it so over all processes. The journal's writes share that lock: they run beside each other, safe by the
 * locks of their own rows, but never in the middle of a decision.
 */
const rules: TransactionRules = {
  async enter(trx, mode) {
    if (mode === 'alone') await sql`select pg_advisory_xact_lock(${ONE_AT_A_TIME})`.execute(trx);
    else await sql`select pg_advisory_xact_lock_shared(${ONE_AT_A_TIME})`.execute(trx);
  },
  mayRepeat: isRolledBackByServer,
};

/** Opens PostgreSQL and brings its schema up to date. Throws {@link StoreError}; its message never holds the URL. */
export async function openPostgres(
  url: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<{
  readonly db: Kysely<Tables>;
  readonly rules: TransactionRules;
  close(): Promise<void>;
}> {
  const pool = await openPool(url);
  const dialect = new PostgresDialect({ pool });
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  try {
    await migratePostgres(new Kysely<unknown>({ dialect }), migrations);
  } catch (error) {
    await pool.end();
    throw asStoreError(error);
  }
  return { db, rules, close: () => db.destroy() };
}

function asStoreError(error: unknown): unknown {
  if (isConnectionProblem(error)) {
    return new StoreError(
      'store.unreachable',
      'the database server does not answer',
      'Check that the PostgreSQL server of DATABASE_URL runs and can be reached from here, and that TLS is set as it wants it (sslmode).',
      error,
    );
  }
  if (!isDatabaseError(error)) return error;
  return new StoreError(
    'store.cannot_open',
    `the database cannot be opened: ${error.code}`,
    WHY[error.code] ??
      'Check that DATABASE_URL names a database that this user may make tables in, with space left.',
    error,
  );
}

/** Source: PostgreSQL, "Error Codes". */
const WHY: Readonly<Record<string, string>> = {
  PG_28P01: 'The server refuses the password in DATABASE_URL.',
  PG_28000: 'The server refuses this user from here; check DATABASE_URL and its pg_hba.conf.',
  PG_3D000: 'The database that DATABASE_URL names does not exist; create it.',
  PG_42501: 'The user in DATABASE_URL may not make tables; make it the owner of the database.',
  PG_53100: 'The disk of the database server is full.',
  PG_55P03: 'Somebody holds locks on the tables; end that session and start again.',
};
