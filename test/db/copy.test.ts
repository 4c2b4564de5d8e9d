import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyToPostgres, COPIED } from '../../db/copy.ts';
import { openStore } from '../../db/open.ts';
import { Secret } from '../../src/base/secret.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../support/postgres/postgres.ts';
import { requestRow, runRow } from './rows.ts';
import { tempDir, testKey, type TempDir } from './temp-store.ts';

describe.skipIf(noPostgres)(`a copy${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let temp: TempDir;
  let database: TestDatabase;
  beforeEach(async () => {
    temp = tempDir();
    database = await freshDatabase();
  });
  afterEach(async () => {
    temp.remove();
    await database.drop();
  });

  it('holds every table, with its run in flight, its secrets and its audit chain, and is made once', async () => {
    const before = await temp.open();
    await before.requests.insert(requestRow());
    await before.runs.create(runRow(), ['a', 'b'], ['device:1']);
    await before.runs.claim('run1', 'p', 1, 10);
    await before.runs.writeStep('run1', 1, 'a', 'intent', { state: 'doing', intended: true }, 2);
    await before.secrets.getOrCreate('s', () => new Secret('the key'), 1);
    for (let n = 0; n < 5; n += 1) await before.audit.append({ at: n, actor: 'U', action: 'x' });
    const steps = await before.runs.steps('run1');
    await before.close();

    const copied = await copyToPostgres(temp.file, database.url);
    expect(copied.get('audit')).toBe(5);
    const after = await openStore({ url: database.url, key: testKey() });
    expect(await after.requests.get('r1')).toStrictEqual(requestRow());
    expect(await after.runs.steps('run1')).toStrictEqual(steps);
    expect((await after.secrets.get('s'))?.reveal()).toBe('the key');
    await after.audit.append({ at: 9, actor: 'U', action: 'next' });
    expect(await after.audit.firstBroken()).toBeUndefined();
    await after.close();
    await expect(copyToPostgres(temp.file, database.url)).rejects.toMatchObject({
      code: 'store.copy_failed',
    });

    const tables = await onDatabase<{ name: string }>(
      database.url,
      `select table_name as name from information_schema.tables
       where table_schema = 'public' and table_name not like 'kysely%'`,
    );
    const names = COPIED.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    expect(tables.map((table) => table.name).toSorted()).toEqual(names.toSorted());
  });
});
