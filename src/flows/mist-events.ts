import type { MistEvent } from '../integrations/mist/webhook.ts';
import type { FlowParts } from './parts.ts';

/** A run is not looked at more often than this on account of events, however many there are. */
const SHORTEST_PAUSE_MS = 1000;

/**
 * What Mist tells by itself: each event counts once, over all processes, and runs at its site look again at once, or right after the
 * look that goes on. Facts are read from the vendors as before, never taken from an event.
 */
export function createMistEvents(
  { store, clock }: Pick<FlowParts, 'store' | 'clock'>,
  wake: (runId: string) => void,
): (events: readonly MistEvent[]) => Promise<void> {
  const nudge = atMostEvery(SHORTEST_PAUSE_MS, wake);

  async function nudgeAt(sites: ReadonlySet<string>): Promise<void> {
    for (const run of await store.runs.unfinished()) {
      // A second look waits for a rekey, which no event tells of.
      if (run.state === 'needs-decision' || run.kind !== 'change') continue;
      const request = await store.requests.get(run.requestId);
      if (request && sites.has(request.siteId)) nudge(run.id);
    }
  }

  return async (events) => {
    const fresh = await store.transaction(async (tx) => {
      const found: MistEvent[] = [];
      for (const event of events) {
        if (await tx.deliveries.isFirst('mist', event.key, clock.now())) found.push(event);
      }
      return found;
    });
    if (fresh.length > 0) await nudgeAt(new Set(fresh.map((event) => event.siteId)));
  };
}

/** The first for a run at once, and of those that follow within the pause one at its end: none is lost. */
function atMostEvery(pauseMs: number, work: (runId: string) => void): (runId: string) => void {
  /** Runs within their pause, and whether another nudge came meanwhile. */
  const resting = new Map<string, boolean>();
  return function nudge(runId) {
    if (resting.has(runId)) {
      resting.set(runId, true);
      return;
    }
    resting.set(runId, false);
    work(runId);
    setTimeout(() => {
      const isWanted = resting.get(runId) === true;
      resting.delete(runId);
      if (isWanted) nudge(runId);
    }, pauseMs).unref();
  };
}
