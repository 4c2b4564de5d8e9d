import type { Migration } from 'kysely/migration';
import { StoreError } from './store-error.ts';

/**
 * Names of the migrations that are still to be run on a database that has these behind it, in their order. Throws {@link StoreError}
 * `store.newer_schema` where it has some that this version does not know.
 */
export function pendingOf(
  executed: ReadonlySet<string>,
  migrations: Readonly<Record<string, Migration>>,
): readonly string[] {
  const unknown = [...executed].filter((name) => !(name in migrations)).sort();
  if (unknown.length > 0) {
    throw new StoreError(
      'store.newer_schema',
      `the database holds migrations of a newer version: ${unknown.join(', ')}`,
      'Start the newer version of the bot, or restore the backup that was made before it; beside a SQLite file lies the copy that was made before migrating.',
    );
  }
  return Object.keys(migrations)
    .filter((name) => !executed.has(name))
    .sort();
}
