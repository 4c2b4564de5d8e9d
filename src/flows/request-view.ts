import { z } from 'zod';
import type { Decision, RequestRow, RequestState, RunRow, StepRow, Store } from '../../db/types.ts';
import type { Failure } from '../base/failure.ts';
import { countedApprovers } from './approval-rules.ts';
import { isRateLimit } from './engine/deadline.ts';
import { thingOf } from './engine/thing-of.ts';
import { LEFT_BEHIND } from './engine/unwind.ts';
import { BANDWIDTH_MBPS } from '../design/bandwidth.ts';
import type { SiteDesign } from '../design/types.ts';
import { momentWords, windowWords } from '../design/window-words.ts';
import { verifiedTopology } from './verified-topology.ts';
import type { FlowSettings } from './parts.ts';
import { isChange, type Plan } from './plan/types.ts';
import { acceptable, acceptancesOf, acceptedOf, blockers } from './preflight/blockers.ts';
import { standing } from './removal/plan-parts.ts';
import { whyNotUndoable } from './removal/undoable.ts';
import { windowOf } from './window/window-of.ts';
import type { CardState, PreflightItem, RequestView, StepView } from './types.ts';

const STATE_WORDS: Readonly<Record<RequestState, CardState>> = {
  planned: 'Plan',
  running: 'Running',
  onboarded: 'Onboarded',
  verified: 'Verified',
  changed: 'Changed',
  offboarded: 'Offboarded',
  rejected: 'Rejected',
  expired: 'Expired',
  cancelled: 'Cancelled',
  void: 'Void',
  'needs-decision': 'Needs decision',
  'rolled-back': 'Rolled back',
  failed: 'Failed',
};

/** What verbs leave that verify no tunnel. */
const Said = z.object({ lines: z.array(z.string()) });

const Outcome = z.object({
  line: z.string(),
  expectedRoutes: z.number().nullable(),
  announced: z.number().nullable(),
  path: z.string(),
  pathSeen: z.string(),
  unusedEndpoints: z.array(z.string()).default([]),
  secondLookAt: z.number().nullable(),
});

/** Makes what a card shows out of rows alone: nothing remote, nothing remembered. undefined = no such request. */
export async function viewRequest(
  store: Store,
  requestId: string,
  { approvalsNeeded, timeZone }: Pick<FlowSettings, 'approvalsNeeded' | 'timeZone'>,
): Promise<RequestView | undefined> {
  const request = await store.requests.get(requestId);
  if (!request) return undefined;
  const [decisions, runs] = await Promise.all([
    store.decisions.of(requestId),
    store.runs.ofRequest(requestId),
  ]);
  const change = runs.find((r) => r.kind === 'change');
  const second = runs.find((r) => r.kind === 'second-look');
  const plan = request.plan as unknown as Plan;
  const design = request.design as unknown as Partial<SiteDesign>;
  const preflight = request.preflight as unknown as readonly PreflightItem[];
  const held = acceptedOf(request, decisions);
  const changeSteps = change ? await store.runs.steps(change.id) : [];
  const failure = [second, change].find((r) => r?.failure !== undefined)?.failure;
  const parked = runs.find((r) => r.state === 'needs-decision' || r.state === 'kept');
  const approvals = approvalsOf(request, decisions);
  const window = windowView(request, approvals.length >= approvalsNeeded, timeZone);
  const outcome = Outcome.safeParse(request.outcome).data;
  const [freeze, remindedAt] =
    request.state === 'planned'
      ? await Promise.all([store.freezes.get(), store.reminders.at(requestId, request.revision)])
      : [];
  return {
    id: request.id,
    state: STATE_WORDS[request.state],
    verb: request.verb,
    site: { id: request.siteId, name: request.siteName },
    channel: request.channel,
    requester: request.requester,
    ...(design.ticket !== undefined && { ticket: design.ticket }),
    ...(design.option !== undefined && { option: design.option }),
    facts: [
      ...(plan.facts ?? factsOf(request.design as unknown as SiteDesign)),
      ...(window ? [['Change window', window.words] as const] : []),
    ],
    ...(window && { window }),
    plan: plan.operations
      .filter(isChange)
      .map(({ id, side, what, before, after }) => ({ id, side, what, before, after })),
    preflight,
    blastRadius: plan.blastRadius,
    advice: plan.advice,
    digest: request.digest,
    revision: request.revision,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    canApprove:
      request.state === 'planned' && blockers(preflight, held).length === 0 && window?.isApproved !== true,
    toAccept: request.state === 'planned' ? acceptable(preflight, held) : [],
    acceptances: acceptancesOf(request, decisions).map(({ user, at }) => ({ user, at })),
    ...(freeze?.isOn && { frozen: { by: freeze.by, reason: freeze.reason } }),
    ...(remindedAt !== undefined && { remindedAt }),
    ...(request.lastEditor !== undefined && { lastEditor: request.lastEditor }),
    changes: request.state === 'planned' ? changesOf(request) : [],
    canEdit: request.verb === 'onboard',
    canRollBack: whyNotUndoable(changeSteps) === undefined,
    ...(change?.state === 'active' && change.stopBy !== undefined && { stopBy: change.stopBy }),
    approvals,
    approvalsNeeded,
    steps: change
      ? plan.operations.map((o) =>
          stepView(
            o,
            changeSteps.find((s) => s.opId === o.id),
            change,
          ),
        )
      : [],
    ...(change && { startedAt: change.startedAt }),
    ...(change?.endedAt !== undefined && { endedAt: change.endedAt }),
    ...reasonOf(request, parked ?? change),
    ...(failure && { failure }),
    left: leftOf(parked, change, changeSteps, plan),
    ...(outcome && isUp(request.state) && { statusLine: outcome.line }),
    outcome: outcome
      ? outcomeLines(outcome, request.state, second?.state === 'active')
      : (Said.safeParse(request.outcome).data?.lines ?? []),
    // What takes something away is told by its list of objects; a picture of it would show what is to go.
    ...((request.verb === 'onboard' || request.verb === 'bypass-off') && {
      topology: verifiedTopology(
        request.design as unknown as SiteDesign,
        changeSteps,
        second?.state === 'needs-decision' || second?.state === 'kept',
      ),
    }),
  };
}

function windowView(request: RequestRow, isComplete: boolean, zone: string): RequestView['window'] {
  const window = windowOf(request);
  if (!window) return undefined;
  return {
    ...window,
    words: windowWords(window, zone),
    opens: momentWords(window.opensAt, zone),
    isApproved: request.state === 'planned' && isComplete,
  };
}

function isUp(state: RequestState): boolean {
  return state === 'onboarded' || state === 'verified' || state === 'changed';
}

function changesOf(request: RequestRow): readonly string[] {
  return z.array(z.string()).catch([]).parse(request.changes);
}

function approvalsOf(request: RequestRow, decisions: readonly Decision[]): { user: string; at: number }[] {
  const counted = countedApprovers(request, decisions);
  return decisions
    .filter((d) => d.action === 'approve' && d.revision === request.revision && counted.has(d.user))
    .map(({ user, at }) => ({ user, at }));
}

function stepView(op: Plan['operations'][number], row: StepRow | undefined, run: RunRow): StepView {
  const isWait = !isChange(op);
  const state = row?.state ?? 'pending';
  return {
    id: op.id,
    side: op.side,
    what: op.what,
    state:
      (state === 'doing' || (state === 'pending' && row?.startedAt !== undefined)) && isWait
        ? 'waiting'
        : state,
    ...(row?.startedAt !== undefined && { startedAt: row.startedAt }),
    ...(row?.endedAt !== undefined && { endedAt: row.endedAt }),
    ...(row?.progress !== undefined && run.state !== 'succeeded' && { progress: row.progress }),
    ...(row?.failure && { failure: row.failure }),
    ...(isRateLimit(row?.failure) && row?.notBefore !== undefined && { until: row.notBefore }),
  };
}

function reasonOf(request: RequestRow, run: RunRow | undefined): { reason?: string } {
  const reason = request.reason ?? (request.state === 'running' ? run?.progress : undefined);
  return reason === undefined ? {} : { reason };
}

/**
 * What stands on both sides while a person has to decide: what the engine could not remove, else every change that was made and,
 * where things are taken away, all that has not been taken away yet.
 */
function leftOf(
  run: RunRow | undefined,
  change: RunRow | undefined,
  steps: readonly StepRow[],
  plan: Plan,
): readonly string[] {
  if (!run) return [];
  const failure: Failure | undefined = change?.failure ?? run.failure;
  if (failure?.code === LEFT_BEHIND) return [failure.hint];
  const isDone = (op: Plan['operations'][number]): boolean =>
    steps.some((s) => s.opId === op.id && s.state === 'done');
  return plan.operations.flatMap((op) => {
    if (op.after.length > 0) return isDone(op) ? [thingOf(op.what)] : [];
    return isDone(op) ? [] : standing(op);
  });
}

function outcomeLines(
  outcome: z.infer<typeof Outcome>,
  state: RequestState,
  secondLookDue: boolean,
): string[] {
  const lines: string[] = [];
  if (outcome.expectedRoutes !== null)
    lines.push(`All ${outcome.expectedRoutes} prefixes of the traffic profile are covered.`);
  else lines.push('Expected prefixes: unknown, the traffic profile does not list them.');
  if (outcome.announced !== null) lines.push(`Announced to Microsoft: ${outcome.announced} route(s).`);
  lines.push(
    outcome.path === 'tunnel'
      ? `Path proven: the application leaves through ${outcome.pathSeen}.`
      : `Path: unknown (${outcome.pathSeen}); the router's answer names neither the tunnel nor a WAN port.`,
  );
  for (const endpoint of outcome.unusedEndpoints) {
    lines.push(`Microsoft also offers endpoint ${endpoint}; with one tunnel per link it is not used.`);
  }
  if (state === 'onboarded' && (outcome.secondLookAt === null || secondLookDue)) {
    lines.push(
      outcome.secondLookAt === null
        ? 'The second look is switched off (SSE_REKEY_CHECK=0): a PFS mismatch would show only at the first rekey.'
        : `Second look, after the first rekey: <!date^${Math.floor(outcome.secondLookAt / 1000)}^{time}|soon>.`,
    );
  }
  if (state === 'verified') lines.push('The session outlived one SA lifetime: the rekey works.');
  return lines;
}

/** What was asked for, as a card lists it. */
export function factsOf(design: SiteDesign): (readonly [string, string])[] {
  const links = design.links.map((l) => `${l.wan} ${l.publicIp}`).join(', ');
  return [
    ['Site', design.site.name],
    ['Router', design.device.name],
    ['Option', design.option],
    ['WAN links', links],
    ['Region', design.region],
    ['Bandwidth', `${BANDWIDTH_MBPS[design.bandwidth]} Mbps per link`],
    ['Peering', design.ranges.join(', ')],
    ['Device ASN', String(design.deviceAsn)],
    ['Networks', design.networks.map((n) => n.name).join(', ')],
    ['Traffic', design.mode === 'm365' ? 'Microsoft 365' : 'All internet traffic'],
    ...(design.zones === 2 ? [['Zones', design.zoneTopology] as const] : []),
    ['IKE', design.ike.label],
  ];
}
