import type { RequestRow } from '../../db/types.ts';
import { countedApprovers } from './approval-rules.ts';
import { blockers } from './preflight/blockers.ts';
import type { FlowParts } from './parts.ts';
import { createRetention, RETENTION } from './retention.ts';
import type { PreflightItem } from './types.ts';

const HOUR_MS = 3_600_000;
/** Reminds in the last quarter of a plan's life, an hour before its end at the earliest. */
const REMIND_SHARE = 1 / 4;

/** What goes on by itself at every sweep: reminders, and whatever is older than it is kept for is removed. */
export function createUpkeep(parts: FlowParts): () => Promise<void> {
  const { store, clock, settings } = parts;
  const prune = createRetention(parts);
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
    await store.drafts.prune(now - RETENTION.draftsMs);
    if (now - prunedAt < HOUR_MS) return;
    prunedAt = now;
    await prune();
  };
}

/** With a change window an approval is wanted before it opens; where it was open when it was asked for, before it closes. */
function remindBefore({ opensAt, expiresAt, createdAt }: RequestRow, margin: number): number {
  return opensAt !== undefined && opensAt - createdAt > margin ? opensAt : expiresAt;
}
