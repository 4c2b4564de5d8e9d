import { nextNumber } from './counters.ts';
import type { Session } from './session.ts';
import type { OutboxStore } from './types.ts';

/** Rows for whoever reacts outside the transaction. `listeners` are shared by every store of one database. */
export function outboxStore(session: Session, listeners: Set<() => void>): OutboxStore {
  return {
    add: (topic, requestId, now) =>
      session.atomically(async (inner) => {
        const seq = await nextNumber(inner, 'outbox');
        await inner.db.insertInto('outbox').values({ seq, topic, requestId, createdAt: now }).execute();
        for (const listener of listeners) inner.afterCommit(listener);
      }),
    async pending(limit) {
      return session.db.selectFrom('outbox').selectAll().orderBy('seq').limit(limit).execute();
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
