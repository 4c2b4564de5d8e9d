import { AsyncLocalStorage } from 'node:async_hooks';
import type { ScheduleStore } from '../../../db/types.ts';
import { framesOf, nameOf } from './trouble.ts';
import type { EngineLog } from './work.ts';

/** What is done once in a while. */
export interface Schedules {
  add(name: string, everyMs: number, work: () => Promise<void>): void;
  /** Begins what was added, each at once, and what is added later. */
  start(): void;
  /** Begins nothing more and waits for what goes on. */
  stop(): Promise<void>;
}

export interface SchedulesOptions {
  readonly log: EngineLog;
  readonly clock: { now(): number };
  /** Where several processes take turns; undefined: this process is the only one. */
  readonly turns?: ScheduleStore;
}

/** A turn that was taken by a process that died is free again after this. */
const HOLD_MS = 60_000;
const SHORTEST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 5000;

/** Never twice at once; what throws is logged and done again at its next turn. */
export function createSchedules({ log, clock, turns }: SchedulesOptions): Schedules {
  const outside = AsyncLocalStorage.snapshot();
  const timers = new Set<NodeJS.Timeout>();
  const going = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  let state: 'new' | 'started' | 'stopped' = 'new';

  async function carryOut(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.error({ name, error: nameOf(error), frames: framesOf(error) }, 'a schedule failed; it runs again');
    }
  }

  /** One of all processes gets the turn and keeps it while it works. */
  async function takeTurn(
    rows: ScheduleStore,
    name: string,
    everyMs: number,
    work: () => Promise<void>,
  ): Promise<void> {
    const began = clock.now();
    const holdMs = Math.max(HOLD_MS, everyMs);
    let until = began + holdMs;
    if (!(await rows.claim(name, began, until))) return;
    const prolong = setInterval(() => {
      const next = clock.now() + holdMs;
      rows.settle(name, until, next).then(
        (mine) => void (mine && (until = next)),
        () => undefined,
      );
    }, holdMs / 3);
    try {
      await carryOut(name, work);
    } finally {
      clearInterval(prolong);
      await rows.settle(name, until, began + everyMs);
    }
  }

  function begin(name: string, everyMs: number, work: () => Promise<void>): void {
    // Others' turns are noticed a fraction of the interval late at most.
    const lookMs = turns
      ? Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, everyMs / 4))
      : Math.max(SHORTEST_LOOK_MS, everyMs);
    let busy = false;
    const tick = (): void => {
      if (busy || state !== 'started') return;
      busy = true;
      const turn = outside(() => (turns ? takeTurn(turns, name, everyMs, work) : carryOut(name, work)))
        .catch((error: unknown) =>
          log.error({ name, error: nameOf(error) }, 'the turn of a schedule could not be taken'),
        )
        .finally(() => {
          busy = false;
          going.delete(turn);
        });
      going.add(turn);
    };
    const timer = setInterval(tick, lookMs);
    timer.unref();
    timers.add(timer);
    tick();
  }

  return {
    add(name, everyMs, work) {
      if (state === 'started') begin(name, everyMs, work);
      else waiting.push(() => begin(name, everyMs, work));
    },
    start() {
      state = 'started';
      for (const one of waiting.splice(0)) one();
    },
    async stop() {
      state = 'stopped';
      for (const timer of timers) clearInterval(timer);
      await Promise.allSettled(going);
    },
  };
}
