import { DiskError } from '../../db/database-error.ts';
import { inTime } from '../base/in-time.ts';
import type { Log } from '../base/log.ts';

/** What `/readyz` says. `reasons` is empty exactly where `ready` is true. */
export interface ReadyReport {
  readonly ready: boolean;
  /** Why a command would not be carried out now, in sentences. */
  readonly reasons: readonly string[];
}

/** Whether a command that somebody types now would be carried out, and why not. */
export interface Readiness {
  /** The start waits for this one, which has not answered yet. */
  waitsFor(what: string): void;
  arrived(what: string): void;
  started(): void;
  stopping(): void;
  /** Without asking the database. */
  isReady(): boolean;
  /** Asks the database as well. Never rejects, and comes within {@link DATABASE_MS} and a bit. */
  report(): Promise<ReadyReport>;
}

export interface ReadinessOptions {
  /** Undefined before there is a Slack side. */
  readonly isSlackLive: () => boolean;
  /** A small read, and whether what was written is kept; undefined before the database is open. */
  readonly readDatabase: () => Promise<unknown> | undefined;
  readonly log: Pick<Log, 'warn' | 'info'>;
  /** For tests. */
  readonly databaseMs?: number;
}

/** A database that takes longer would also make Slack give up on a command. */
const DATABASE_MS = 2000;
const NO_DATABASE = 'the database does not answer';
const DISK_REFUSED =
  'the disk of the database refused what was written; start the bot again once the disk is sound';

export function createReadiness(options: ReadinessOptions): Readiness {
  const { isSlackLive, readDatabase, log, databaseMs = DATABASE_MS } = options;
  const awaited = new Set<string>();
  let state: 'starting' | 'started' | 'stopping' = 'starting';
  let reading: Promise<string | undefined> | undefined;
  let saidOfDatabase: string | undefined;

  function reasons(): string[] {
    if (state === 'stopping') return ['the bot is stopping'];
    if (state === 'starting') {
      const away = [...awaited].map((what) => `${what} has not answered since the start`);
      return away.length > 0 ? away : ['the bot is starting'];
    }
    return isSlackLive() ? [] : ['Slack is not connected'];
  }

  /** What is wrong with the database. One read at a time, however often somebody asks while it hangs. */
  async function troubleOfDatabase(): Promise<string | undefined> {
    reading ??= Promise.resolve()
      .then(readDatabase)
      .then(
        () => undefined,
        (error: unknown) => (error instanceof DiskError ? DISK_REFUSED : NO_DATABASE),
      )
      .finally(() => (reading = undefined));
    const answer = await inTime(
      reading.then((trouble) => ({ trouble })),
      databaseMs,
    );
    const trouble = answer ? answer.trouble : NO_DATABASE;
    if (trouble !== saidOfDatabase) {
      saidOfDatabase = trouble;
      if (trouble === undefined) log.info({}, 'the database answers again');
      else log.warn({}, trouble);
    }
    return trouble;
  }

  return {
    waitsFor: (what) => void awaited.add(what),
    arrived: (what) => void awaited.delete(what),
    started: () => void (state = state === 'stopping' ? state : 'started'),
    stopping: () => void (state = 'stopping'),
    isReady: () => reasons().length === 0,
    async report() {
      // While it starts or stops, that is said of the database where it is so.
      const trouble = state === 'started' ? await troubleOfDatabase() : undefined;
      const all = [...reasons(), ...(trouble === undefined ? [] : [trouble])];
      return { ready: all.length === 0, reasons: all };
    },
  };
}
