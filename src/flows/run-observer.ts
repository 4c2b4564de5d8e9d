import type { RequestRow, RequestState, RunRow, StepRow, Store } from '../../db/types.ts';
import { CANCELLED } from './engine/cancelled.ts';
import type { RunObserver } from './engine/types.ts';
import { MOVED } from './engine/moved.ts';
import { anewId } from './anew-id.ts';
import { onboardEnd } from './onboard/onboard-end.ts';
import type { FlowSettings } from './parts.ts';
import type { RunEnd } from './request-verb.ts';
import { WINDOW_CLOSED } from './window/window-guard.ts';
import { auditStep } from './step-audit.ts';

/**
 * Carries a run's end over to its request, its site and the registry, in the transaction that ends the run; what the end
 * means is the verb's. Every change leaves an outbox row, from which the card is drawn.
 */
export function createRunObserver(
  settings: FlowSettings,
  clock: { now(): number },
  verbs: Readonly<Record<string, RunEnd>> = { onboard: onboardEnd(settings, clock) },
): RunObserver {
  async function finishChange(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<void> {
    switch (run.state) {
      case 'succeeded':
        return succeeded(store, run, steps, request);
      case 'needs-decision':
        await move(store, request, 'needs-decision', run.failure?.hint);
        return;
      case 'rolled-back':
      case 'failed':
        return ended(store, run, request);
      case 'active':
      case 'unwinding':
      case 'kept':
        return;
    }
  }

  async function succeeded(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<void> {
    const end = await endOf(request).succeeded(store, run, steps, request);
    if (end.outcome !== undefined) await store.requests.setOutcome(request.id, end.outcome);
    await move(store, request, end.state, end.reason);
  }

  async function ended(store: Store, run: RunRow, request: RequestRow): Promise<void> {
    const state = endedAs(run);
    await move(store, request, state, state === 'void' ? await whyVoid(store, run) : run.failure?.hint);
    await endOf(request).ended?.(store, run, request);
  }

  /** A request is never stored under a verb that has no end. */
  function endOf(request: RequestRow): RunEnd {
    const end = Object.hasOwn(verbs, request.verb) ? verbs[request.verb] : undefined;
    if (!end) throw new Error(`no end for requests of ${request.verb}`);
    return end;
  }

  async function finishSecondLook(store: Store, run: RunRow, request: RequestRow): Promise<void> {
    if (run.state === 'succeeded') {
      await move(store, request, 'verified');
      const site = await store.sites.get(request.siteId);
      // While the site is bypassed it stays so: the look says something about the tunnels alone.
      if (site?.state === 'onboarded')
        await store.sites.put({ ...site, state: 'verified', updatedAt: clock.now() });
    } else if (run.state === 'needs-decision') {
      await move(store, request, 'needs-decision', run.failure?.hint);
    }
  }

  async function move(store: Store, request: RequestRow, to: RequestState, reason?: string): Promise<void> {
    await store.requests.move(request.id, ['running', 'onboarded', 'needs-decision'], to, {
      reason: reason ?? null,
    });
    await store.audit.append({
      at: clock.now(),
      actor: 'bot',
      action: to,
      requestId: request.id,
      data: reason === undefined ? {} : { reason },
    });
  }

  return {
    journaled: (store, run, op, event, patch) => auditStep(store, run, { op, event, patch }, clock.now()),
    async changed(store, run) {
      await store.outbox.add('card', run.requestId, clock.now());
    },
    async finished(store, run, steps) {
      const request = await store.requests.get(run.requestId);
      if (!request) return;
      if (run.kind === 'change') await finishChange(store, run, steps, request);
      else await finishSecondLook(store, run, request);
      await store.outbox.add('card', run.requestId, clock.now());
    },
  };
}

/** What a request is whose run was undone, or ended before it did anything. */
function endedAs(run: RunRow): RequestState {
  if (run.failure?.code === MOVED) return 'void';
  if (run.state !== 'failed') return 'rolled-back';
  if (run.failure?.code === WINDOW_CLOSED) return 'expired';
  return run.failure?.code === CANCELLED ? 'cancelled' : 'failed';
}

/** Why an approval is void, and where its new plan is. */
async function whyVoid(store: Store, run: RunRow): Promise<string> {
  const anew = await store.requests.get(anewId(run.requestId));
  const next = anew
    ? 'The new plan is posted for a new approval.'
    : 'Ask again for a plan over the new state.';
  return `${run.failure?.hint ?? ''} ${next}`.trim();
}
