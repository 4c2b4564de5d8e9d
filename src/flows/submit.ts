import { randomUUID } from 'node:crypto';
import type { Json, RequestRow, Reservation, Store } from '../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../base/failure.ts';
import { BANDWIDTH_MBPS } from '../design/bandwidth.ts';
import type { SiteDesign, SiteInputs } from '../design/types.ts';
import type { Forms } from './form.ts';
import type { FlowParts } from './parts.ts';
import { planChange } from './plan/plan-change.ts';
import { PLAN_VERSION, type PlannedChange } from './plan/types.ts';
import type { Actor, FormValues } from './types.ts';

/** Turns an accepted form into a request with its plan, or into a new revision of the one being edited. */
export async function submitForm(
  parts: FlowParts,
  forms: Forms,
  actor: Actor,
  draftId: string,
  values: FormValues,
): Promise<Result<{ readonly requestId: string; readonly channel: string }>> {
  const form = await forms.inputs(actor, draftId, values);
  if (!form.ok) return form;
  const { inputs, draft } = form.value;
  const planned = await planChange(parts, inputs);
  if (!planned.ok) return planned;
  const channel = parts.settings.channel ?? form.value.channel;
  if (draft.edited) return revise(parts, actor, draft.edited, inputs, planned.value);
  return insertRequest(parts, actor, randomUUID(), channel, inputs, planned.value);
}

/** Stores a planned request with what it reserves; one open request per site, `replaces` not counted, whose ranges it takes over. */
export function insertRequest(
  parts: FlowParts,
  actor: Actor,
  id: string,
  channel: string,
  inputs: SiteInputs,
  planned: PlannedChange,
  replaces?: string,
): Promise<Result<{ readonly requestId: string; readonly channel: string }>> {
  const now = parts.clock.now();
  const row: RequestRow = {
    id,
    verb: 'onboard',
    siteId: inputs.site.id,
    siteName: inputs.site.name,
    teamId: actor.teamId,
    requester: actor.user,
    channel,
    state: 'planned',
    digest: planned.digest,
    planVersion: PLAN_VERSION,
    inputs: inputs as unknown as Json,
    ...columns(planned),
    revision: 1,
    createdAt: now,
    expiresAt: now + parts.settings.approvalTtlMs,
  };
  return parts.store
    .transaction(async (tx) => {
      if (replaces !== undefined) await tx.registry.release(replaces);
      const open = (await tx.requests.openOfSite(inputs.site.id)).find((r) => r.id !== replaces);
      if (open) throw new Refused(requestOpen(open));
      const clash = await reserve(tx, row, planned.design as unknown as SiteDesign);
      if (clash) throw new Refused(clash);
      await tx.requests.insert(row);
      await audit(tx, row, actor, 'request', now);
      return ok({ requestId: id, channel });
    })
    .catch(refusedOrThrow);
}

function revise(
  parts: FlowParts,
  actor: Actor,
  edited: { readonly requestId: string; readonly revision: number },
  inputs: SiteInputs,
  planned: PlannedChange,
): Promise<Result<{ readonly requestId: string; readonly channel: string }>> {
  const now = parts.clock.now();
  return parts.store
    .transaction(async (tx) => {
      const request = await tx.requests.get(edited.requestId);
      if (!request || request.requester !== actor.user) throw new Refused(tooLate());
      const replanned = await tx.requests.replan(request.id, edited.revision, {
        inputs: inputs as unknown as Json,
        ...columns(planned),
        digest: planned.digest,
        expiresAt: now + parts.settings.approvalTtlMs,
      });
      if (!replanned) throw new Refused(tooLate());
      const clash = await reserve(tx, request, planned.design as unknown as SiteDesign);
      if (clash) throw new Refused(clash);
      await audit(tx, { ...request, digest: planned.digest }, actor, 'edit', now);
      return ok({ requestId: request.id, channel: request.channel });
    })
    .catch(refusedOrThrow);
}

/** Rolls a transaction back; the failure is the answer. */
class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

function refusedOrThrow(error: unknown): { readonly ok: false; readonly failure: Failure } {
  if (error instanceof Refused) return failed(error.failure);
  throw error;
}

function columns(planned: PlannedChange): Pick<RequestRow, 'design' | 'plan' | 'preflight'> {
  return {
    design: planned.design,
    plan: planned.plan as unknown as Json,
    preflight: planned.preflight as unknown as Json,
  };
}

async function reserve(tx: Store, request: RequestRow, design: SiteDesign): Promise<Failure | undefined> {
  const base = { siteId: request.siteId, siteName: request.siteName, requestId: request.id };
  const rows: Reservation[] = [
    ...design.ranges.map((key) => ({ kind: 'range' as const, key, amount: 1, ...base })),
    { kind: 'network-slot', key: design.remoteNetworkName, amount: 1, ...base },
    ...design.links.flatMap((l) => [
      { kind: 'link-slot' as const, key: l.name, amount: 1, ...base },
      { kind: 'bandwidth' as const, key: l.name, amount: BANDWIDTH_MBPS[design.bandwidth], ...base },
    ]),
  ];
  const { clash } = await tx.registry.reserve(request.id, rows);
  if (!clash) return undefined;
  return {
    code: 'flow.range_taken',
    message: 'a range is reserved',
    hint: `${clash.key} is reserved for ${clash.siteName}. Choose another peering range.`,
    retryable: false,
  };
}

async function audit(
  tx: Store,
  request: RequestRow,
  actor: Actor,
  action: string,
  now: number,
): Promise<void> {
  await tx.audit.append({
    at: now,
    actor: actor.user,
    action,
    requestId: request.id,
    data: { site: request.siteName, verb: request.verb, digest: request.digest },
  });
  await tx.outbox.add('card', request.id, now);
}

function requestOpen(open: RequestRow): Failure {
  return {
    code: 'flow.request_open',
    message: 'a request is open',
    hint: `A request for ${open.siteName} by <@${open.requester}> is open. Decide on that card first.`,
    retryable: false,
  };
}

function tooLate(): Failure {
  return {
    code: 'flow.not_editable',
    message: 'the request moved on',
    hint: 'The plan was decided or edited in the meantime; see its card.',
    retryable: false,
  };
}
