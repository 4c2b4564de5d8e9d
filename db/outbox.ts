import { nextNumber } from './counters.ts';
import type { Session } from './session.ts';
import type { OutboxStore } from './types.ts';

/** Rows that say nothing more cost little; removing them with each row cost as much as adding it. */
const PRUNE_EVERY = 16;

/** Rows for whoever reacts outside the transaction. `listeners` are shared by every store of one database. */
export function outboxStore(session: Session, listeners: Set<() => void>): OutboxStore {
  return {
    add: (topic, requestId, now) =>
      session.atomically(async (inner) => {
        const seq = await nextNumber(inner, 'outbox');
        await inner.db.insertInto('outbox').values({ seq, topic, requestId, createdAt: now }).execute();
        if (seq % PRUNE_EVERY === 0) await prune(inner, requestId, seq);
        for (const listener of listeners) inner.afterCommit(listener);
      }),
    async pendingRequests(limit) {
      return session.db
        .selectFrom('outbox')
        .select((eb) => ['requestId', eb.fn.max('seq').as('seq')])
        .groupBy('requestId')
        .orderBy((eb) => eb.fn.min('seq'))
        .limit(limit)
        .execute();
    },
    async oldestAt() {
      const row = await session.db
        .selectFrom('outbox')
        .select('createdAt')
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
      return row?.createdAt;
    },
    async done(requestId, seq) {
      await session.db
        .deleteFrom('outbox')
        .where('requestId', '=', requestId)
        .where('seq', '<=', seq)
        .execute();
    },
    onAdded(listener) {
      listeners.add(listener);
    },
  };
}

/** Whoever reads takes the newest row of a request; the oldest one keeps its place in the queue. */
async function prune(session: Session, requestId: string, newest: number): Promise<void> {
  await session.db
    .deleteFrom('outbox')
    .where('requestId', '=', requestId)
    .where('seq', '<', newest)
    .where('seq', '>', (eb) =>
      eb
        .selectFrom('outbox as oldest')
        .select((of) => of.fn.min('oldest.seq').as('seq'))
        .where('oldest.requestId', '=', requestId),
    )
    .execute();
}
