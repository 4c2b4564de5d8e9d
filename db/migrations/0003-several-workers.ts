import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What several processes tell each other: who draws a card, whose turn a schedule is, what is left of a vendor's budget. */
async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('card_claims')
    .addColumn('request_id', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text')
    .addColumn('free_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('schedules')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('next_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('budgets')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('period', 'bigint', (c) => c.notNull())
    .addColumn('used', 'bigint', (c) => c.notNull())
    .addColumn('allowed', 'bigint', (c) => c.notNull())
    .addColumn('blocked_until', 'bigint', (c) => c.notNull())
    .execute();
}

/** Adds tables that earlier versions do not read. */
export const severalWorkers = { up } satisfies Migration;
