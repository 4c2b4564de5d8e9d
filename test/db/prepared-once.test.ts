import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { preparedOnce } from '../../db/prepared-once.ts';

test('a text is prepared once, and its statement sees a table that has changed since', () => {
  const raw = new Database(':memory:');
  const db = preparedOnce(raw);
  raw.exec('create table t (a integer)');
  const all = db.prepare('select * from t');
  db.prepare('insert into t values (?)').run([1]);
  expect(all.all([])).toEqual([{ a: 1 }]);
  raw.exec('alter table t add column b integer default 2');
  expect(db.prepare('select * from t')).toBe(all);
  expect(all.all([])).toEqual([{ a: 1, b: 2 }]);
  db.close();
});

test('ever more texts do not keep ever more statements', () => {
  const db = preparedOnce(new Database(':memory:'));
  const first = db.prepare('select 0');
  for (let n = 1; n <= 500; n += 1) db.prepare(`select ${n}`);
  expect(db.prepare('select 0')).not.toBe(first);
  expect(db.prepare('select 0').all([])).toEqual([{ '0': 0 }]);
  db.close();
});
