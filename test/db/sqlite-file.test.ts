import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqliteFile } from '../../db/sqlite-file.ts';
import { tempDir } from './temp-store.ts';

it('that is abandoned is not written to any more, and can be opened by others with all that was committed', () => {
  const temp = tempDir();
  const path = join(temp.dir, 'own.db');
  const file = openSqliteFile(path);
  file.raw.exec('create table notes (text); pragma wal_checkpoint(truncate)');
  file.raw.pragma('wal_autocheckpoint = 0');
  const before = statSync(path).size;
  const note = file.raw.prepare('insert into notes values (?)');
  for (let n = 0; n < 2000; n += 1) note.run('x'.repeat(4000));
  expect(() => openSqliteFile(path)).toThrow('another process has the database open');
  file.abandon();
  expect(statSync(path).size).toBe(before);
  const next = openSqliteFile(path);
  expect(next.raw.prepare('select count(*) as count from notes').get()).toEqual({ count: 2000 });
  next.close();
  temp.remove();
});
