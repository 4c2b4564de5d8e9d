import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When a change may begin at the earliest; NULL for one that begins when it is approved. Its end is the request's `expires_at`. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('requests').addColumn('opens_at', 'bigint').execute();
}

/** Adds a column that earlier versions do not read. */
export const windows = { up } satisfies Migration;
