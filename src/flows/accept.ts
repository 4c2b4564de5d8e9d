import type { RequestRow } from '../../db/types.ts';
import { accepted, decisionNotes, STATE_WORDS } from './decision-notes.ts';
import type { FlowParts } from './parts.ts';
import { acceptable, acceptedOf, type Accepted } from './preflight/blockers.ts';
import type { Actor, DecisionAnswer, PreflightItem } from './types.ts';

export type Accept = (actor: Actor, requestId: string, revision?: number) => Promise<DecisionAnswer>;

/**
 * An approver accepts what a check has found and only that check keeps the plan from being approved. It is a decision of its own, bound to
 * the revision and the digest like an approval, and it approves nothing: the card gets its Approve. Never the requester's to give.
 */
export function createAccept({ store, clock }: Pick<FlowParts, 'store' | 'clock'>): Accept {
  const { decisionOf, note, refuse, unknown } = decisionNotes(clock);
  return (actor, requestId, revision) =>
    store.transaction(async (tx) => {
      const request = await tx.requests.lock(requestId);
      if (!request) return unknown(tx, actor, 'accept', requestId);
      const held = acceptedOf(request, await tx.decisions.of(requestId));
      const why = whyNot(request, actor, clock.now(), revision, held);
      if (why !== undefined) return refuse(tx, actor, 'accept', requestId, why);
      const items = acceptable(preflightOf(request), held);
      const reason = items.map((item) => `${item.id}: ${item.seen}`).join('\n');
      await tx.decisions.record(decisionOf(request, actor, 'accept', reason));
      await note(tx, request, actor, 'accept', reason);
      return accepted('Accepted and noted. Nothing is approved by it: the card has its Approve now.');
    });
}

function whyNot(
  request: RequestRow,
  actor: Actor,
  now: number,
  revision: number | undefined,
  held: Accepted,
): string | undefined {
  if (request.state !== 'planned') return `This request is ${STATE_WORDS[request.state]}.`;
  if (request.requester === actor.user) return 'You asked for this change; a second person has to accept it.';
  if (revision !== undefined && revision !== request.revision) {
    return 'The plan was edited after this card was drawn. Look at what is found now, then decide.';
  }
  if (request.expiresAt <= now) return 'This request has expired. Ask for it again.';
  if (held.size > 0) return 'This is accepted already.';
  if (acceptable(preflightOf(request), held).length === 0) {
    return 'There is nothing here that could be accepted; what failed has to be mended.';
  }
  return undefined;
}

function preflightOf(request: RequestRow): readonly PreflightItem[] {
  return request.preflight as unknown as readonly PreflightItem[];
}
