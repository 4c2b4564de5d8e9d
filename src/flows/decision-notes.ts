import type { Decision, RequestRow, RequestState, Store } from '../../db/types.ts';
import type { Actor, DecisionAnswer } from './types.ts';

/** How a request stands, for whoever decides too late: `This request is …`. */
export const STATE_WORDS: Readonly<Record<RequestState, string>> = {
  planned: 'waiting for a decision',
  running: 'already approved and running',
  onboarded: 'already carried out',
  verified: 'already carried out and verified',
  changed: 'already carried out',
  offboarded: 'already carried out',
  rejected: 'already rejected',
  expired: 'expired',
  cancelled: 'already cancelled',
  void: 'void: the live state changed after it was planned',
  'needs-decision': 'waiting for Retry, Roll back or Keep',
  'rolled-back': 'already rolled back',
  failed: 'ended as failed',
};

export const accepted = (message: string): DecisionAnswer => ({ kind: 'accepted', message });
export const refused = (message: string): DecisionAnswer => ({ kind: 'refused', message });
export const UNKNOWN = refused('I do not know this request (any more). Start again with `/sse onboard`.');

/** How decisions are written down: the row that makes it count once, and the audit with the card's redrawing. */
export function decisionNotes(clock: { now(): number }) {
  return {
    decisionOf(request: RequestRow, actor: Actor, action: Decision['action'], reason?: string): Decision {
      return {
        requestId: request.id,
        revision: request.revision,
        digest: request.digest,
        user: actor.user,
        action,
        ...(reason !== undefined && { reason }),
        at: clock.now(),
      };
    },
    async note(tx: Store, request: RequestRow, actor: Actor, action: string, reason?: string): Promise<void> {
      await tx.audit.append({
        at: clock.now(),
        actor: actor.user,
        action,
        requestId: request.id,
        data: { digest: request.digest, revision: request.revision, ...(reason !== undefined && { reason }) },
      });
      await tx.outbox.add('card', request.id, clock.now());
    },
    /** The same about a request that is not there (any more), whoever made its ID up. */
    async unknown(tx: Store, actor: Actor, action: string, requestId: string): Promise<DecisionAnswer> {
      await tx.audit.append({
        at: clock.now(),
        actor: actor.user,
        action: `${action}.refused`,
        data: { why: 'unknown request', asked: requestId.slice(0, 60) },
      });
      return UNKNOWN;
    },
    /** A decision that does not count: written to the audit, and answered with why. */
    async refuse(
      tx: Store,
      actor: Actor,
      action: string,
      requestId: string,
      why: string,
    ): Promise<DecisionAnswer> {
      await tx.audit.append({
        at: clock.now(),
        actor: actor.user,
        action: `${action}.refused`,
        requestId,
        data: { why },
      });
      return refused(why);
    },
  };
}
