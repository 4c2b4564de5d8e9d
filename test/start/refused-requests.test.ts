import { expect, it } from 'vitest';
import type { Refusal } from '../../src/commands/deps.ts';
import { createRefusedRequests } from '../../src/start/refused-requests.ts';

it('of one kind of refused request the audit gets the first, and then one record a minute with their number', () => {
  const state = { now: 0 };
  const written: Refusal[] = [];
  const note = createRefusedRequests({ onRefused: (one) => written.push(one), now: () => state.now });
  for (let n = 0; n < 1000; n += 1) note('POST /x', 'not signed');
  note('POST /x', 'too large');
  expect(written.map((one) => one.count)).toEqual([1, 1]);
  state.now = 60_000;
  note('POST /x', 'not signed');
  expect(written.at(-1)).toMatchObject({ what: 'POST /x', why: 'not signed', count: 1000 });
});
