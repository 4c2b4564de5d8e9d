import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { isConnectionProblem } from './database-error.ts';
import { migrationFailed } from './migration-failed.ts';
import { pendingOf } from './pending.ts';

/** Held while the schema is looked at and changed, so that of several starts one migrates and the others then find nothing to do. */
const MIGRATING = 775_370_002;

/**
 * Brings a PostgreSQL database to the newest schema, all pending migrations in one transaction. Throws {@link StoreError}
 * `store.newer_schema` or `store.migration_failed`, the database then unchanged; what hinders every statement is thrown as it is.
 */
export async function migratePostgres(
  db: Kysely<unknown>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  await db.connection().execute(async (held) => {
    // Others may hold it for as long as their migration takes.
    await sql`set lock_timeout = 0`.execute(held);
    await sql`set statement_timeout = 0`.execute(held);
    await sql`select pg_advisory_lock(${MIGRATING})`.execute(held);
    try {
      if (pendingOf(await executedOf(held), migrations).length > 0) await runAll(db, migrations);
    } finally {
      await sql`select pg_advisory_unlock(${MIGRATING})`.execute(held);
      await sql`reset lock_timeout`.execute(held);
      await sql`reset statement_timeout`.execute(held);
    }
  });
}

async function runAll(db: Kysely<unknown>, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // Of two that were made side by side the later one may have come first.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (isConnectionProblem(error)) throw error;
  throw migrationFailed(error);
}

async function executedOf(db: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const table = await sql<{ found: boolean }>`
    select to_regclass('kysely_migration') is not null as found`.execute(db);
  if (table.rows[0]?.found !== true) return new Set();
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return new Set(rows.map(({ name }) => name));
}
