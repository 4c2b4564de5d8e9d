import type { RequestRow, RequestState, Store } from '../../db/types.ts';
import {
  countedApprovers,
  missedWindow,
  stateSentence,
  waitsSentence,
  whyNotApprovable,
} from './approval-rules.ts';
import { momentWords } from '../design/window-words.ts';
import { beginRun, DeviceBusy } from './begin-run.ts';
import { accepted, decisionNotes } from './decision-notes.ts';
import type { Executor } from './engine/executor.ts';
import type { FlowParts } from './parts.ts';
import { acceptedOf } from './preflight/blockers.ts';
import type { RequestVerb } from './request-verb.ts';
import type { Actor, DecisionAnswer } from './types.ts';

/**
 * Decisions about requests. Each locks the request's row first and then is one compare-and-set: of many clicks, from however
 * many processes, exactly one takes effect, and each of the others is answered with what came of it and audited.
 */
export interface Decisions {
  approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer>;
  reject(actor: Actor, requestId: string, reason: string): Promise<DecisionAnswer>;
  cancel(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** Ends planned requests whose time is up. */
  expire(): Promise<void>;
}

interface Approval {
  readonly answer: DecisionAnswer;
  /** The run that was started, where this was the last approval. */
  readonly runId?: string;
}

/** Makes the decision flow over the rows of `parts.store`. */
export function createDecisions(
  parts: FlowParts,
  executor: Pick<Executor, 'wake'>,
  verbOf: (name: string) => RequestVerb,
): Decisions {
  const { store, clock, settings } = parts;

  const { decisionOf, note, refuse, unknown } = decisionNotes(clock);

  async function approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer> {
    const { answer, runId }: Approval = await store
      .transaction(async (tx): Promise<Approval> => {
        const request = await tx.requests.lock(requestId);
        if (!request) return { answer: await unknown(tx, actor, 'approve', requestId) };
        const no = async (why: string): Promise<Approval> => ({
          answer: await refuse(tx, actor, 'approve', requestId, why),
        });
        if (request.state !== 'planned') return no(await stateSentence(tx, request));
        const freeze = await tx.freezes.get();
        const why = whyNotApprovable({
          request,
          actor,
          now: clock.now(),
          revision,
          freeze,
          held: acceptedOf(request, await tx.decisions.of(requestId)),
        });
        if (why !== undefined) return no(why);
        const before = countedApprovers(request, await tx.decisions.of(requestId));
        if (request.opensAt !== undefined && before.size >= settings.approvalsNeeded) {
          return no(waitsSentence(request.opensAt, before, settings.timeZone));
        }
        if (!(await tx.decisions.record(decisionOf(request, actor, 'approve')))) {
          return no('You have approved this already.');
        }
        const got = countedApprovers(request, await tx.decisions.of(requestId)).size;
        if (got >= settings.approvalsNeeded) return begin(tx, request, actor);
        await note(tx, request, actor, 'approve');
        const missing = settings.approvalsNeeded - got;
        const so = `Approved: ${got} of ${settings.approvalsNeeded}`;
        return {
          answer: accepted(
            `${so}. ${missing} more ${missing === 1 ? 'approval is' : 'approvals are'} needed.`,
          ),
        };
      })
      .catch((error: unknown): Promise<Approval> => {
        if (!(error instanceof DeviceBusy)) throw error;
        return store.transaction(async (tx) => ({
          answer: await refuse(tx, actor, 'approve', requestId, BLOCKED),
        }));
      });
    if (runId !== undefined) executor.wake(runId);
    return answer;
  }

  /** The last approval: the run begins, or the change window is waited for. */
  async function begin(tx: Store, request: RequestRow, actor: Actor): Promise<Approval> {
    await note(tx, request, actor, 'approve');
    const { opensAt } = request;
    if (opensAt !== undefined && opensAt > clock.now()) {
      const when = momentWords(opensAt, settings.timeZone);
      return { answer: accepted(`Approved. It starts ${when}; until then it can be cancelled.`) };
    }
    const runId = await beginRun(tx, request, verbOf(request.verb), clock.now());
    return { answer: accepted('Approved. The run has started; the card shows each step.'), runId };
  }

  async function end(
    actor: Actor,
    requestId: string,
    action: 'reject' | 'cancel',
    to: RequestState,
    reason: string | undefined,
    done: string,
  ): Promise<DecisionAnswer> {
    return store.transaction(async (tx) => {
      const request = await tx.requests.lock(requestId);
      if (!request) return unknown(tx, actor, action, requestId);
      if (action === 'cancel' && request.requester !== actor.user) {
        const why = `Only the requester (<@${request.requester}>) can cancel; an approver can reject.`;
        return refuse(tx, actor, action, requestId, why);
      }
      const moved = await tx.requests.move(requestId, ['planned'], to, {
        decidedAt: clock.now(),
        ...(reason !== undefined && { reason }),
      });
      if (!moved) return refuse(tx, actor, action, requestId, await stateSentence(tx, request));
      await tx.decisions.record(decisionOf(request, actor, action, reason));
      await tx.registry.release(requestId);
      await note(tx, request, actor, action, reason);
      return accepted(done);
    });
  }

  return {
    approve,
    reject: (actor, id, reason) => end(actor, id, 'reject', 'rejected', reason, 'Rejected.'),
    cancel: (actor, id) => end(actor, id, 'cancel', 'cancelled', undefined, 'Cancelled.'),
    async expire() {
      for (const { id } of await store.requests.expired(clock.now())) {
        await store.transaction(async (tx) => {
          const request = await tx.requests.lock(id);
          // Edited meanwhile, it has a later end.
          if (!request || request.expiresAt > clock.now()) return;
          const got = countedApprovers(request, await tx.decisions.of(id)).size;
          const reason = missedWindow(request, got >= settings.approvalsNeeded);
          const ended = { decidedAt: clock.now(), ...(reason !== undefined && { reason }) };
          if (!(await tx.requests.move(id, ['planned'], 'expired', ended))) return;
          await tx.registry.release(id);
          await note(tx, request, { user: 'bot', teamId: request.teamId }, 'expire', reason);
        });
      }
    },
  };
}

const BLOCKED =
  'Another run is changing this device. Nothing was started; approve again when it is finished.';
