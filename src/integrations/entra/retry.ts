import { setTimeout as sleep } from 'node:timers/promises';
import type { RemoteError } from '../../base/failure.ts';

/** How often a call is sent at most. */
export const MAX_TRIES = 3;
/** A longer wait is not spent here: the failure goes back with `retryAfterMs`, and the run waits without holding a call. */
const LONGEST_WAIT_MS = 10_000;
const FIRST_WAIT_MS = 250;

/** How one try ended. `again`: sending the same once more is safe and may help. */
export type Tried<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RemoteError; readonly again: boolean };

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date; undefined where it says neither. */
export function readRetryAfter(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,6}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse takes nearly anything; an HTTP date begins with the name of a day.
  const at = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** The wait before the next try: what the vendor asked for, else growing with jitter; undefined = not worth waiting here. */
export function pauseAfter(attempt: number, failure: RemoteError): number | undefined {
  if (failure.retryAfterMs !== undefined) {
    return failure.retryAfterMs <= LONGEST_WAIT_MS ? failure.retryAfterMs : undefined;
  }
  const base = FIRST_WAIT_MS * 4 ** (attempt - 1);
  return base / 2 + Math.random() * (base / 2);
}

/** Tries up to {@link MAX_TRIES} times, then throws the last failure; an aborted `signal` ends the waiting with it. */
export async function withRetries<T>(
  once: (attempt: number) => Promise<Tried<T>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = await once(attempt);
    if (tried.ok) return tried.value;
    const pause = tried.again && attempt < MAX_TRIES ? pauseAfter(attempt, tried.failure) : undefined;
    if (pause === undefined || signal?.aborted) throw tried.failure;
    try {
      await sleep(pause, undefined, signal ? { signal } : {});
    } catch {
      throw tried.failure;
    }
  }
}
