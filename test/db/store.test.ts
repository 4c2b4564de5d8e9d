import { describe } from 'vitest';
import { openStore } from '../../db/open.ts';
import { recordContract } from './record-contract.ts';
import { runStoreContract } from './run-store-contract.ts';
import { storeContract, type OpenedStore } from './store-contract.ts';
import { transactionContract } from './transaction-contract.ts';
import { freshDatabase, noPostgres } from '../support/postgres/postgres.ts';
import { tempDir, testKey } from './temp-store.ts';

async function openFile(): Promise<OpenedStore> {
  const temp = tempDir();
  const store = await temp.open();
  return {
    store,
    async dispose() {
      await store.close();
      temp.remove();
    },
  };
}

async function openMemory(): Promise<OpenedStore> {
  const store = await openStore({ url: 'sqlite::memory:', key: testKey() });
  return { store, dispose: () => store.close() };
}

async function openPostgres(): Promise<OpenedStore> {
  const database = await freshDatabase();
  const store = await openStore({ url: database.url, key: testKey() });
  return {
    store,
    async dispose() {
      await store.close();
      await database.drop();
    },
  };
}

storeContract('a SQLite file', openFile);
recordContract('a SQLite file', openFile);
runStoreContract('a SQLite file', openFile);
transactionContract('a SQLite file', openFile);
storeContract('SQLite in memory', openMemory);
describe.skipIf(noPostgres)(`PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  storeContract('PostgreSQL', openPostgres);
  recordContract('PostgreSQL', openPostgres);
  runStoreContract('PostgreSQL', openPostgres);
  transactionContract('PostgreSQL', openPostgres);
});
