import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunStore } from '../../../db/types.ts';
import { framesOf, nameOf } from './trouble.ts';
import type { Dispatcher } from './types.ts';
import type { EngineLog } from './work.ts';

export interface EmbeddedDispatcherOptions {
  readonly runs: Pick<RunStore, 'due' | 'nextWake' | 'unfinished'>;
  readonly clock: { now(): number };
  readonly log: EngineLog;
  /** First wait after a look that broke; doubled up to 30 s. Default 1 s. */
  readonly retryMs?: number;
}

type LookAt = (runId: string, stopping: AbortSignal) => Promise<void>;

/** Timers are never set farther ahead: a clock that was put right is noticed, and the longest timer is not exceeded. */
const LONGEST_MS = 60_000;
const SHORTEST_MS = 10;
const LONGEST_RETRY_MS = 30_000;

/** Dispatches in this process, over the rows: for SQLite, where one process holds the file. */
export function createEmbeddedDispatcher(options: EmbeddedDispatcherOptions): Dispatcher {
  const { runs, clock, log, retryMs = 1000 } = options;
  // Looks never run in the caller's context: `wake` may be called inside a transaction, which they must not join.
  const outside = AsyncLocalStorage.snapshot();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const broken = new Map<string, { readonly times: number; readonly until: number }>();
  let lookAt: LookAt | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sweeping = false;
  let sweepAgain = false;

  function launch(runId: string): void {
    if (!lookAt || stopping.signal.aborted) return;
    if (running.has(runId)) {
      again.add(runId);
      return;
    }
    const look = lookAt;
    const going = outside(async () => {
      // Not before it is known to be running: a look may wake its own run.
      await Promise.resolve();
      try {
        await look(runId, stopping.signal);
        broken.delete(runId);
      } catch (error) {
        const times = (broken.get(runId)?.times ?? 0) + 1;
        broken.set(runId, {
          times,
          until: clock.now() + Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (times - 1)),
        });
        log.error({ runId, times, error: nameOf(error), frames: framesOf(error) }, 'a look at a run broke');
      }
    }).then(() => {
      running.delete(runId);
      if (again.delete(runId)) launch(runId);
      else sweep();
    });
    running.set(runId, going);
  }

  /** Launches what is due and sets the timer for what comes next. */
  function sweep(): void {
    if (stopping.signal.aborted) return;
    if (sweeping) {
      sweepAgain = true;
      return;
    }
    sweeping = true;
    void outside(async () => {
      let delayMs = retryMs;
      try {
        delayMs = await sweepOnce();
      } catch (error) {
        log.error({ error: nameOf(error), frames: framesOf(error) }, 'due runs could not be read');
      }
      sweeping = false;
      if (stopping.signal.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(sweep, sweepAgain ? 0 : delayMs);
      sweepAgain = false;
    });
  }

  /** How long nothing will be due. */
  async function sweepOnce(): Promise<number> {
    const now = clock.now();
    const due = (await runs.due(now)).filter((run) => !running.has(run.id));
    const held = due.filter((run) => (broken.get(run.id)?.until ?? 0) > now);
    for (const run of due) if (!held.includes(run)) launch(run.id);
    if (held.length > 0) return Math.min(retryMs, LONGEST_MS);
    const next = await runs.nextWake();
    return next === undefined ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, next - clock.now()));
  }

  return {
    exclusive: true,
    async start(look) {
      lookAt = look;
      const now = clock.now();
      for (const run of await runs.unfinished()) {
        // The lease of a dead process is of no interest: this one holds the file.
        const waits = run.state === 'needs-decision' || (run.wakeAt !== undefined && run.wakeAt > now);
        if (!waits || again.has(run.id)) launch(run.id);
      }
      again.clear();
      sweep();
    },
    wake(runId) {
      if (lookAt) launch(runId);
      else again.add(runId);
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await Promise.allSettled(running.values());
    },
  };
}
