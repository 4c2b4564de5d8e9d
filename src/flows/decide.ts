import { randomUUID } from 'node:crypto';
import type { Decision, RequestRow, RequestState, RunRow, Store } from '../../db/types.ts';
import type { Executor } from './engine/executor.ts';
import { LEFT_BEHIND } from './engine/unwind.ts';
import { OP } from './onboard/outputs.ts';
import type { FlowParts } from './parts.ts';
import type { Plan } from './plan/types.ts';
import { blockers } from './preflight/blockers.ts';
import type { Actor, DecisionAnswer, PreflightItem } from './types.ts';

/** Decisions about requests and runs. Each is one compare-and-set on rows: of many clicks exactly one takes effect. */
export interface Decisions {
  approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer>;
  reject(actor: Actor, requestId: string, reason: string): Promise<DecisionAnswer>;
  cancel(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  retry(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  rollBack(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  keep(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** Ends planned requests whose time is up. */
  expire(): Promise<void>;
}

const STATE_WORDS: Readonly<Record<RequestState, string>> = {
  planned: 'waiting for a decision',
  running: 'already approved and running',
  onboarded: 'already carried out',
  verified: 'already carried out and verified',
  rejected: 'already rejected',
  expired: 'expired',
  cancelled: 'already cancelled',
  void: 'void: the live state changed after it was planned',
  'needs-decision': 'waiting for Retry, Roll back or Keep',
  'rolled-back': 'already rolled back',
  failed: 'ended as failed',
};

interface Approval {
  readonly answer: DecisionAnswer;
  /** The run that was started, where this was the last approval. */
  readonly runId?: string;
}

const accepted = (message: string): DecisionAnswer => ({ kind: 'accepted', message });
const refused = (message: string): DecisionAnswer => ({ kind: 'refused', message });
const UNKNOWN = refused('I do not know this request (any more). Start again with `/sse onboard`.');

/** Makes the decision flow over the rows of `parts.store`. */
export function createDecisions(
  parts: FlowParts,
  executor: Pick<Executor, 'retry' | 'rollBack' | 'keep' | 'wake'>,
): Decisions {
  const { store, clock, settings } = parts;

  function decisionOf(
    request: RequestRow,
    actor: Actor,
    action: Decision['action'],
    reason?: string,
  ): Decision {
    return {
      requestId: request.id,
      revision: request.revision,
      digest: request.digest,
      user: actor.user,
      action,
      ...(reason !== undefined && { reason }),
      at: clock.now(),
    };
  }

  async function note(
    tx: Store,
    request: RequestRow,
    actor: Actor,
    action: string,
    reason?: string,
  ): Promise<void> {
    await tx.audit.append({
      at: clock.now(),
      actor: actor.user,
      action,
      requestId: request.id,
      data: { digest: request.digest, revision: request.revision, ...(reason !== undefined && { reason }) },
    });
    await tx.outbox.add('card', request.id, clock.now());
  }

  async function approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer> {
    const { answer, runId }: Approval = await store
      .transaction(async (tx): Promise<Approval> => {
        const request = await tx.requests.get(requestId);
        if (!request) return { answer: UNKNOWN };
        const why = whyNotApprovable(request, actor, clock.now(), revision);
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

  /** Retry, Roll back and Keep: the parked run gets its new state, the request follows, then the run is looked at. */
  async function resolve(
    actor: Actor,
    requestId: string,
    action: 'retry' | 'rollback' | 'keep',
  ): Promise<DecisionAnswer> {
    const outcome = await store
      .transaction(async (tx): Promise<DecisionAnswer | { readonly look: string }> => {
        const request = await tx.requests.get(requestId);
        if (!request) return UNKNOWN;
        if (request.state !== 'needs-decision') {
          return refused(`This request is ${STATE_WORDS[request.state]}; there is nothing to decide.`);
        }
        const runs = await tx.runs.ofRequest(requestId);
        const parked = runs.find((r) => r.state === 'needs-decision') ?? runs.find((r) => r.state === 'kept');
        const change = runs.find((r) => r.kind === 'change');
        if (!parked || !change) return UNKNOWN;
        await decideRun(parked, change, action);
        await tx.decisions.record(decisionOf(request, actor, action));
        await moveRequest(tx, request, change, action);
        await note(tx, request, actor, action);
        return { look: action === 'rollback' ? change.id : parked.id };
      })
      .catch((error: unknown) => {
        if (error instanceof NotDecided) return refused(error.message);
        throw error;
      });
    if ('kind' in outcome) return outcome;
    executor.wake(outcome.look);
    const words = {
      retry: 'Trying again.',
      rollback: 'Rolling back, in reverse order.',
      keep: 'Kept as it is.',
    };
    return accepted(`${words[action]} The card follows.`);
  }

  /** The run's own compare-and-set; a second look that is rolled back ends, and its change is unwound instead. */
  async function decideRun(
    parked: RunRow,
    change: RunRow,
    action: 'retry' | 'rollback' | 'keep',
  ): Promise<void> {
    const isSecondLook = parked.kind === 'second-look';
    const taken =
      action === 'retry'
        ? await executor.retry(parked.id)
        : action === 'keep' || isSecondLook
          ? await executor.keep(parked.id)
          : await executor.rollBack(parked.id);
    if (!taken)
      throw new NotDecided(
        parked.state === 'kept' && action === 'keep'
          ? 'It is kept already.'
          : 'Somebody else has just decided, or another run holds this device.',
      );
    if (isSecondLook && action === 'rollback' && !(await executor.rollBack(change.id))) {
      throw new NotDecided('Another run holds this device; try again when it is finished.');
    }
  }

  async function moveRequest(tx: Store, request: RequestRow, change: RunRow, action: string): Promise<void> {
    const from: RequestState[] = ['needs-decision'];
    if (action !== 'keep') await tx.requests.move(request.id, from, 'running', { reason: null });
    else if (change.failure?.code === LEFT_BEHIND) {
      await tx.requests.move(request.id, from, 'needs-decision', { reason: `Kept. ${change.failure.hint}` });
    } else if (await isCutOver(tx, change.id)) {
      await tx.requests.move(request.id, from, 'onboarded', { reason: KEPT_IN_USE });
    } else {
      // Still open: the site is neither connected nor as before, so Retry and Roll back stay on the card.
      await tx.requests.move(request.id, from, 'needs-decision', { reason: KEPT_UNUSED });
    }
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
    retry: (actor, id) => resolve(actor, id, 'retry'),
    rollBack: (actor, id) => resolve(actor, id, 'rollback'),
    keep: (actor, id) => resolve(actor, id, 'keep'),
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

const KEPT_UNUSED = 'Kept without the cutover: the configuration stays on both sides, no traffic uses it.';
const KEPT_IN_USE = 'Kept in use although the second look failed.';

/** Rolls the decision's transaction back; the message is for the person who clicked. */
class NotDecided extends Error {}

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
): string | undefined {
  if (request.state !== 'planned') return `This request is ${STATE_WORDS[request.state]}.`;
  if (request.requester === actor.user)
    return 'You asked for this change; a second person has to approve it.';
  if (revision !== undefined && revision !== request.revision) {
    return 'The plan was edited after this card was drawn. Look at the plan as it is now, then decide.';
  }
  if (request.expiresAt <= now)
    return 'This request has expired. Ask for it again: the live state may have moved.';
  const blocking = blockers(request.preflight as unknown as readonly PreflightItem[]);
  if (blocking.length > 0) {
    return `Preflight does not allow it (${blocking.map((b) => b.what).join(', ')}); this plan cannot be approved.`;
  }
  return undefined;
}

async function isCutOver(store: Store, runId: string): Promise<boolean> {
  const step = (await store.runs.steps(runId)).find((s) => s.opId === OP.policy);
  // Not undone for certain: traffic may use it.
  return step?.state === 'done' || step?.state === 'undoing' || step?.uncertain === true;
}
