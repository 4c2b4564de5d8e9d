const HOUR_MS = 3_600_000;

/** The published limit of a token; the real one is learnt from `/self/usage`. Source: Mist guide "Rate limiting". */
export const DEFAULT_HOURLY_LIMIT = 5000;

/** The calls of one token in the current hour, as far as this process knows. The count starts anew at each full hour (UTC). */
export interface Budget {
  /** Counts one call that is about to be sent. */
  count(): void;
  /** Mist said that the budget is used up. */
  exhausted(): void;
  /** What Mist itself reports; other users of the token show up here. A lower figure than our own count is not believed. */
  learn(reported: { readonly used: number; readonly limit: number }): void;
  usage(): { readonly used: number; readonly limit: number };
  /** Time until the count starts anew. */
  resetsInMs(): number;
  /** Whether fewer than `reserve` calls are left. */
  isBelow(reserve: number): boolean;
}

/** Several clients of one token share one budget. */
export function createBudget(now: () => number = Date.now): Budget {
  let hour = Math.floor(now() / HOUR_MS);
  let used = 0;
  let limit = DEFAULT_HOURLY_LIMIT;

  function roll(): void {
    const current = Math.floor(now() / HOUR_MS);
    if (current === hour) return;
    hour = current;
    used = 0;
  }

  return {
    count() {
      roll();
      used += 1;
    },
    exhausted() {
      roll();
      used = Math.max(used, limit);
    },
    learn(reported) {
      roll();
      used = Math.max(used, reported.used);
      if (reported.limit > 0) limit = reported.limit;
    },
    usage() {
      roll();
      return { used, limit };
    },
    resetsInMs: () => HOUR_MS - (now() % HOUR_MS),
    isBelow(reserve) {
      roll();
      return limit - used < reserve;
    },
  };
}
