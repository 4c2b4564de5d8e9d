import { chmodSync, closeSync, existsSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from './store-error.ts';

/** An open SQLite database that only this process uses. */
export interface SqliteFile {
  readonly raw: Database.Database;
  /** Undefined where it lives in memory. */
  readonly path: string | undefined;
  close(): void;
  /** Lets others have the file without writing to it; the connection stays open until the process ends. */
  abandon(): void;
}

const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens the file, makes it and its directory where they are missing (modes 0600, 0700), and holds an exclusive lock on
 * `<file>.lock` until closed. The kernel releases that lock when the process dies, `kill -9` included.
 * Throws {@link StoreError} `store.locked` where another process (or this one) has it open.
 */
export function openSqliteFile(path: string): SqliteFile {
  if (path === ':memory:') {
    const raw = new Database(':memory:');
    setUp(raw);
    return { raw, path: undefined, close: () => raw.close(), abandon: () => undefined };
  }
  const file = canonical(path);
  const lock = takeLock(`${file}.lock`);
  try {
    makePrivate(file);
    const raw = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      setUp(raw);
    } catch (error) {
      raw.close();
      throw error;
    }
    return {
      raw,
      path: file,
      close() {
        raw.close();
        lock.close();
      },
      abandon: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw cannotOpen(error);
  }
}

function setUp(raw: Database.Database): void {
  raw.pragma('journal_mode = wal');
  // FULL: a power cut must not lose the last commits. Whoever sets NORMAL has the WAL synced before something relies on it.
  raw.pragma('synchronous = full');
  raw.pragma('foreign_keys = on');
}

/** One name for one file, whichever way it was reached: the lock must be the same. */
function canonical(path: string): string {
  try {
    const full = resolve(path);
    if (existsSync(full)) return realpathSync(full);
    mkdirSync(dirname(full), { recursive: true, mode: 0o700 });
    return join(realpathSync(dirname(full)), basename(full));
  } catch (error) {
    throw cannotOpen(error);
  }
}

/**
 * Never opens a file that exists: POSIX drops every lock that a process holds on a file as soon as it closes any
 * descriptor of it, which would free a database that this process has open already.
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  chmodSync(file, 0o600);
}

function takeLock(file: string): Database.Database {
  let lock: Database.Database | undefined;
  try {
    makePrivate(file);
    lock = new Database(file, { timeout: 0 });
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock?.close();
    if (!hasCode(error, 'SQLITE_BUSY')) throw cannotOpen(error);
    throw new StoreError(
      'store.locked',
      'another process has the database open',
      'One process per SQLite file: stop the other bot, or give this one a DATABASE_URL of its own.',
      error,
    );
  }
}

function cannotOpen(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new StoreError(
    'store.cannot_open',
    `the database cannot be opened: ${code}`,
    'Check that DATABASE_URL names a SQLite file in a directory that the bot may write to, on a local disk with space left.',
    error,
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
