import { isDatabaseError } from './database-error.ts';
import { StoreError } from './store-error.ts';

/** Codes of a disk, or a quota, that has no space left. */
const FULL: readonly string[] = ['SQLITE_FULL', 'PG_53100'];

/** What a start says whose migration, or the copy before it, did not get through. The database is as it was. */
export function migrationFailed(error: unknown): StoreError {
  const code = isDatabaseError(error) ? error.code : undefined;
  return new StoreError(
    'store.migration_failed',
    `a migration failed; the database is unchanged${code === undefined ? '' : `: ${code}`}`,
    code !== undefined && FULL.includes(code)
      ? 'There is no space left for the database; make room and start again.'
      : 'Start the previous version again and report the error in the log.',
    error,
  );
}
