import { describe } from 'vitest';
import { openStore } from '../../../db/open.ts';
import { createEmbeddedDispatcher } from '../../../src/flows/engine/dispatcher-embedded.ts';
import { createPgBossDispatcher } from '../../../src/flows/engine/dispatcher-pgboss.ts';
import { tempDir, testKey } from '../../db/temp-store.ts';
import { freshDatabase, noPostgres } from '../../support/postgres/postgres.ts';
import { dispatcherContract, type DispatcherPlace } from './dispatcher-contract.ts';

const clock = { now: () => Date.now() };

async function onFile(): Promise<DispatcherPlace> {
  const temp = tempDir();
  const store = await temp.open();
  return {
    store,
    dispatcher: (log) => createEmbeddedDispatcher({ runs: store.runs, clock, log, retryMs: 20 }),
    async dispose() {
      await store.close();
      temp.remove();
    },
  };
}

async function onPostgres(): Promise<DispatcherPlace> {
  const database = await freshDatabase();
  const { url } = database;
  const store = await openStore({ url, key: testKey() });
  const { runs, schedules } = store;
  return {
    store,
    dispatcher: (log) =>
      createPgBossDispatcher({ runs, schedules, url, clock, log, retryMs: 20, sweepMs: 200 }),
    async dispose() {
      await store.close();
      await database.drop();
    },
  };
}

dispatcherContract('a SQLite file, in this process alone', onFile);
describe.skipIf(noPostgres)(`PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  dispatcherContract('PostgreSQL, by pg-boss', onPostgres);
});
