import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../db/open.ts';
import type { Store } from '../../db/types.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../support/postgres/postgres.ts';
import { tempDir, testKey, type TempDir } from './temp-store.ts';

/** What `npm run audit:verify` prints about this database, and its exit code. */
function verify(url: string, ...args: string[]): { out: string; code: number } {
  const env = { ...process.env, DATABASE_URL: url };
  const script = ['scripts/audit-verify.ts', ...args];
  try {
    return { out: execFileSync(process.execPath, script, { env }).toString(), code: 0 };
  } catch (error) {
    const { stdout, stderr, status } = error as { stdout: Buffer; stderr: Buffer; status: number };
    return { out: `${stdout.toString()}${stderr.toString()}`, code: status };
  }
}

/** The part of an evidence pack that is verified. */
async function pack(
  store: Store,
  temp: TempDir,
  change: (row: object) => object = (row) => row,
): Promise<string> {
  const file = join(temp.dir, 'evidence.json');
  const rows = (await store.audit.chain('r1')).map(change);
  writeFileSync(
    file,
    JSON.stringify({
      format: 'sse-evidence/1',
      request: { id: 'r1' },
      audit: { rows, head: await store.audit.head() },
    }),
  );
  return file;
}

describe.skipIf(noPostgres)(
  `npm run audit:verify on PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    let database: TestDatabase;
    let temp: TempDir;
    let store: Store;
    beforeEach(async () => {
      database = await freshDatabase();
      temp = tempDir();
      store = await openStore({ url: database.url, key: testKey() });
      for (let i = 1; i <= 6; i += 1) {
        await store.audit.append({
          at: i * 1000,
          actor: 'U1',
          action: `a${i}`,
          requestId: 'r1',
          data: { i },
        });
      }
    });
    afterEach(async () => {
      await store.close();
      await database.drop();
      temp.remove();
    });

    it('says by exit code whether the chain of a database in use holds, pruned or not, and where it breaks', async () => {
      expect(verify(database.url)).toEqual({ out: 'The audit chain holds: 6 rows.\n', code: 0 });
      await store.audit.prune(3000, 9000);
      expect(verify(database.url)).toEqual({
        out: 'The audit chain holds: 5 rows, rows 1 to 2 pruned.\n',
        code: 0,
      });
      await onDatabase(database.url, `update audit set actor = 'U2' where seq = 4`);
      expect(verify(database.url)).toMatchObject({
        code: 1,
        out: expect.stringContaining('BROKEN at row 4') as string,
      });
      await onDatabase(database.url, `drop table audit`);
      expect(verify(database.url)).toMatchObject({
        code: 2,
        out: expect.stringContaining('could not be read') as string,
      });
    });

    it('holds an evidence pack against the chain', async () => {
      expect(verify(database.url, await pack(store, temp))).toMatchObject({
        code: 0,
        out: expect.stringContaining('The evidence pack holds') as string,
      });
      const forged = await pack(store, temp, (row) => ({ ...row, actor: 'U9' }));
      expect(verify(database.url, forged)).toMatchObject({
        code: 1,
        out: expect.stringContaining('Row 1 of the pack was changed') as string,
      });
      expect(verify(database.url, '/nowhere/pack.json').code).toBe(2);
    });
  },
);

describe('npm run audit:verify on SQLite', () => {
  it('holds an evidence pack against the chain of a database in use', async () => {
    const temp = tempDir();
    const store = await temp.open();
    await store.audit.append({ at: 1, actor: 'U1', action: 'a', requestId: 'r1', data: { i: 1 } });
    expect(verify(`sqlite:${temp.file}`, await pack(store, temp)).code).toBe(0);
    await store.close();
    temp.remove();
  });
});
