import type { FlowParts } from './parts.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long each kind of row is kept; docs/operations.md says the same to people. */
export const RETENTION = {
  /** What a form was filled in with. */
  draftsMs: DAY_MS,
  /** Slack repeats a delivery for an hour at most, and events of Mist are not acted on after a day. */
  deliveriesMs: 3 * DAY_MS,
  /** Readings one by one; after that the last of each hour. */
  observationsRawMs: 30 * DAY_MS,
  observationsMs: 365 * DAY_MS,
  /** Seven years, leap days included: the audit, and the requests, runs and journals that it tells of. */
  auditMs: 2557 * DAY_MS,
} as const;

/** Rows that one transaction removes: others wait for it. */
const AT_ONCE = 50;
/** Of one turn; what is left is removed at the next. */
const MOST_TURNS = 20;

/** Removes what is older than it is kept for. What is live or owned stays, however old. */
export function createRetention({ store, clock }: Pick<FlowParts, 'store' | 'clock'>): () => Promise<void> {
  return async () => {
    const now = clock.now();
    await store.deliveries.prune(now - RETENTION.deliveriesMs);
    await store.retention.observations(now - RETENTION.observationsRawMs, now - RETENTION.observationsMs);
    await pruneRequests(now);
    await store.audit.prune(now - RETENTION.auditMs, now);
  };

  async function pruneRequests(now: number): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const removed = await store.transaction(async (tx) => {
        const ids = await tx.retention.requests(now - RETENTION.auditMs, AT_ONCE);
        if (ids.length > 0) {
          await tx.audit.append({
            at: now,
            actor: 'bot',
            action: 'requests.pruned',
            data: { removed: ids.length, ids: [...ids] },
          });
        }
        return ids.length;
      });
      if (removed < AT_ONCE) return;
    }
  }
}
