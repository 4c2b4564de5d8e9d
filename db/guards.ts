import { changed } from './rows.ts';
import type { Session } from './session.ts';
import type { DeliveryStore, FreezeStore, ReminderStore } from './guard-types.ts';

/** The one row of the freeze. */
const FREEZE = 1;

/** Whether changes are frozen. */
export function freezeStore(session: Session): FreezeStore {
  return {
    async get() {
      const row = await session.db
        .selectFrom('freezes')
        .selectAll()
        .where('id', '=', FREEZE)
        .executeTakeFirst();
      return row && { isOn: row.isOn === 1, reason: row.reason, by: row.byUser, at: row.at };
    },
    set: ({ isOn, reason, by, at }) =>
      session.atomically(async ({ db }) => {
        await db
          .insertInto('freezes')
          .values({ id: FREEZE, isOn: 0, reason: '', byUser: '', at: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const result = await db
          .updateTable('freezes')
          .set({ isOn: isOn ? 1 : 0, reason, byUser: by, at })
          .where('id', '=', FREEZE)
          .where('isOn', '=', isOn ? 0 : 1)
          .executeTakeFirstOrThrow();
        return changed(result);
      }),
  };
}

/** One reminder for each revision of a plan. */
export function reminderStore(session: Session): ReminderStore {
  return {
    async claim(requestId, revision, now) {
      const result = await session.db
        .insertInto('reminders')
        .values({ requestId, revision, at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    async at(requestId, revision) {
      const row = await session.db
        .selectFrom('reminders')
        .select('at')
        .where('requestId', '=', requestId)
        .where('revision', '=', revision)
        .executeTakeFirst();
      return row?.at;
    },
  };
}

/** Guards against what comes in twice: a row for each delivery, never memory. */
export function deliveryStore(session: Session): DeliveryStore {
  return {
    async isFirst(source, key, now) {
      const result = await session.db
        .insertInto('deliveries')
        .values({ id: `${source}:${key}`, source, at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    async prune(before) {
      await session.db.deleteFrom('deliveries').where('at', '<', before).execute();
    },
  };
}
