import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Since when an undo fails, and since when it waits: both have an end, which must survive a restart. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('steps').addColumn('failing_since', 'bigint').execute();
  await db.schema.alterTable('steps').addColumn('waiting_since', 'bigint').execute();
}

/** Adds columns that version 0.1 does not read. */
export const undoTimes = { up } satisfies Migration;
