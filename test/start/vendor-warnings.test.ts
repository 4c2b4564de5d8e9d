import { expect, it } from 'vitest';
import { createVendorPause } from '../../src/base/vendor-pause.ts';
import { createBudget } from '../../src/integrations/mist/budget.ts';
import { createVendorWarnings } from '../../src/start/vendor-warnings.ts';

const AT = Date.UTC(2026, 10, 23, 9, 30);
const now = (): number => AT;

function rig() {
  const pauses = { entra: createVendorPause(now), mist: createVendorPause(now) };
  const mistBudget = createBudget(now);
  return { pauses, mistBudget, warnings: createVendorWarnings({ pauses, mistBudget, reserve: 250 }) };
}

it('calls a vendor that refuses us by name until it accepts a call', () => {
  const { warnings } = rig();
  warnings.saw('mist', 401);
  warnings.saw('mist', 503);
  warnings.saw('entra', 403);
  expect(warnings.list()).toEqual([
    'Mist refuses us (401); check that the token of MIST_API_TOKEN has not expired',
  ]);
  warnings.saw('entra', 200);
  expect(warnings.list()).toHaveLength(1);
  warnings.saw('mist', 200);
  expect(warnings.list()).toEqual([]);
});

it('says how long a budget and a pause last', () => {
  const { warnings, mistBudget, pauses } = rig();
  mistBudget.exhausted();
  pauses.entra.ask(90_000);
  expect(warnings.list()).toEqual([
    "fewer than 250 of Mist's calls of this hour are left; runs wait for 30 min",
    'Entra asked not to be called for another 90 s',
  ]);
});
