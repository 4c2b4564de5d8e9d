import { openStore } from '../../db/open.ts';
import { runStoreContract } from './run-store-contract.ts';
import { storeContract, type OpenedStore } from './store-contract.ts';
import { transactionContract } from './transaction-contract.ts';
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

storeContract('a SQLite file', openFile);
runStoreContract('a SQLite file', openFile);
transactionContract('a SQLite file', openFile);
storeContract('SQLite in memory', openMemory);
