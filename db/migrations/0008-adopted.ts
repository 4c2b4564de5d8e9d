import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which objects of the ledger somebody else had made before a run used them as they were; NULL for those made by a run. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('ledger').addColumn('adopted', 'integer').execute();
}

/** Adds a column that earlier versions do not read. */
export const adopted = { up } satisfies Migration;
