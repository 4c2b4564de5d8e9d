import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { merged, readResults, writeResults } from '../../../bench/report/results.ts';
import type { Row } from '../../../bench/report/row.ts';

const machine = { node: '24.0.0', cores: 2 };
const row = (id: string, measured: number): Row => ({
  id,
  what: `what ${id} is`,
  measured,
  target: { atMost: 2 },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('rows measured now replace theirs and leave the others, in the order of their names', () => {
  const before = merged(undefined, machine, [row('b', 1), row('a', 1)]);
  const after = merged(before, machine, [row('b', 3.14159)]);
  expect(Object.keys(after.rows)).toEqual(['a', 'b']);
  expect(after.rows['a']).toEqual(before.rows['a']);
  expect(after.rows['b']).toEqual({ what: 'what b is', measured: 3.142, target: { atMost: 2 }, met: false });
});

test.each([
  { node: '25.0.0', cores: 2 },
  { node: '24.0.0', cores: 8 },
])('figures of another machine are dropped (%o)', (other) => {
  const before = merged(undefined, machine, [row('a', 1)]);
  expect(merged(before, other, [row('b', 1)])).toMatchObject({ ...other, rows: { b: { met: true } } });
  expect(merged(before, other, [row('b', 1)]).rows).not.toHaveProperty('a');
});

test('a figure is judged before it is rounded', () => {
  expect(merged(undefined, machine, [row('a', 2.0001)]).rows['a']).toMatchObject({ measured: 2, met: false });
});

test('what is written is read again', () => {
  const file = join(folder, 'results.json');
  const results = merged(undefined, machine, [{ ...row('a', 1.5), unit: 's' }]);
  writeResults(file, results);
  expect(readResults(file)).toEqual(results);
});

test('a file that is missing or holds something else counts as empty', () => {
  const file = join(folder, 'results.json');
  expect(readResults(file)).toBeUndefined();
  for (const text of ['', '{}', '{"node":"24.0.0","cores":2,"rows":{"a":{"measured":"1"}}}']) {
    writeFileSync(file, text);
    expect(readResults(file)).toBeUndefined();
  }
});
