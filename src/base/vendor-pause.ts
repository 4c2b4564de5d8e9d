/** A longer wait is not believed: asking once an hour harms nobody, and a wrong header must not stop everything for days. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Until when a vendor asked not to be called (Retry-After of a 429), for everything that calls it with one token. */
export interface VendorPause {
  /** The vendor asked for so many milliseconds, counted from now; at most an hour is kept. The later end wins. */
  ask(waitMs: number): void;
  /** Another process was asked to wait until then (epoch ms). */
  learn(untilMs: number): void;
  /** Milliseconds that are left; 0 where it may be called. */
  leftMs(): number;
  /** End of the last pause, epoch ms; 0 where there never was one. */
  until(): number;
  /** Called after each {@link VendorPause.ask}, so that other processes hear of it soon. */
  onAsked(listener: () => void): void;
}

/** Several clients of one token share one pause. */
export function createVendorPause(now: () => number = Date.now): VendorPause {
  let until = 0;
  const listeners: (() => void)[] = [];

  function learn(untilMs: number): void {
    until = Math.max(until, Math.min(untilMs, now() + LONGEST_PAUSE_MS));
  }

  return {
    ask(waitMs) {
      if (waitMs <= 0) return;
      learn(now() + waitMs);
      for (const listener of listeners) listener();
    },
    learn,
    leftMs: () => Math.max(0, until - now()),
    until: () => until,
    onAsked: (listener) => void listeners.push(listener),
  };
}
