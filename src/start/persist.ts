import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.ts';
import type { Readiness } from './readiness.ts';
import { StartRefused } from './start-refused.ts';

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 15_000;

export interface Persistence {
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told what is waited for. */
  readonly readiness: Pick<Readiness, 'waitsFor' | 'arrived'>;
}

/**
 * Tries until it works: what is away at start may come back. Ends early with {@link StartRefused}, which no waiting mends,
 * or with the signal's reason.
 */
export async function persist<T>(
  what: string,
  work: () => Promise<T>,
  { log, signal, readiness }: Persistence,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      const result = await work();
      readiness.arrived(what);
      return result;
    } catch (error) {
      if (error instanceof StartRefused) throw error;
      readiness.waitsFor(what);
      log.warn({ err: error, what, pauseMs }, 'not available at start, trying again');
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
