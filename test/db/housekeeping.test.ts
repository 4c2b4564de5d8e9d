import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hurriedHousekeeping } from '../../db/housekeeping.ts';
import { tempDir, type TempDir } from './temp-store.ts';

const CARD = 'update "cards" set "ts" = ? where "request_id" = ?';
const RUN = 'update "runs" set "owner" = ?';

let temp: TempDir;
let raw: Database.Database;
let said: string[];
beforeEach(() => {
  temp = tempDir();
  said = [];
  raw = new Database(temp.file, { verbose: (text) => void said.push(String(text)) });
  raw.pragma('journal_mode = wal');
  raw.exec('create table cards (request_id text, ts text); create table runs (owner text)');
  raw.pragma('synchronous = full');
  said.length = 0;
});
afterEach(() => {
  raw.close();
  temp.remove();
});

function level(): unknown {
  return raw.pragma('synchronous', { simple: true });
}

it('does not wait for the disk where a card was drawn, and does for what comes after', () => {
  const db = hurriedHousekeeping(raw, raw);
  db.prepare(CARD).run(['1', 'r']);
  expect(said).toEqual([
    'pragma synchronous = normal',
    expect.stringContaining('update "cards"'),
    'pragma synchronous = full',
  ]);
  expect(level()).toBe(2);
});

it('waits for the disk with everything else, and with a card that is written in a transaction', () => {
  const db = hurriedHousekeeping(raw, raw);
  db.prepare(RUN).run(['me']);
  raw.exec('begin');
  db.prepare(CARD).run(['1', 'r']);
  raw.exec('commit');
  expect(said.filter((text) => text.includes('synchronous'))).toEqual([]);
});

it('waits for the disk again after a statement that was refused', () => {
  const db = hurriedHousekeeping(raw, raw);
  const insert = db.prepare('insert into "cards" ("request_id", "ts") values (?, ?)');
  raw.exec("create trigger no before insert on cards begin select raise(abort, 'no'); end");
  expect(() => insert.run(['r', '1'])).toThrow('no');
  expect(level()).toBe(2);
});
