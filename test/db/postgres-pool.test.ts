import { expect, it } from 'vitest';
import { isDatabaseError } from '../../db/database-error.ts';
import { openPool } from '../../db/postgres-pool.ts';
import { endingServer } from '../support/postgres/ending-server.ts';
import { freshDatabase, noPostgres } from '../support/postgres/postgres.ts';

it.skipIf(noPostgres)(
  `a session that is ended as it begins is an error of its first statement, and of nothing else${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  async () => {
    const database = await freshDatabase();
    const server = await endingServer(database.url);
    const pool = await openPool(server.url);
    const first = await pool.connect();
    const error: unknown = await first.query('select 1', []).catch((reason: unknown) => reason);
    expect(isDatabaseError(error)).toBe(true);
    first.release();
    const second = await pool.connect();
    expect((await second.query<{ one: number }>('select 1 as one', [])).rows).toEqual([{ one: 1 }]);
    second.release();
    await pool.end();
    await server.close();
    await database.drop();
  },
);
