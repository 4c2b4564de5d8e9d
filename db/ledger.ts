import { present } from './rows.ts';
import type { Session } from './session.ts';
import type { LedgerStore } from './types.ts';

/** Remote objects that are ours. A removed one keeps its row: it is evidence. */
export function ledgerStore(session: Session): LedgerStore {
  return {
    async add({ vendor, kind, remoteId, parentId, removedAt, adopted, ...rest }) {
      const values = {
        ...rest,
        parentId: parentId ?? null,
        removedAt: removedAt ?? null,
        adopted: adopted ? (1 as const) : null,
      };
      await session.db
        .insertInto('ledger')
        .values({ vendor, kind, remoteId, ...values })
        .onConflict((conflict) => conflict.columns(['vendor', 'kind', 'remoteId']).doUpdateSet(values))
        .execute();
    },
    async removed(vendor, kind, remoteId, now) {
      await session.db
        .updateTable('ledger')
        .set({ removedAt: now })
        .where('vendor', '=', vendor)
        .where('kind', '=', kind)
        .where('remoteId', '=', remoteId)
        .where('removedAt', 'is', null)
        .execute();
    },
    async live(siteId) {
      let query = session.db.selectFrom('ledger').selectAll().where('removedAt', 'is', null);
      if (siteId !== undefined) query = query.where('siteId', '=', siteId);
      const rows = await query.orderBy('createdAt').orderBy('kind').orderBy('remoteId').execute();
      return rows.map(({ adopted, ...row }) => ({
        ...present(row),
        ...(adopted === 1 && { adopted: true as const }),
      }));
    },
  };
}
