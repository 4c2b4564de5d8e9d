import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { asDatabaseError, isConnectionProblem } from '../../../db/database-error.ts';
import { heardClient } from '../../../db/postgres-pool.ts';
import type { RunRow, RunStore, ScheduleStore } from '../../../db/types.ts';
import { createLooks, type LookAt, type Looks } from './looks.ts';
import { createSchedules } from './schedules.ts';
import { framesOf, nameOf } from './trouble.ts';
import type { Dispatcher } from './types.ts';
import type { EngineLog } from './work.ts';

export interface PgBossDispatcherOptions {
  readonly runs: Pick<RunStore, 'due' | 'get' | 'onDue'>;
  readonly schedules: ScheduleStore;
  /** `postgres://…`, the database of the rows. */
  readonly url: string;
  readonly clock: { now(): number };
  readonly log: EngineLog;
  /** First wait after a look that broke; doubled up to 30 s. Default 1 s. */
  readonly retryMs?: number;
  /** How often the rows themselves are asked for runs that nobody works on: bounds how late a dead process is noticed. Default 1 s. */
  readonly sweepMs?: number;
}

const QUEUE = 'sse-look';
const MOST_WAIT_MS = 30_000;
/** A job that is late by a clock's difference is not early. */
const SLACK_MS = 250;
/** How often an early look is offered again to a run that another process is just working on. */
const OFFERS = 20;
const OFFER_S = 1;

interface Job {
  readonly runId: string;
  /** An early look was asked for, and how often it may still be offered. */
  readonly offers?: number;
}

/**
 * Dispatches over all processes of one PostgreSQL. A job of pg-boss means only "look at this run": it is written in the transaction that makes
 * the run due, is done as soon as a worker has taken note of it, and never fails; whether there is something to do is in the rows. What a
 * killed worker took note of, or held, is found in the rows: its lease ends, and any process looks.
 */
export function createPgBossDispatcher(options: PgBossDispatcherOptions): Dispatcher {
  const { runs, clock, log, url, retryMs = 1000, sweepMs = 1000 } = options;
  const schedules = createSchedules({ log, clock, turns: options.schedules });
  const early = new Set<string>();
  const stopping = new AbortController();
  let looks: Looks | undefined;
  let boss: PgBoss | undefined;
  let sweeping: Promise<void> | undefined;
  let opening: Promise<void> | undefined;

  /**
   * The queue only makes looks early: where the server has no connection left for it, the rows are asked and it is opened when it can be.
   * `tried` is called after each attempt; with an error, and for the last time, where waiting does not mend the first one.
   */
  async function openQueue(own: Looks, tried: (error?: unknown) => void): Promise<void> {
    for (let wait = retryMs; !stopping.signal.aborted; wait = Math.min(wait * 2, MOST_WAIT_MS)) {
      try {
        boss = await open(own);
        return tried();
      } catch (error) {
        if (wait === retryMs && !isConnectionTrouble(error)) return tried(error);
        log.warn(
          { error: nameOf(error) },
          'the job queue could not be opened; until it is, runs are looked up in the rows',
        );
        tried();
      }
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    tried();
  }

  async function open(own: Looks): Promise<PgBoss> {
    const { PgBoss: Engine, fromKysely } = await import('pg-boss');
    // pg-boss hands on to `pg` what its own types do not name.
    const connection = { Client: await heardClient(), connectionString: url };
    const engine = new Engine({
      ...connection,
      application_name: 'sse-chatops-jobs',
      max: 4,
      useListenNotify: true,
      superviseIntervalSeconds: 5,
      schedule: false,
    });
    // What it cannot do now it does later; the rows are asked meanwhile.
    engine.on('error', (error) => log.warn({ error: nameOf(error) }, 'the job queue reported an error'));
    try {
      await serve(engine, own);
    } catch (error) {
      await engine.stop({ graceful: false }).catch(() => undefined);
      throw error;
    }
    runs.onDue(async (trx, runId, at) => {
      const startAfter = at === undefined || at <= clock.now() ? undefined : new Date(at);
      await engine.send(QUEUE, { runId } satisfies Job, {
        db: fromKysely(trx as Parameters<typeof fromKysely>[0]),
        ...(startAfter && { startAfter }),
      });
    });
    return engine;
  }

  async function serve(engine: PgBoss, own: Looks): Promise<void> {
    await engine.start();
    await engine.createQueue(QUEUE, {
      retryLimit: 0,
      expireInSeconds: 60,
      deleteAfterSeconds: 60,
      notify: true,
    });
    await engine.work<Job>(
      QUEUE,
      { batchSize: 50, pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 },
      async (jobs) => {
        for (const { data } of jobs) {
          await takeNote(own, data).catch((error: unknown) =>
            log.warn({ error: nameOf(error) }, 'a job could not be looked into'),
          );
        }
      },
    );
  }

  async function takeNote(own: Looks, { runId, offers }: Job): Promise<void> {
    if (offers !== undefined) return offer(own, runId, offers);
    const run = await runs.get(runId);
    // Where it waits for longer, a later job was written together with that.
    if (run && isOpen(run) && (run.wakeAt ?? 0) <= clock.now() + SLACK_MS && !isWorkedOn(run))
      own.launch(runId);
  }

  /** An early look, here or, where another process works on the run just now, as soon as that one has parked it. */
  async function offer(own: Looks, runId: string, offers: number): Promise<void> {
    const run = await runs.get(runId);
    if (!run || !isOpen(run)) return;
    if (!isWorkedOn(run) || own.isRunning(runId)) return own.launch(runId);
    if (offers > 0) await boss?.send(QUEUE, { runId, offers: offers - 1 }, { startAfter: OFFER_S });
  }

  function isWorkedOn(run: RunRow): boolean {
    return run.owner !== undefined && run.leaseUntil > clock.now();
  }

  async function sweep(own: Looks): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const now = clock.now();
        for (const run of await runs.due(now)) {
          if (!own.isRunning(run.id) && !own.isHeld(run.id, now)) own.launch(run.id);
        }
      } catch (error) {
        log.error({ error: nameOf(error), frames: framesOf(error) }, 'due runs could not be read');
      }
      await sleep(sweepMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  function wake(own: Looks, runId: string): void {
    own
      .outside(() => offer(own, runId, OFFERS))
      .catch((error: unknown) => log.warn({ runId, error: nameOf(error) }, 'a wake-up was lost'));
  }

  return {
    exclusive: false,
    async start(look: LookAt) {
      const own = createLooks({ clock, log, retryMs, look, onEnd: () => undefined });
      looks = own;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      opening = own.outside(() =>
        openQueue(own, (error) => (error === undefined ? resolve() : reject(error))),
      );
      await promise;
      if (stopping.signal.aborted) return;
      sweeping = own.outside(() => sweep(own));
      for (const runId of early) wake(own, runId);
      early.clear();
      schedules.start();
    },
    wake(runId) {
      if (looks) wake(looks, runId);
      else early.add(runId);
    },
    schedule: schedules.add,
    async stop() {
      stopping.abort();
      await Promise.all([sweeping, opening, looks?.stop(), schedules.stop()]);
      await boss?.stop({ graceful: true, timeout: 5000 });
    },
  };
}

/** Refused or broken connections, as the server, the socket or `pg` itself says it. */
function isConnectionTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)) return true;
  if (code !== '') return isConnectionProblem(asDatabaseError(error));
  return /timeout|terminated/i.test(error.message);
}

function isOpen(run: RunRow): boolean {
  return run.state === 'active' || run.state === 'unwinding';
}
