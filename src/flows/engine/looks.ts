import { AsyncLocalStorage } from 'node:async_hooks';
import { framesOf, nameOf } from './trouble.ts';
import type { EngineLog } from './work.ts';

/** What a dispatcher is started with. */
export type LookAt = (runId: string, stopping: AbortSignal) => Promise<void>;

const LONGEST_RETRY_MS = 30_000;

/** The looks that go on in this process: never two at once at one run; a broken one is left alone for a while. */
export interface Looks {
  /** Looks now, or again after the look that goes on. Nothing once stopped. */
  launch(runId: string): void;
  isRunning(runId: string): boolean;
  /** Whether its last look broke and its pause is not over. */
  isHeld(runId: string, now: number): boolean;
  /** Runs outside of whatever transaction the caller is in. */
  outside<T>(work: () => T): T;
  readonly stopping: AbortSignal;
  /** Aborts, then waits until the looks that are going on have come to a safe point. */
  stop(): Promise<void>;
}

export interface LooksOptions {
  readonly clock: { now(): number };
  readonly log: EngineLog;
  /** First pause after a look that broke; doubled up to 30 s. */
  readonly retryMs: number;
  readonly look: LookAt;
  /** A look has ended and no other at the same run follows at once. */
  readonly onEnd: (runId: string) => void;
}

export function createLooks({ clock, log, retryMs, look, onEnd }: LooksOptions): Looks {
  // Looks never run in the caller's context: a wake-up may come from inside a transaction, which they must not join.
  const outside = AsyncLocalStorage.snapshot();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const broken = new Map<string, { readonly times: number; readonly until: number }>();

  function launch(runId: string): void {
    if (stopping.signal.aborted) return;
    if (running.has(runId)) {
      again.add(runId);
      return;
    }
    const going = outside(async () => {
      // Not before it is known to be running: a look may wake its own run.
      await Promise.resolve();
      try {
        await look(runId, stopping.signal);
        broken.delete(runId);
      } catch (error) {
        const times = (broken.get(runId)?.times ?? 0) + 1;
        const pauseMs = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (times - 1));
        broken.set(runId, { times, until: clock.now() + pauseMs });
        log.error({ runId, times, error: nameOf(error), frames: framesOf(error) }, 'a look at a run broke');
      }
    }).then(() => {
      running.delete(runId);
      if (again.delete(runId)) launch(runId);
      else onEnd(runId);
    });
    running.set(runId, going);
  }

  return {
    launch,
    isRunning: (runId) => running.has(runId),
    isHeld: (runId, now) => (broken.get(runId)?.until ?? 0) > now,
    outside: (work) => outside(work),
    stopping: stopping.signal,
    async stop() {
      stopping.abort();
      await Promise.allSettled(running.values());
    },
  };
}
