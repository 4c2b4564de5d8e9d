import type Database from 'better-sqlite3';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** Who draws a card and what was drawn, whose turn it is: after a power cut it is found out again. */
const HOUSEKEEPING = /^(?:insert into|update|delete from) "(?:cards|card_claims|outbox|schedules|budgets)"/i;

/**
 * The database with single writes of housekeeping not waiting for the disk, which took most of the time with many runs at once. They
 * stand behind whatever was committed before them, outlive the death of the process, and reach the disk with the next commit; only a power
 * cut may lose them, and never anything older. Whatever is written in a transaction, as all evidence is, waits as before.
 */
export function hurriedHousekeeping(raw: Database.Database, database: SqliteDatabase): SqliteDatabase {
  function hurried<T>(work: () => T): T {
    if (raw.inTransaction) return work();
    raw.exec('pragma synchronous = normal');
    try {
      return work();
    } finally {
      raw.exec('pragma synchronous = full');
    }
  }

  function wrapped(statement: SqliteStatement): SqliteStatement {
    return {
      reader: statement.reader,
      all: (parameters) => hurried(() => statement.all(parameters)),
      run: (parameters) => hurried(() => statement.run(parameters)),
      iterate: (parameters) => statement.iterate(parameters),
    };
  }

  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return HOUSEKEEPING.test(sql) ? wrapped(statement) : statement;
    },
  };
}
