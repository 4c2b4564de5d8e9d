import { changed, present } from './rows.ts';
import type { Session } from './session.ts';
import type { CardStore } from './types.ts';

/** Where cards stand in Slack and what was drawn last. */
export function cardStore(session: Session): CardStore {
  return {
    async get(requestId) {
      const row = await session.db
        .selectFrom('cards')
        .selectAll()
        .where('requestId', '=', requestId)
        .executeTakeFirst();
      return row && present(row);
    },
    async put({ requestId, channel, ts, drawn }) {
      const values = { channel, ts: ts ?? null, drawn: drawn ?? null };
      await session.db
        .insertInto('cards')
        .values({ requestId, ...values })
        .onConflict((conflict) => conflict.column('requestId').doUpdateSet(values))
        .execute();
    },
    async claim(requestId, owner, now, holdMs) {
      await session.db
        .insertInto('cardClaims')
        .values({ requestId, owner: null, freeAt: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const result = await session.db
        .updateTable('cardClaims')
        .set({ owner, freeAt: now + holdMs })
        .where('requestId', '=', requestId)
        .where((eb) => eb.or([eb('freeAt', '<=', now), eb('owner', '=', owner)]))
        .executeTakeFirstOrThrow();
      return changed(result);
    },
    async release(requestId, owner, freeAt) {
      await session.db
        .updateTable('cardClaims')
        .set({ owner: null, freeAt })
        .where('requestId', '=', requestId)
        .where('owner', '=', owner)
        .execute();
    },
  };
}
