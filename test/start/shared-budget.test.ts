import { describe, expect, it } from 'vitest';
import { createBudget } from '../../src/integrations/mist/budget.ts';
import { createVendorPause } from '../../src/base/vendor-pause.ts';
import { createSharedBudget } from '../../src/start/shared-budget.ts';
import { tempDir } from '../db/temp-store.ts';

describe('the budget of one token', () => {
  it('is one count over all processes, begins anew with the hour, and is used up for all at once', async () => {
    const temp = tempDir();
    const store = await temp.open();
    const clock = { at: Date.UTC(2026, 10, 23, 9, 30), now: () => clock.at };
    const process = () => {
      const budget = createBudget(clock.now);
      const rows = store.budgets;
      const onError = (error: unknown) => {
        throw error;
      };
      const pause = createVendorPause(clock.now);
      const options = { name: 'mist:o', budget, pause, rows, clock, onError };
      return { budget, pause, shared: createSharedBudget(options) };
    };
    const [one, two] = [process(), process()];
    for (let n = 0; n < 10; n += 1) one.budget.count();
    for (let n = 0; n < 5; n += 1) two.budget.count();
    await one.shared.sync();
    await two.shared.sync();
    await one.shared.sync();
    expect([one, two].map(({ budget }) => budget.usage().used)).toEqual([15, 15]);

    two.budget.count();
    await Promise.all([one.shared.sync(), two.shared.sync()]);
    await one.shared.sync();
    expect(one.budget.usage().used).toBe(16);

    one.budget.exhausted();
    await one.shared.sync();
    await two.shared.sync();
    expect(two.budget.isBelow(1)).toBe(true);

    // Until when nobody may call is known to the others with their next turn.
    one.pause.ask(120_000);
    await one.shared.sync();
    await two.shared.sync();
    expect(two.pause.leftMs()).toBe(120_000);

    clock.at += 3_600_000;
    two.budget.count();
    await two.shared.sync();
    await one.shared.sync();
    expect([one, two].map(({ budget }) => budget.usage().used)).toEqual([1, 1]);
    await store.close();
    temp.remove();
  });
});
