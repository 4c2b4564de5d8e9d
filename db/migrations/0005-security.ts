import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Freeze, reminders, guards against replays, checkpoints of the audit, who edited a plan last and what moved in it. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('requests').addColumn('last_editor', 'text').execute();
  await db.schema.alterTable('requests').addColumn('changes', 'text').execute();
  await db.schema
    .alterTable('requests')
    .addColumn('touches', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('secrets').addColumn('erased_at', 'bigint').execute();
  await db.schema
    .createTable('freezes')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('is_on', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('by_user', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('reminders')
    .addColumn('request_id', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('reminders_pk', ['request_id', 'revision'])
    .execute();
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('deliveries_by_at').on('deliveries').columns(['at']).execute();
  await db.schema
    .createTable('audit_checkpoints')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('audit_by_at').on('audit').columns(['at']).execute();
}

/** Adds tables and columns that the version before does not read. */
export const security = { up } satisfies Migration;
