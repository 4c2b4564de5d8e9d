const MOST_SKEW_MS = 60_000;
/** So often the same warning is written at most. */
const WARN_EVERY_MS = 3_600_000;
/** A `Date` header has whole seconds and is as old as the answer's way. */
const FRESH_MS = 10_000;

/** How far the clock of this machine is from those of the vendors, by the `Date` header of their answers. */
export interface ClockWatch {
  /** One answer: the vendor's time, ours at its arrival, and how long the call took; epoch ms. */
  saw(system: string, answer: { readonly dateMs: number; readonly atMs: number; readonly ms: number }): void;
  /** Milliseconds that this machine is ahead (behind: negative), by system; only what was seen. */
  skews(): Readonly<Record<string, number>>;
  /** What is wrong now, one sentence per system; empty where nothing is. */
  warnings(): readonly string[];
}

export interface ClockWatchOptions {
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

export function createClockWatch({ warn }: ClockWatchOptions): ClockWatch {
  const skews = new Map<string, number>();
  const warnedAt = new Map<string, number>();

  return {
    saw(system, { dateMs, atMs, ms }) {
      // Of a slow answer nobody knows when it was dated.
      if (ms > FRESH_MS) return;
      const skewMs = atMs - dateMs;
      skews.set(system, skewMs);
      if (!isWrong(skewMs)) {
        warnedAt.delete(system);
        return;
      }
      const last = warnedAt.get(system);
      if (last !== undefined && Math.abs(atMs - last) < WARN_EVERY_MS) return;
      warnedAt.set(system, atMs);
      warn(
        { system, skewSeconds: Math.round(skewMs / 1000) },
        'the clock of this machine is more than 60 s off',
      );
    },
    skews: () => Object.fromEntries(skews),
    warnings: () =>
      [...skews].flatMap(([system, skewMs]) => {
        if (!isWrong(skewMs)) return [];
        const seconds = Math.round(Math.abs(skewMs) / 1000);
        const way = skewMs > 0 ? 'ahead of' : 'behind';
        return [`the clock of this machine is ${seconds} s ${way} ${system}'s; check NTP`];
      }),
  };
}

function isWrong(skewMs: number): boolean {
  return Math.abs(skewMs) > MOST_SKEW_MS;
}
