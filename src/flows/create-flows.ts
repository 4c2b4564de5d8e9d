import type { RunRow } from '../../db/types.ts';
import type { MistEvent } from '../integrations/mist/webhook.ts';
import type { Flows } from './types.ts';
import { askFor } from './ask-for.ts';
import { startBypass } from './bypass/bypass.ts';
import { findOpenRequest } from './find-request.ts';
import { recordCommand } from './command-record.ts';
import { createAccept } from './accept.ts';
import { createDecisions } from './decide.ts';
import { createRunDecisionFlow } from './decide-run.ts';
import { diagnoseSite } from './diagnose/site-diagnosis.ts';
import { createExecutor } from './engine/executor.ts';
import { createForms } from './form.ts';
import { createFreeze } from './freeze.ts';
import { readEvidence } from './history/evidence.ts';
import { readHistory } from './history/read-history.ts';
import { onboardOperations, SECOND_LOOK } from './onboard/operations.ts';
import { askToRemove } from './orphans/orphan-verb.ts';
import { readOrphans } from './orphans/read-orphans.ts';
import { createMistEvents } from './mist-events.ts';
import type { FlowParts } from './parts.ts';
import { PLAN_VERSION, type Plan } from './plan/types.ts';
import { refreshSnapshot } from './registry/prefix-snapshot.ts';
import { removalOperations } from './removal/operations.ts';
import { requestVerbs, verbReader } from './request-verbs.ts';
import { findStoredPlan } from './plan/stored-plans.ts';
import { viewRequest } from './request-view.ts';
import { createRunObserver } from './run-observer.ts';
import { readSiteRoutes } from './routes/site-routes.ts';
import { createSites } from './sites.ts';
import { createFleetReader } from './status/fleet.ts';
import { readStatus } from './status/read-status.ts';
import { ok } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { submitForm } from './submit.ts';
import { createUpkeep } from './upkeep.ts';
import { createWindowStarts } from './window/start-due.ts';

const SWEEP_MS = 30_000;
/** How late a change may begin after its window has opened. */
const WINDOW_MS = 5000;
/** Two lists of the organisation; prefixes change rarely. */
const SNAPSHOT_EVERY_MS = 3_600_000;
const SHORTEST_SWEEP_MS = 250;
/** Cards that are looked at together; far more requests than a workspace has open. */
const MOST_CARDS = 1000;

/** The flows of one bot, with what goes on by itself: runs and expiries. */
export interface RunningFlows extends Flows {
  /** What Mist told by itself; runs that wait at these sites look again at once. */
  mistEvents(events: readonly MistEvent[]): Promise<void>;
  /** Takes up unfinished runs and starts the sweep. */
  start(): Promise<void>;
  /** Finishes the steps that are going on; nothing new is begun. */
  stop(): Promise<void>;
}

/** Composes the flows over their parts. Nothing runs before `start`. */
export function createFlows(parts: FlowParts): RunningFlows {
  const { store, clock, settings, log } = parts;
  const sites = createSites(parts);
  const forms = createForms(parts);
  const fleet = createFleetReader(parts);
  const { dispatcher } = parts;
  const verbs = requestVerbs(parts);
  const verbOf = verbReader(verbs);
  const executor = createExecutor({
    store,
    operations: [...onboardOperations(parts, verbOf), ...removalOperations(parts)],
    planOf: (run) => planOf(run),
    observer: createRunObserver(settings, clock, verbs),
    dispatcher,
    owner: parts.owner,
    clock,
    pollMs: settings.pollMs,
    ...(settings.verifyCapMs !== undefined && { capMs: settings.verifyCapMs }),
    ...(parts.onStep && { onStep: parts.onStep }),
    leaseMs: dispatcher.exclusive ? LEASE_MS : SHARED_LEASE_MS,
    log,
  });
  const upkeep = createUpkeep(parts);
  const startDue = createWindowStarts(parts, executor, verbOf);
  const decisions = createDecisions(parts, executor, verbOf);
  const runDecisions = createRunDecisionFlow(parts, executor, verbOf);

  async function planOf(run: RunRow): Promise<Plan['operations']> {
    if (run.kind === 'second-look') return [SECOND_LOOK];
    const request = await store.requests.get(run.requestId);
    if (!request || request.planVersion !== PLAN_VERSION) throw otherVersion();
    return (request.plan as unknown as Plan).operations;
  }

  async function sweep(): Promise<void> {
    await decisions.expire();
    await upkeep();
  }

  return {
    searchSites: sites.search,
    findSite: sites.find,
    openForm: forms.open,
    reopenForm: forms.reopen,
    formChoices: forms.choices,
    checkForm: forms.check,
    formWith: forms.again,
    submitForm: (actor, draftId, values) => submitForm(parts, forms, actor, draftId, values),
    approve: decisions.approve,
    accept: createAccept(parts),
    reject: decisions.reject,
    cancel: decisions.cancel,
    retry: runDecisions.retry,
    rollBack: runDecisions.rollBack,
    keep: runDecisions.keep,
    findRequest: (text) => findOpenRequest(store, text),
    stopRun: runDecisions.stop,
    offboard: (actor, where) => askFor(parts, verbs.offboard, 'offboard', actor, where),
    bypass: (actor, where) => startBypass(parts, executor.wake, actor, where),
    bypassOff: (actor, where) => askFor(parts, verbs['bypass-off'], 'bypass-off', actor, where),
    orphans: () => readOrphans(parts),
    removeOrphan: (actor, where) => askToRemove(parts, verbs.orphan, actor, where),
    freeze: createFreeze(parts).set,
    firstDelivery: (key) => store.deliveries.isFirst('slack', key, clock.now()),
    commandTyped: (actor, typed) => recordCommand(parts, actor, typed),
    async requester(requestId) {
      return (await store.requests.get(requestId))?.requester;
    },
    storedPlan: (typed) => findStoredPlan(store, typed),
    history: (of) => readHistory(parts, of),
    evidence: (requestId) => readEvidence(parts, requestId),
    status: (siteId) => readStatus(parts, siteId),
    routes: (siteId) => readSiteRoutes(parts, siteId),
    diagnose: (siteId) => diagnoseSite(parts, siteId),
    fleet: async (maxAgeMs) => ok(await fleet.read(maxAgeMs)),
    mistEvents: createMistEvents(parts, executor.wake),
    cards: {
      pending: () => store.outbox.pendingRequests(MOST_CARDS),
      confirm: (requestId, seq) => store.outbox.done(requestId, seq),
      onAdded: (listener) => store.outbox.onAdded(listener),
      async view(requestId) {
        const view = await viewRequest(store, requestId, settings);
        await store.settled();
        return view;
      },
      card: (requestId) => store.cards.get(requestId),
      saveCard: (requestId, card) => store.cards.put({ requestId, ...card }),
      claim: (requestId, now, holdMs) => store.cards.claim(requestId, parts.owner, now, holdMs),
      release: (requestId, freeAt) => store.cards.release(requestId, parts.owner, freeAt),
    },
    async start() {
      // Short lifetimes are swept more often, so that a card says Expired soon after it has.
      const every = Math.min(SWEEP_MS, Math.max(SHORTEST_SWEEP_MS, settings.approvalTtlMs / 4));
      dispatcher.schedule('expiries', every, sweep);
      const windowsEvery = Math.min(WINDOW_MS, Math.max(SHORTEST_SWEEP_MS, settings.pollMs));
      dispatcher.schedule('windows', windowsEvery, startDue);
      dispatcher.schedule('prefixes', SNAPSHOT_EVERY_MS, () => refreshSnapshot(parts));
      await executor.start();
    },
    stop: () => executor.stop(),
  };
}

/**
 * A worker prolongs it while it lives, however long a call takes. Of one that stood still and was taken over, what is under way
 * ends within the 45 s that a guard leaves: an attempt takes 20 s at most. A client's own repetitions are not guarded.
 */
const LEASE_MS = 60_000;

/**
 * Where others wait for a dead process's lease, so that they take over within 9 s. What it leaves after a guard is shorter than a slow call; the
 * clients therefore look at the lease once more in the moment in which they send.
 */
const SHARED_LEASE_MS = 8000;

function otherVersion(): Failure {
  return {
    code: 'flow.plan_version',
    message: 'the plan was made by another version',
    hint: 'This run was planned by another version of the bot. Start that version to finish it, or keep it as it is.',
    retryable: false,
  };
}
