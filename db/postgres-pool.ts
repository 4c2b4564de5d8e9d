import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { ClientBase, ClientConfig, Pool, PoolClient, PoolConfig } from 'pg';
import { asDatabaseError } from './database-error.ts';
import { StoreError } from './store-error.ts';

/** Connections of one process; a bot needs few, since a transaction never waits for the network. */
const CONNECTIONS = 10;
const CONNECT_MS = 10_000;
/**
 * A process that is stopped in the middle of a transaction must not hold its row locks for longer than a lease: the server ends its session.
 * Statements wait for locks and work no longer than people would.
 */
const SESSION =
  '-c idle_in_transaction_session_timeout=4000 -c lock_timeout=20000 -c statement_timeout=30000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/** PostgreSQL's int8, which `pg` gives as text: times and counters fit a number. */
const INT8 = 20;

/**
 * Connections to PostgreSQL. Loads `pg` only here, so that a bot on SQLite does not. TLS is what the URL says (`sslmode`, `sslrootcert`).
 * Throws {@link StoreError} `store.bad_url`; what queries throw is a `DatabaseError`.
 */
export async function openPool(url: string): Promise<PostgresPool> {
  const { default: pg } = await import('pg');
  // A password with characters of its own (@, /, #) has to be percent-encoded.
  if (!URL.canParse(url)) throw badUrl();
  let pool: Pool;
  try {
    pool = new pg.Pool(await poolConfig(url));
  } catch {
    // The parser's message may quote the URL.
    throw badUrl();
  }
  // An idle connection that breaks is replaced by the next one; unheard, the event would end the process.
  pool.on('error', () => undefined);
  return {
    options: pool.options,
    async connect() {
      try {
        return guarded(await pool.connect());
      } catch (error) {
        throw asDatabaseError(error);
      }
    },
    end: () => pool.end(),
  };
}

/**
 * What a pool makes its connections of: their errors are heard by somebody at all times. A pool stops listening when it hands one out, and
 * whoever gets it listens a moment later; a server that ends a session right after its start says both in one packet, in between.
 */
export async function heardClient(): Promise<new (config?: string | ClientConfig) => ClientBase> {
  const { default: pg } = await import('pg');
  return class HeardClient extends pg.Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      // The next statement fails of it.
      this.on('error', () => undefined);
    }
  };
}

async function poolConfig(url: string): Promise<PoolConfig> {
  const { default: pg } = await import('pg');
  return {
    Client: await heardClient(),
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    options: SESSION,
    application_name: 'sse-chatops',
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  };
}

type Query = PostgresPoolClient['query'];

/** The same connection, whose errors are safe to log. */
function guarded(client: PoolClient): PostgresPoolClient {
  let broken = false;
  // While it is checked out, the pool does not listen.
  const onError = (): void => void (broken = true);
  client.on('error', onError);
  const query = async (sql: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      const safe = asDatabaseError(error);
      if (safe.code === 'PG_CONNECTION' || safe.code.startsWith('PG_57P') || safe.code.startsWith('PG_08'))
        broken = true;
      throw safe;
    }
  };
  return {
    query: query as unknown as Query,
    release(discard?: boolean) {
      client.off('error', onError);
      // A connection that was ended by the server or in the middle of an answer is of no use to others.
      client.release(broken || discard === true);
    },
  };
}

/** The URL itself is never quoted: it may hold a password. */
export function badUrl(): StoreError {
  return new StoreError(
    'store.bad_url',
    'the database URL is not understood',
    'Set DATABASE_URL to sqlite:<path>, for example sqlite:./data/sse.db, or to postgres://user:password@host:5432/database (special characters percent-encoded).',
  );
}
