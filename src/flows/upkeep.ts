import type { RequestRow } from '../../db/types.ts';
import { countedApprovers } from './approval-rules.ts';
import { blockers } from './preflight/blockers.ts';
import type { FlowParts } from './parts.ts';
import type { PreflightItem } from './types.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DRAFT_LIFE_MS = DAY_MS;
/** Slack repeats a delivery for an hour at most, and events of Mist are not acted on after a day. */
const DELIVERY_LIFE_MS = 3 * DAY_MS;
/** Seven years, leap days included. */
const AUDIT_LIFE_MS = 2557 * DAY_MS;
/** Reminds in the last quarter of a plan's life, an hour before its end at the earliest. */
const REMIND_SHARE = 1 / 4;

/** What goes on by itself at every sweep: reminders, and whatever is older than it is kept for is removed. */
export function createUpkeep({ store, clock, settings }: FlowParts): () => Promise<void> {
  let prunedAt = -Infinity;

  /** Once for each revision, whoever sweeps: a row says that it was done. */
  async function remind(): Promise<void> {
    const now = clock.now();
    const margin = Math.min(HOUR_MS, settings.approvalTtlMs * REMIND_SHARE);
    for (const request of await store.requests.planned()) {
      const due = remindBefore(request, margin);
      if (request.expiresAt <= now || due - now > margin) continue;
      if (blockers(request.preflight as unknown as readonly PreflightItem[]).length > 0) continue;
      const approvers = countedApprovers(request, await store.decisions.of(request.id));
      if (approvers.size >= settings.approvalsNeeded) continue;
      await store.transaction(async (tx) => {
        if (!(await tx.reminders.claim(request.id, request.revision, now))) return;
        await tx.outbox.add('card', request.id, now);
      });
    }
  }

  return async () => {
    await remind();
    const now = clock.now();
    await store.drafts.prune(now - DRAFT_LIFE_MS);
    if (now - prunedAt < HOUR_MS) return;
    prunedAt = now;
    await store.deliveries.prune(now - DELIVERY_LIFE_MS);
    await store.audit.prune(now - AUDIT_LIFE_MS, now);
  };
}

/** With a change window an approval is wanted before it opens; where it was open when it was asked for, before it closes. */
function remindBefore({ opensAt, expiresAt, createdAt }: RequestRow, margin: number): number {
  return opensAt !== undefined && opensAt - createdAt > margin ? opensAt : expiresAt;
}
