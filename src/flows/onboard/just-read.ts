/** What is older is read again. What it stands in for comes right after it, with one write of the journal between. */
const FRESH_MS = 2_000;

/** What one part of a run has read a moment ago, for the part that follows at once. Memory only: after a crash it is read again. */
export interface JustRead<T> {
  keep(runId: string, value: T): void;
  /** Once; undefined where nothing was kept or it has become old. */
  take(runId: string): T | undefined;
}

/** Keeps at most one value a run, and none for longer than it is fresh: it may hold other people's keys. */
export function createJustRead<T>(clock: { now(): number }): JustRead<T> {
  const kept = new Map<string, { readonly value: T; readonly at: number }>();
  return {
    keep(runId, value) {
      const entry = { value, at: clock.now() };
      kept.set(runId, entry);
      setTimeout(() => {
        if (kept.get(runId) === entry) kept.delete(runId);
      }, FRESH_MS).unref();
    },
    take(runId) {
      const entry = kept.get(runId);
      kept.delete(runId);
      return entry && clock.now() - entry.at < FRESH_MS ? entry.value : undefined;
    },
  };
}
