import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tempDir, type TempDir } from './temp-store.ts';

let temp: TempDir;
beforeEach(() => (temp = tempDir()));
afterEach(() => temp.remove());

/** Ten rows, then somebody at the file with SQL; returns the first row that does not fit. */
async function brokenBy(sql: string): Promise<number | undefined> {
  const store = await temp.open();
  for (let i = 1; i <= 10; i += 1) {
    await store.audit.append({ at: i, actor: 'U1', action: `a${i}`, requestId: 'r1', data: { i } });
  }
  await store.close();
  const raw = new Database(temp.file);
  raw.exec(sql);
  raw.close();
  const again = await temp.open();
  try {
    return await again.audit.firstBroken();
  } finally {
    await again.close();
  }
}

it.each([
  ['a changed field', `update audit set actor = 'U2' where seq = 4`, 4],
  ['changed data', `update audit set data = '{"i":5}' where seq = 6`, 6],
  ['a row that was taken out', `delete from audit where seq = 3`, 3],
  ['the last rows cut off', `delete from audit where seq > 8`, 9],
  ['everything cut off', `delete from audit`, 1],
  [
    'two rows swapped',
    `update audit set seq = 99 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 99`,
    2,
  ],
  ['a head that was changed', `update audit_head set hash = 'x'`, 11],
])('finds %s', async (_name, sql, seq) => {
  expect(await brokenBy(sql)).toBe(seq);
});

it('holds where nobody touched it, over a restart', async () => {
  expect(await brokenBy('select 1')).toBeUndefined();
});
