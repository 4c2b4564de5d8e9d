import type { Migration } from 'kysely/migration';
import { firstTables } from './0001-first-tables.ts';
import { undoTimes } from './0002-undo-times.ts';
import { severalWorkers } from './0003-several-workers.ts';
import { stopAsked } from './0004-stop-asked.ts';
import { security } from './0005-security.ts';
import { observations } from './0006-observations.ts';
import { adopted } from './0008-adopted.ts';
import { windows } from './0009-windows.ts';

/**
 * Every migration by name; names sort in the order of execution and are never changed once released. A change takes two
 * releases: one that adds, one that removes, so that the version before runs beside the new one.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-undo-times': undoTimes,
  '0003-several-workers': severalWorkers,
  '0004-stop-asked': stopAsked,
  '0005-security': security,
  '0006-observations': observations,
  '0008-adopted': adopted,
  '0009-windows': windows,
};
