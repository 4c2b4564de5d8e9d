import type { Trouble } from './trouble.ts';

/** How often and how patiently a failed call is repeated. */
export interface RetryPolicy {
  /** Failed tries in a row after which it is final. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Wait after a 429 that does not say how long. */
  readonly rateLimitMs: number;
  /** Longest pause between tries that only time ends. */
  readonly patientMs: number;
  /** How long an undo that fails is repeated. */
  readonly undoMs: number;
}

/** Six tries over a good minute and a half: longer than a vendor's restart, shorter than a person's patience. */
export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 6,
  baseMs: 1000,
  factor: 3,
  maxMs: 60_000,
  rateLimitMs: 30_000,
  patientMs: 30_000,
  undoMs: 15 * 60_000,
};

/**
 * The same without a limit of tries, for waits with a deadline and for undos: giving up after a vendor's short outage would
 * turn the run back, or leave things behind, in the middle of that outage.
 */
export function untilTimeIsUp(policy: RetryPolicy): RetryPolicy {
  return { ...policy, attempts: Infinity, maxMs: Math.min(policy.maxMs, policy.patientMs) };
}

export type RetryVerdict =
  | { readonly kind: 'again'; readonly afterMs: number; readonly attempts: number }
  | { readonly kind: 'final' };

/**
 * What to do after a failed try, `attempts` of which failed before this one. Being rate-limited says nothing about the call: it
 * is not counted. An uncertain call is repeated even where its kind is not retryable, because the repetition begins with a
 * look. The wait is never shorter than the vendor asks; `random` in [0, 1) spreads the rest over its upper half.
 */
export function afterFailure(
  policy: RetryPolicy,
  trouble: Pick<Trouble, 'failure' | 'uncertain' | 'rateLimited' | 'retryAfterMs'>,
  attempts: number,
  random: number,
): RetryVerdict {
  const { failure, uncertain, rateLimited, retryAfterMs = 0 } = trouble;
  if (failure.code === 'flow.bug') return { kind: 'final' };
  if (rateLimited) {
    const waitMs = trouble.retryAfterMs ?? policy.rateLimitMs;
    return { kind: 'again', afterMs: Math.ceil(waitMs), attempts };
  }
  if (!failure.retryable && !uncertain) return { kind: 'final' };
  const failed = attempts + 1;
  if (failed >= policy.attempts) return { kind: 'final' };
  const full = Math.min(policy.maxMs, policy.baseMs * policy.factor ** attempts);
  const backoff = full * (0.5 + random / 2);
  return { kind: 'again', afterMs: Math.ceil(Math.max(backoff, retryAfterMs)), attempts: failed };
}
