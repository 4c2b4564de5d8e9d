/** A statement that PostgreSQL refused, or a connection that broke. Never holds the URL, a row's values or the server's details. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** `PG_` and the SQLSTATE, for example `PG_53100` (disk full); `PG_CONNECTION` where the server did not answer. */
  readonly code: string;

  constructor(code: string, where = '') {
    super(`PostgreSQL refused a statement: ${code}${where}`);
    this.code = code;
  }
}

/**
 * The disk refused what was committed. Nobody knows what of it is there, and asking again would hide it (the kernel reports it once), so
 * that everything that waits for the disk fails until the process is started anew and reads what is left.
 */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  /** As SQLite calls it. */
  readonly code = 'SQLITE_IOERR_FSYNC';

  constructor(cause: unknown) {
    super('the disk refused what was committed; start the bot again once the disk is sound', { cause });
  }
}

/** What `pg` threw, without what may quote rows, URLs or passwords. */
export function asDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const code = textOf(error, 'code');
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return new DatabaseError('PG_CONNECTION');
  const constraint = textOf(error, 'constraint');
  const isPlain = constraint !== undefined && /^[a-z0-9_]{1,60}$/.test(constraint);
  return new DatabaseError(`PG_${code}`, isPlain ? ` (${constraint})` : '');
}

/** Whether the database itself reported it: SQLite or PostgreSQL, disk full, I/O error, locked, gone. */
export function isDatabaseError(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error)) return false;
  const code = textOf(error, 'code');
  return code !== undefined && (code.startsWith('SQLITE_') || error instanceof DatabaseError);
}

/** Deadlock or lost serialization: nothing was written, and the same transaction may be tried again. */
export function isRolledBackByServer(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === 'PG_40P01' || error.code === 'PG_40001');
}

/** The server is away, starting or stopping: waiting mends it. Source: PostgreSQL, "Error Codes", classes 08 and 57P. */
export function isConnectionProblem(error: unknown): boolean {
  return error instanceof DatabaseError && /^PG_(CONNECTION|08...|57P0.|53300)$/.test(error.code);
}

function textOf(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}
