import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What was read of a site at a time, for comparing with the next reading. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('observations')
    .addColumn('site_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('observations_pk', ['site_id', 'kind', 'at'])
    .execute();
  await db.schema.createIndex('observations_at').on('observations').column('at').execute();
}

/** Adds a table that earlier versions do not know. */
export const observations = { up } satisfies Migration;
