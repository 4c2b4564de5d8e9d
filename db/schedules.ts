import { changed } from './rows.ts';
import type { Session } from './session.ts';
import type { ScheduleStore } from './types.ts';

/** Turns of what is done once in a while: of many processes, the one whose update came first has it. */
export function scheduleStore(session: Session): ScheduleStore {
  return {
    async claim(name, now, until) {
      await session.db
        .insertInto('schedules')
        .values({ name, nextAt: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const result = await session.db
        .updateTable('schedules')
        .set({ nextAt: until })
        .where('name', '=', name)
        .where('nextAt', '<=', now)
        .executeTakeFirstOrThrow();
      return changed(result);
    },
    async settle(name, claimed, nextAt) {
      const result = await session.db
        .updateTable('schedules')
        .set({ nextAt })
        .where('name', '=', name)
        .where('nextAt', '=', claimed)
        .executeTakeFirstOrThrow();
      return changed(result);
    },
  };
}
