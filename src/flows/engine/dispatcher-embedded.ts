import type { RunStore } from '../../../db/types.ts';
import { createLooks, type LookAt, type Looks } from './looks.ts';
import { createSchedules } from './schedules.ts';
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

/** Timers are never set farther ahead: a clock that was put right is noticed, and the longest timer is not exceeded. */
const LONGEST_MS = 60_000;
const SHORTEST_MS = 10;

/** Dispatches in this process, over the rows: for SQLite, where one process holds the file. */
export function createEmbeddedDispatcher(options: EmbeddedDispatcherOptions): Dispatcher {
  const { runs, clock, log, retryMs = 1000 } = options;
  const schedules = createSchedules({ log, clock });
  const early = new Set<string>();
  let looks: Looks | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sweeping = false;
  let sweepAgain = false;

  /** Launches what is due and sets the timer for what comes next. */
  function sweep(): void {
    const own = looks;
    if (!own || own.stopping.aborted) return;
    if (sweeping) {
      sweepAgain = true;
      return;
    }
    sweeping = true;
    void own.outside(async () => {
      let delayMs = retryMs;
      try {
        delayMs = await sweepOnce(own);
      } catch (error) {
        log.error({ error: nameOf(error), frames: framesOf(error) }, 'due runs could not be read');
      }
      sweeping = false;
      if (own.stopping.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(sweep, sweepAgain ? 0 : delayMs);
      sweepAgain = false;
    });
  }

  /** How long nothing will be due. */
  async function sweepOnce(own: Looks): Promise<number> {
    const now = clock.now();
    const due = (await runs.due(now)).filter((run) => !own.isRunning(run.id));
    const held = due.filter((run) => own.isHeld(run.id, now));
    for (const run of due) if (!held.includes(run)) own.launch(run.id);
    if (held.length > 0) return Math.min(retryMs, LONGEST_MS);
    const next = await runs.nextWake();
    return next === undefined ? LONGEST_MS : Math.min(LONGEST_MS, Math.max(SHORTEST_MS, next - clock.now()));
  }

  return {
    exclusive: true,
    async start(look: LookAt) {
      const own = createLooks({ clock, log, retryMs, look, onEnd: sweep });
      looks = own;
      const now = clock.now();
      for (const run of await runs.unfinished()) {
        // The lease of a dead process is of no interest: this one holds the file.
        const waits = run.state === 'needs-decision' || (run.wakeAt !== undefined && run.wakeAt > now);
        if (!waits || early.has(run.id)) own.launch(run.id);
      }
      early.clear();
      sweep();
      schedules.start();
    },
    wake(runId) {
      if (looks) looks.launch(runId);
      else early.add(runId);
    },
    schedule: schedules.add,
    async stop() {
      clearTimeout(timer);
      await Promise.all([looks?.stop(), schedules.stop()]);
    },
  };
}
