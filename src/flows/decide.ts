import { randomUUID } from 'node:crypto';
import type { RequestRow, RequestState } from '../../db/types.ts';
import { accepted, decisionNotes, refused, STATE_WORDS, UNKNOWN } from './decision-notes.ts';
import type { Executor } from './engine/executor.ts';
import type { FlowParts } from './parts.ts';
import type { Plan } from './plan/types.ts';
import { acceptedOf, blockers, type Accepted } from './preflight/blockers.ts';
import type { RequestVerb } from './request-verb.ts';
import type { Actor, DecisionAnswer, PreflightItem } from './types.ts';

/** Decisions about requests. Each is one compare-and-set on rows: of many clicks exactly one takes effect. */
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

  const { decisionOf, note } = decisionNotes(clock);

  async function approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer> {
    const { answer, runId }: Approval = await store
      .transaction(async (tx): Promise<Approval> => {
        const request = await tx.requests.get(requestId);
        if (!request) return { answer: UNKNOWN };
        const held = acceptedOf(request, await tx.decisions.of(requestId));
        const why = whyNotApprovable(request, actor, clock.now(), revision, held);
        if (why) {
          await tx.audit.append({
            at: clock.now(),
            actor: actor.user,
            action: 'approve.refused',
            requestId,
            data: { why },
          });
          return { answer: refused(why) };
        }
        const plan = request.plan as unknown as Plan;
        if (!(await tx.decisions.record(decisionOf(request, actor, 'approve')))) {
          return { answer: refused('You have approved this already.') };
        }
        const approvers = new Set(
          (await tx.decisions.of(requestId))
            .filter(
              (d) => d.action === 'approve' && d.revision === request.revision && d.digest === request.digest,
            )
            .map((d) => d.user),
        );
        const missing = settings.approvalsNeeded - approvers.size;
        if (missing > 0) {
          await note(tx, request, actor, 'approve');
          return { answer: accepted(`Approved. ${missing} more approval(s) needed.`) };
        }
        const run = {
          id: randomUUID(),
          requestId,
          kind: 'change' as const,
          state: 'active' as const,
          planVersion: request.planVersion,
          epoch: 0,
          leaseUntil: 0,
          startedAt: clock.now(),
        };
        const { blockedBy } = await tx.runs.create(
          run,
          plan.operations.map((o) => o.id),
          plan.locks,
        );
        if (blockedBy) throw new Blocked(`lock ${blockedBy.key} is held`);
        await verbOf(request.verb).started?.(tx, request);
        await tx.requests.move(
          requestId,
          ['planned'],
          'running',
          { decidedAt: clock.now() },
          request.revision,
        );
        await note(tx, request, actor, 'approve');
        return {
          answer: accepted('Approved. The run has started; the card shows each step.'),
          runId: run.id,
        };
      })
      .catch((error: unknown): Approval => {
        if (error instanceof Blocked) return { answer: refused(BLOCKED) };
        throw error;
      });
    if (runId !== undefined) executor.wake(runId);
    return answer;
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
      const request = await tx.requests.get(requestId);
      if (!request) return UNKNOWN;
      const moved = await tx.requests.move(requestId, ['planned'], to, {
        decidedAt: clock.now(),
        ...(reason !== undefined && { reason }),
      });
      if (!moved) return refused(`This request is ${STATE_WORDS[request.state]}.`);
      await tx.decisions.record(decisionOf(request, actor, action, reason));
      await tx.registry.release(requestId);
      await note(tx, request, actor, action, reason);
      return accepted(done);
    });
  }

  return {
    approve,
    reject: (actor, id, reason) => end(actor, id, 'reject', 'rejected', reason, 'Rejected.'),
    async cancel(actor, id) {
      const request = await store.requests.get(id);
      if (request && request.requester !== actor.user) {
        return refused(`Only the requester (<@${request.requester}>) can cancel; an approver can reject.`);
      }
      return end(actor, id, 'cancel', 'cancelled', undefined, 'Cancelled.');
    },
    async expire() {
      for (const request of await store.requests.expired(clock.now())) {
        await store.transaction(async (tx) => {
          if (!(await tx.requests.move(request.id, ['planned'], 'expired', { decidedAt: clock.now() })))
            return;
          await tx.registry.release(request.id);
          await note(tx, request, { user: 'bot', teamId: request.teamId }, 'expire');
        });
      }
    },
  };
}

const BLOCKED =
  'Another run is changing this device. Nothing was started; approve again when it is finished.';

/** Rolls an approval's transaction back where another run holds the device. */
class Blocked extends Error {}

/** Why this person cannot approve this request now; undefined where he can. */
function whyNotApprovable(
  request: RequestRow,
  actor: Actor,
  now: number,
  revision: number | undefined,
  held: Accepted,
): string | undefined {
  if (request.state !== 'planned') return `This request is ${STATE_WORDS[request.state]}.`;
  if (request.requester === actor.user)
    return 'You asked for this change; a second person has to approve it.';
  if (revision !== undefined && revision !== request.revision) {
    return 'The plan was edited after this card was drawn. Look at the plan as it is now, then decide.';
  }
  if (request.expiresAt <= now)
    return 'This request has expired. Ask for it again: the live state may have moved.';
  const blocking = blockers(request.preflight as unknown as readonly PreflightItem[], held);
  if (blocking.length > 0) {
    return `Preflight does not allow it (${blocking.map((b) => b.what).join(', ')}); this plan cannot be approved.`;
  }
  return undefined;
}
