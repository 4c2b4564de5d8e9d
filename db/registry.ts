import { Address4 } from 'ip-address';
import { nextNumber } from './counters.ts';
import type { Session } from './session.ts';
import type { Capacity, RegistryStore, Reservation } from './types.ts';

/** Ranges and slots. Two ranges of different sites never overlap, however many requests are made at once. */
export function registryStore(session: Session): RegistryStore {
  return {
    reserve: (requestId, rows, capacities = []) =>
      session.atomically(async (inner) => {
        // Taken for its lock: whoever reserves at the same time waits here and then sees our rows.
        await nextNumber(inner, 'registry');
        const ranges = rows.filter((row) => row.kind === 'range');
        const taken = await inner.db
          .selectFrom('registry')
          .selectAll()
          .where('kind', '=', 'range')
          .where('requestId', '!=', requestId)
          .orderBy('key')
          .execute();
        const clash = taken.find((other) => ranges.some((own) => clashes(own, other)));
        if (clash) return { clash };
        for (const capacity of capacities) {
          if (await isFull(inner, requestId, rows, capacity)) return { full: capacity.kind };
        }
        await inner.db.deleteFrom('registry').where('requestId', '=', requestId).execute();
        if (rows.length > 0) {
          await inner.db
            .insertInto('registry')
            .values(rows.map((row) => ({ ...row, requestId })))
            .execute();
        }
        return {};
      }),
    async release(requestId) {
      await session.db.deleteFrom('registry').where('requestId', '=', requestId).execute();
    },
    async all() {
      return session.db
        .selectFrom('registry')
        .selectAll()
        .orderBy('siteName')
        .orderBy('requestId')
        .orderBy('kind')
        .orderBy('key')
        .execute();
    },
  };
}

/** Whether these rows want more than others have left. A site's own older rows are its own. */
async function isFull(
  { db }: Session,
  requestId: string,
  rows: readonly Reservation[],
  { kind, left, counted }: Capacity,
): Promise<boolean> {
  const own = rows.filter((row) => row.kind === kind);
  const held = await db
    .selectFrom('registry')
    .select(['key', 'amount', 'siteId'])
    .where('kind', '=', kind)
    .where('requestId', '!=', requestId)
    .execute();
  const others = held.filter(
    (row) => !counted.includes(row.key) && own.every((mine) => mine.siteId !== row.siteId),
  );
  const sum = (list: readonly { readonly amount: number }[]): number =>
    list.reduce((total, { amount }) => total + amount, 0);
  return sum(own) > 0 && sum(own) + sum(others) > left;
}

/** A site's own range is no clash: a later request of a live site reserves the same one again. */
function clashes(own: Reservation, other: Reservation): boolean {
  if (own.siteId === other.siteId) return false;
  const a = new Address4(own.key);
  const b = new Address4(other.key);
  return a.isInSubnet(b) || b.isInSubnet(a);
}
