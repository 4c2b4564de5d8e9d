import { fromText, toText } from './rows.ts';
import type { Session } from './session.ts';
import type { DraftStore } from './types.ts';

/** What modals keep between their steps. */
export function draftStore(session: Session): DraftStore {
  return {
    async put({ id, user, data, ...rest }) {
      const values = { ...rest, userId: user, data: toText(data) };
      await session.db
        .insertInto('drafts')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    },
    async get(id) {
      const row = await session.db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return undefined;
      const { userId, data, ...rest } = row;
      return { ...rest, user: userId, data: fromText(data) };
    },
    async prune(before) {
      await session.db.deleteFrom('drafts').where('createdAt', '<', before).execute();
    },
  };
}
