import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Where a store's statements go: straight to the database, or into the transaction that is going on. */
export interface Session {
  /** For single statements. */
  readonly db: Kysely<Tables>;
  /**
   * All or nothing. Inside a transaction it joins that one; a throw dooms the whole of it, even where it is caught. `alone`: no other
   * such transaction goes on meanwhile, in no process; default `beside`.
   */
  atomically<T>(work: (session: Session) => Promise<T>, mode?: TransactionMode): Promise<T>;
  /** Runs once after the commit, however often it was asked for; at once outside a transaction. */
  afterCommit(listener: () => void): void;
  /** Resolves when everything that was committed before is on the disk. */
  settled(): Promise<void>;
}

/**
 * `alone`: one such at a time over all processes. `beside`: among others of its kind, by the locks of its own rows. `journal`: likewise,
 * and where one process alone has the database, it does not wait for the disk.
 */
export type TransactionMode = 'alone' | 'beside' | 'journal';

/** What a database needs beside plain transactions; SQLite, with its one connection, needs nothing. */
export interface TransactionRules {
  /** First thing inside a transaction: waits until it may go on. */
  enter?(trx: Transaction<Tables>, mode: TransactionMode): Promise<void>;
  /** Whether the server has undone it for the sake of others, so that the same work may be done again. */
  mayRepeat?(error: unknown): boolean;
  /** Resolves when everything that was committed before is on the disk; missing where a commit waits for that itself. */
  settled?(): Promise<void>;
}

const MOST_TRIES = 6;

interface Shared {
  readonly trx: Transaction<Tables>;
  readonly listeners: Set<() => void>;
  /** The first throw of a joined transaction: nothing may be committed any more. */
  doom?: { readonly error: unknown };
  open: boolean;
}

interface Context {
  readonly shared: Shared;
  /** Joined transactions run one after the other: several statements of one must not mix with another's. */
  tail: Promise<unknown>;
}

/**
 * A session over a Kysely instance. The transaction that a piece of code runs in is known from its asynchronous context,
 * so that a call on the outer store inside `transaction` joins it: it neither deadlocks on SQLite's one connection nor is
 * lost when the transaction rolls back. Code outside waits until the connection is free and never gets into somebody
 * else's transaction. Work that a transaction started without awaiting it runs outside once the transaction has ended.
 */
export function createSession(root: Kysely<Tables>, rules: TransactionRules = {}): Session {
  const storage = new AsyncLocalStorage<Context | undefined>();
  const queue = createQueue();

  function current(bound: Context | undefined): Context | undefined {
    const ambient = storage.getStore();
    if (bound === undefined) return ambient?.shared.open ? ambient : undefined;
    if (!bound.shared.open) throw new Error('this store belongs to a transaction that is over');
    return ambient?.shared === bound.shared ? ambient : bound;
  }

  function sessionFor(bound: Context | undefined): Session {
    return {
      get db() {
        return current(bound)?.shared.trx ?? root;
      },
      async atomically<T>(work: (session: Session) => Promise<T>, mode?: TransactionMode): Promise<T> {
        const context = current(bound);
        return context ? join(context, work) : begin(work, mode ?? 'beside');
      },
      afterCommit(listener) {
        const context = current(bound);
        if (context) context.shared.listeners.add(listener);
        else storage.run(undefined, () => notify(listener));
      },
      settled: async () => rules.settled?.(),
    };
  }

  async function begin<T>(work: (session: Session) => Promise<T>, mode: TransactionMode): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        // Whoever wants to be alone waits here for others of this process, and keeps no connection from them meanwhile.
        return await (mode === 'alone' && rules.enter ? queue.add(() => once(work, mode)) : once(work, mode));
      } catch (error) {
        if (tries === MOST_TRIES || rules.mayRepeat?.(error) !== true) throw error;
      }
    }
  }

  async function once<T>(work: (session: Session) => Promise<T>, mode: TransactionMode): Promise<T> {
    const listeners = new Set<() => void>();
    const result = await root.transaction().execute(async (trx) => {
      const shared: Shared = { trx, listeners, open: true };
      const context: Context = { shared, tail: Promise.resolve() };
      try {
        await rules.enter?.(trx, mode);
        const value = await storage.run(context, () => work(sessionFor(context)));
        if (shared.doom) throw shared.doom.error;
        return value;
      } finally {
        shared.open = false;
      }
    });
    if (mode !== 'journal') await rules.settled?.();
    for (const listener of listeners) storage.run(undefined, () => notify(listener));
    return result;
  }

  async function join<T>(context: Context, work: (session: Session) => Promise<T>): Promise<T> {
    const { shared } = context;
    const child: Context = { shared, tail: Promise.resolve() };
    const turn = context.tail.then(() => storage.run(child, () => work(sessionFor(child))));
    context.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      shared.doom ??= { error };
      throw error;
    }
  }

  return sessionFor(undefined);
}

/** What was committed stays so, whatever a listener does. */
function notify(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    process.emitWarning(
      `a listener threw ${error instanceof Error ? error.name : typeof error} after a commit`,
    );
  }
}

/** One after the other, in the order of asking; a failed one does not stop the next. */
function createQueue(): { add<T>(work: () => Promise<T>): Promise<T> } {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    add(work) {
      const turn = tail.then(work);
      tail = turn.catch(() => undefined);
      return turn;
    },
  };
}
