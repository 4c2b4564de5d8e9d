import { fromText, toText } from './rows.ts';
import type { Session } from './session.ts';
import type { ObservationStore } from './types.ts';

/** Readings of sites over time. */
export function observationStore(session: Session): ObservationStore {
  return {
    async add({ siteId, kind, at, data }) {
      const text = toText(data);
      await session.db
        .insertInto('observations')
        .values({ siteId, kind, at, data: text })
        .onConflict((conflict) => conflict.columns(['siteId', 'kind', 'at']).doUpdateSet({ data: text }))
        .execute();
    },
    async latest(siteId, kind) {
      const row = await session.db
        .selectFrom('observations')
        .selectAll()
        .where('siteId', '=', siteId)
        .where('kind', '=', kind)
        .orderBy('at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && { ...row, data: fromText(row.data) };
    },
  };
}
