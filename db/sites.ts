import type { Selectable } from 'kysely';
import { fromText, toText } from './rows.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';
import type { SiteRow, SiteStore } from './types.ts';

/** Sites that the bot has connected. */
export function siteStore(session: Session): SiteStore {
  return {
    async put({ siteId, design, live, ...rest }) {
      const values = { ...rest, design: toText(design), live: toText(live) };
      await session.db
        .insertInto('sites')
        .values({ siteId, ...values })
        .onConflict((conflict) => conflict.column('siteId').doUpdateSet(values))
        .execute();
    },
    async get(siteId) {
      const row = await session.db
        .selectFrom('sites')
        .selectAll()
        .where('siteId', '=', siteId)
        .executeTakeFirst();
      return row && toRow(row);
    },
    async remove(siteId) {
      await session.db.deleteFrom('sites').where('siteId', '=', siteId).execute();
    },
    async all() {
      const rows = await session.db
        .selectFrom('sites')
        .selectAll()
        .orderBy('name')
        .orderBy('siteId')
        .execute();
      return rows.map(toRow);
    },
    async page(afterSiteId, limit) {
      const rows = await session.db
        .selectFrom('sites')
        .selectAll()
        .$if(afterSiteId !== undefined, (query) => query.where('siteId', '>', afterSiteId ?? ''))
        .orderBy('siteId')
        .limit(limit)
        .execute();
      return rows.map(toRow);
    },
  };
}

function toRow(row: Selectable<Tables['sites']>): SiteRow {
  return { ...row, design: fromText(row.design), live: fromText(row.live) };
}
