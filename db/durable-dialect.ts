import type Database from 'better-sqlite3';
import {
  SqliteDialect,
  type DatabaseConnection,
  type Driver,
  type KyselyPlugin,
  type QueryResult,
  type SqliteDatabase,
} from 'kysely';
import type { WalSync } from './wal-sync.ts';

const WRITING = /^(?:commit|insert|update|delete)\b/i;
/**
 * What a process that died with the power does not miss: who draws a card and what was drawn, whose turn it is, who owns a run (no other
 * process can have this file open), readings, and rows of the ledger, which stand before the result that names the same object.
 */
const HOUSEKEEPING =
  /^(?:insert into|update|delete from) "(?:cards|card_claims|outbox|schedules|budgets|runs|ledger|observations)"/i;

/**
 * Kysely's SQLite over a file that is open with `synchronous = normal`: a commit appends to the log, outlives the death of the process,
 * and reaches the disk when somebody asks for it. `wal` is told of each; the plugin, to be named first, has a single statement outside of a
 * transaction wait for the disk once others may use the connection again. Housekeeping waits for nothing. Transactions wait as their session says.
 */
export function durableDialect(
  raw: Database.Database,
  database: SqliteDatabase,
  wal: Pick<WalSync, 'appended' | 'settled'>,
): { readonly dialect: SqliteDialect; readonly plugin: KyselyPlugin } {
  const awaited = new WeakSet<QueryResult<unknown>>();

  class DurableDialect extends SqliteDialect {
    override createDriver(): Driver {
      const driver = super.createDriver();
      const acquire = driver.acquireConnection.bind(driver);
      let noting: DatabaseConnection | undefined;
      driver.acquireConnection = async (options) => (noting ??= noted(await acquire(options)));
      return driver;
    }
  }

  function noted(connection: DatabaseConnection): DatabaseConnection {
    return {
      async executeQuery<R>(query: Parameters<DatabaseConnection['executeQuery']>[0]) {
        const result = await connection.executeQuery<R>(query);
        if (!raw.inTransaction && WRITING.test(query.sql)) {
          wal.appended();
          if (!HOUSEKEEPING.test(query.sql)) awaited.add(result);
        }
        return result;
      },
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }

  return {
    dialect: new DurableDialect({ database }),
    plugin: {
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        if (awaited.has(result)) await wal.settled();
        return result;
      },
    },
  };
}
