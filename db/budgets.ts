import type { Session } from './session.ts';
import type { BudgetStore } from './types.ts';

/** One row for each vendor's token. */
export function budgetStore(session: Session): BudgetStore {
  return {
    share: (name, change) =>
      session.atomically(async (inner) => {
        await inner.db
          .insertInto('budgets')
          .values({ name, period: change.period, used: 0, allowed: change.allowed, blockedUntil: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        // Changes nothing; taken for its lock, so that two processes never both write over what the other has added.
        const before = await inner.db
          .updateTable('budgets')
          .set((eb) => ({ used: eb.ref('used') }))
          .where('name', '=', name)
          .returning(['period', 'used', 'allowed', 'blockedUntil'])
          .executeTakeFirstOrThrow();
        // A clock that is behind adds to the period that others are in already.
        const isNew = change.period > before.period;
        const own = (isNew ? 0 : before.used) + change.used;
        const row = {
          period: Math.max(before.period, change.period),
          used: change.period < before.period ? own : Math.max(own, change.atLeast ?? 0),
          allowed: change.allowed,
          blockedUntil: Math.max(before.blockedUntil, change.blockedUntil),
        };
        await inner.db.updateTable('budgets').set(row).where('name', '=', name).execute();
        return row;
      }),
  };
}
