import { nextNumber } from './counters.ts';
import { present } from './rows.ts';
import type { Session } from './session.ts';
import type { DecisionStore } from './types.ts';

/** Who decided what; a double click is refused by a unique index. */
export function decisionStore(session: Session): DecisionStore {
  return {
    record: ({ user, reason, ...decision }) =>
      session.atomically(async (inner) => {
        const result = await inner.db
          .insertInto('decisions')
          .values({
            ...decision,
            seq: await nextNumber(inner, 'decisions'),
            userId: user,
            reason: reason ?? null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    async of(requestId) {
      const rows = await session.db
        .selectFrom('decisions')
        .select(['requestId', 'revision', 'digest', 'userId as user', 'action', 'reason', 'at'])
        .where('requestId', '=', requestId)
        .orderBy('seq')
        .execute();
      return rows.map(present);
    },
  };
}
