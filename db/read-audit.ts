import Database from 'better-sqlite3';
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { auditStore } from './audit.ts';
import { createSession } from './session.ts';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';
import type { AuditStore } from './types.ts';

/** The OID of PostgreSQL's `bigint`, which `pg` would hand over as text. */
const BIGINT = 20;

/**
 * The audit of a database, to be read and nothing else: also while a bot works on it, and without the key of its secrets. Throws
 * {@link StoreError} where there is no such file.
 */
export function readAudit(
  url: string,
): Pick<AuditStore, 'firstBroken' | 'length' | 'hashAt' | 'chain'> & { close(): Promise<void> } {
  const db = new Kysely<Tables>({ dialect: dialectOf(url), plugins: [new CamelCasePlugin()] });
  const { firstBroken, length, hashAt, chain } = auditStore(createSession(db));
  return { firstBroken, length, hashAt, chain, close: () => db.destroy() };
}

function dialectOf(url: string): SqliteDialect | PostgresDialect {
  if (/^postgres(ql)?:/.test(url)) {
    const types = {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format as 'text'),
    };
    return new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1, types }) });
  }
  try {
    const file = new Database(url.replace(/^sqlite:/, ''), { readonly: true, fileMustExist: true });
    return new SqliteDialect({ database: file });
  } catch (cause) {
    throw new StoreError(
      'store.cannot_open',
      'the database cannot be opened for reading',
      'Set DATABASE_URL to the database whose audit is to be verified, such as sqlite:./data/sse.db.',
      cause,
    );
  }
}
