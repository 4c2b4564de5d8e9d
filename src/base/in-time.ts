import { setTimeout as sleep } from 'node:timers/promises';

/** What a work comes to if that is known within so many ms, else undefined. The work goes on; its failure after that belongs to whoever awaits it too. */
export async function inTime<T>(work: Promise<T>, withinMs: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(Math.max(0, withinMs), undefined, { signal: timer.signal }).catch(() => undefined);
  // Failing after its time it must not count as a failure that nobody handles.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
