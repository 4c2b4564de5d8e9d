import type { Decision, FreezeRow, RequestRow, RequestState, Store } from '../../db/types.ts';
import { momentWords } from '../design/window-words.ts';
import { STATE_WORDS } from './decision-notes.ts';
import { blockers, type Accepted } from './preflight/blockers.ts';
import type { Actor, PreflightItem } from './types.ts';

/** Which decision led to a state, where one did. */
const LED_BY: Partial<Record<RequestState, Decision['action']>> = {
  running: 'approve',
  onboarded: 'approve',
  verified: 'approve',
  changed: 'approve',
  offboarded: 'approve',
  rejected: 'reject',
  cancelled: 'cancel',
};

/** What has become of a request, and through whom, as an answer to a click that came too late. */
export async function stateSentence(store: Store, request: RequestRow): Promise<string> {
  const action = LED_BY[request.state];
  const by = (await store.decisions.of(request.id))
    .filter((d) => d.action === action && d.revision === request.revision)
    .map((d) => `<@${d.user}>`);
  const whom = by.length > 0 ? ` (${[...new Set(by)].join(', ')})` : '';
  return `This request is ${STATE_WORDS[request.state]}${whom}.`;
}

/** Why no change may start now. */
export function frozenSentence(freeze: FreezeRow): string {
  const why = freeze.reason === '' ? '' : `: ${freeze.reason}`;
  return `Changes are frozen by <@${freeze.by}>${why}${/[.!?]$/.test(why) ? '' : '.'} Nothing starts until an approver runs \`/sse freeze off\`.`;
}

/** Why a plan that waits for its change window needs no further approval. */
export function waitsSentence(opensAt: number, approvers: ReadonlySet<string>, zone: string): string {
  const by = [...approvers].map((user) => `<@${user}>`).join(', ');
  return `This plan is approved already (${by}). Its change window opens ${momentWords(opensAt, zone)}.`;
}

/** Why a request with a change window has expired; undefined where it has none. */
export function missedWindow(request: RequestRow, isApproved: boolean): string | undefined {
  if (request.opensAt === undefined) return undefined;
  if (!isApproved) return 'Its change window closed before it was approved. Nothing was changed.';
  const why = request.reason === undefined ? '' : ` ${request.reason}`;
  return `It was approved, but its change window closed before it could start.${why} Nothing was changed; ask again.`;
}

export interface ApprovalQuestion {
  readonly request: RequestRow;
  readonly actor: Actor;
  readonly now: number;
  /** The revision that the approver's card showed. */
  readonly revision: number | undefined;
  readonly freeze: FreezeRow | undefined;
  /** Failures that approvers have accepted. */
  readonly held: Accepted;
}

/**
 * Why this person cannot approve this planned request now; undefined where he can. The requester and whoever edited the
 * plan last never count, whatever rights they have by now.
 */
export function whyNotApprovable(question: ApprovalQuestion): string | undefined {
  const { request, actor, now, revision, freeze, held } = question;
  if (request.requester === actor.user)
    return 'You asked for this change; a second person has to approve it.';
  if (request.lastEditor === actor.user) return 'You edited this plan last; somebody else has to approve it.';
  if (revision !== undefined && revision !== request.revision) {
    return 'The plan was edited after this card was drawn. Look at the plan as it is now, then decide.';
  }
  if (request.expiresAt <= now)
    return 'This request has expired. Ask for it again: the live state may have moved.';
  const blocking = blockers(request.preflight as unknown as readonly PreflightItem[], held);
  if (blocking.length > 0) {
    return `Preflight does not allow it (${blocking.map((b) => b.what).join(', ')}); this plan cannot be approved.`;
  }
  if (freeze?.isOn) return frozenSentence(freeze);
  return undefined;
}

/** Approvals that count for the plan as it is now. */
export function countedApprovers(request: RequestRow, decisions: readonly Decision[]): ReadonlySet<string> {
  return new Set(
    decisions
      .filter((d) => d.action === 'approve' && d.revision === request.revision && d.digest === request.digest)
      .map((d) => d.user)
      .filter((user) => user !== request.requester && user !== request.lastEditor),
  );
}
