import { expect, test } from 'vitest';
import { isMet, type Row } from '../../../bench/report/row.ts';
import { table } from '../../../bench/report/table.ts';

const rows: Row[] = [
  { id: 'a', what: 'a ratio', measured: 1.096, target: { atMost: 1.1 } },
  { id: 'b', what: 'calls', measured: 13, target: { atMost: 8 } },
  { id: 'c', what: 'speed', measured: 0.3, target: { atLeast: 0.3 } },
  { id: 'd', what: 'memory', measured: 50.02, unit: 'MB', target: { atMost: 50 } },
];

test('each row shows its figure, its target and whether it is met', () => {
  expect(table(rows).split('\n')).toEqual([
    'row      measured   target',
    '-------  --------  -------  ------',
    'a ratio      1.10   ≤ 1.10  met',
    'calls          13      ≤ 8  MISSED',
    'speed        0.30   ≥ 0.30  met',
    'memory    50.0 MB  ≤ 50 MB  MISSED',
  ]);
});

test('the bound itself is met, and what rounds to it is judged before rounding', () => {
  expect(rows.map(isMet)).toEqual([true, false, true, false]);
});
