import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { migrationFailed } from './migration-failed.ts';
import { pendingOf } from './pending.ts';
import { StoreError } from './store-error.ts';

/**
 * Brings an open SQLite database to the newest schema. All pending migrations run in one `BEGIN IMMEDIATE` transaction:
 * a crash leaves the old schema, and of two starts at once the second waits and then finds nothing to do. A database
 * that holds tables is copied first to `<file>.before-<migration>` (mode 0600).
 * Throws {@link StoreError} `store.newer_schema` or `store.migration_failed`; the database is then unchanged.
 */
export async function migrateSqlite(
  raw: Database.Database,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const first = pendingOf(executedOf(raw), migrations)[0];
  if (first === undefined) return;
  try {
    if (!raw.memory && tablesOf(raw).length > 0) copyBefore(raw, first);
    raw.exec('begin immediate');
    // Another process may have migrated while this one waited for the write lock.
    if (pendingOf(executedOf(raw), migrations).length > 0) await runAll(raw, migrations);
    raw.exec('commit');
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (raw.inTransaction) raw.exec('rollback');
    throw error instanceof StoreError ? error : migrationFailed(error);
  }
}

async function runAll(
  raw: Database.Database,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  // Never destroyed: that would close the connection, which is not this Kysely's own.
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: raw }) });
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    // Of two that were made side by side the later one may have come first.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

function executedOf(raw: Database.Database): ReadonlySet<string> {
  if (!tablesOf(raw).includes('kysely_migration')) return new Set();
  const rows = raw.prepare<[], { name: string }>('select name from kysely_migration').all();
  return new Set(rows.map((row) => row.name));
}

function tablesOf(raw: Database.Database): readonly string[] {
  const rows = raw.prepare<[], { name: string }>(`select name from sqlite_master where type = 'table'`).all();
  return rows.map((row) => row.name);
}

function copyBefore(raw: Database.Database, migration: string): void {
  const target = `${raw.name}.before-${migration}`;
  const part = `${target}.part-${process.pid}`;
  rmSync(part, { force: true });
  try {
    // VACUUM INTO takes over an empty file, and with it the mode.
    closeSync(openSync(part, 'wx', 0o600));
    raw.prepare('vacuum into ?').run(part);
    chmodSync(part, 0o600);
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}
