import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely';
import { auditStore } from './audit.ts';
import { migrateSqlite } from './migrate.ts';
import { migrations } from './migrations/all.ts';
import { openPostgres } from './open-postgres.ts';
import { createSession } from './session.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';

/** Every table, those that others refer to first. */
export const COPIED = [
  'requests',
  'decisions',
  'cards',
  'outbox',
  'drafts',
  'runs',
  'steps',
  'journal',
  'runLocks',
  'secrets',
  'ledger',
  'registry',
  'auditHead',
  'audit',
  'sites',
  'identity',
  'counters',
  'cardClaims',
  'schedules',
  'budgets',
  'observations',
  'freezes',
  'reminders',
  'deliveries',
  'auditCheckpoints',
] as const satisfies readonly (keyof Tables)[];

const AT_ONCE = 200;

/**
 * Copies a SQLite database, which no bot may have open, into an empty PostgreSQL, all or nothing; secrets stay encrypted under the same key. Verifies the
 * number of rows of each table and the audit chain. Returns the rows by table. Throws {@link StoreError}; the source is only brought to the
 * newest schema.
 */
export async function copyToPostgres(path: string, url: string): Promise<ReadonlyMap<keyof Tables, number>> {
  const file = openSqliteFile(path);
  try {
    await migrateSqlite(file.raw, migrations);
    const from = new Kysely<Tables>({
      dialect: new SqliteDialect({ database: file.raw }),
      plugins: [new CamelCasePlugin()],
    });
    const to = await openPostgres(url, migrations);
    try {
      return await createSession(to.db, to.rules).atomically(async (target) => {
        const copied = new Map<keyof Tables, number>();
        for (const table of COPIED) copied.set(table, await copyTable(from, target.db, table));
        if ((await auditStore(target).firstBroken()) !== undefined)
          throw broken('the audit chain does not hold');
        return copied;
      }, 'alone');
    } finally {
      await to.close();
    }
  } finally {
    file.close();
  }
}

async function copyTable(from: Kysely<Tables>, to: Kysely<Tables>, table: keyof Tables): Promise<number> {
  if ((await countOf(to, table)) > 0) throw broken(`the table ${table} of the target is not empty`);
  const rows = await from.selectFrom(table).selectAll().execute();
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    await to
      .insertInto(table)
      .values(rows.slice(at, at + AT_ONCE))
      .execute();
  }
  const arrived = await countOf(to, table);
  if (arrived !== rows.length) throw broken(`of ${rows.length} rows of ${table} ${arrived} arrived`);
  return arrived;
}

async function countOf(db: Kysely<Tables>, table: keyof Tables): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(row.rows);
}

function broken(what: string): StoreError {
  return new StoreError(
    'store.copy_failed',
    `nothing was copied: ${what}`,
    'Copy from a database that passes its audit check into an empty PostgreSQL database, with every bot stopped.',
  );
}
