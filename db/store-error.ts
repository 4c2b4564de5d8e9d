import type { Failure } from '../src/base/failure.ts';

export type StoreErrorCode =
  | 'store.bad_url' // DATABASE_URL is not understood
  | 'store.copy_failed' // a copy to PostgreSQL was given up, nothing was written
  | 'store.bad_key' // a secret key is not 32 bytes of base64
  | 'store.unreachable' // the database server does not answer; waiting may mend it
  | 'store.locked' // another process holds the file
  | 'store.newer_schema' // a newer version of the bot has migrated it
  | 'store.migration_failed'
  | 'store.cannot_open' // not a database, no rights, no space
  | 'store.secret_unreadable'; // encrypted under a key that is not configured, or tampered with

/** Thrown by the store for what an operator can mend. Its message holds neither a URL nor a key. Never retryable. */
export class StoreError extends Error implements Failure {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly hint: string;
  readonly retryable = false;

  constructor(code: StoreErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
