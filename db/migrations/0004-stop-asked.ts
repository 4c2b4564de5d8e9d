import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who asked a run to stop: it must not be forgotten by a restart. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('stop_by', 'text').execute();
}

/** Adds a column that earlier versions do not read. */
export const stopAsked = { up } satisfies Migration;
