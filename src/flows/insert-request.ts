import type { Capacity, Json, RequestRow, Reservation, Store } from '../../db/types.ts';
import { failed, ok, type Failure } from '../base/failure.ts';
import type { ChangeWindow } from '../design/change-window.ts';
import type { FlowParts } from './parts.ts';
import { boundDigest, timesOf } from './window/window-of.ts';
import { PLAN_VERSION, type PlannedChange } from './plan/types.ts';
import type { Actor, Posted, SiteRef } from './types.ts';

/** A request that is to be stored. */
export interface NewRequest {
  readonly id: string;
  readonly verb: string;
  readonly channel: string;
  readonly site: SiteRef;
  readonly inputs: Json;
  readonly planned: PlannedChange;
  /** What it holds in the registry while it is open; nothing where it is missing. */
  readonly reservations?: readonly Reservation[];
  /** A request that this one takes the place of, with whatever it had reserved. */
  readonly replaces?: string;
  /** A request whose run was kept as it was is not in the way. */
  readonly besideKept?: true;
  /** When it may begin; at once after the approval where it is missing. */
  readonly window?: ChangeWindow;
  /** Diff lines against the plan whose place it takes. */
  readonly changes?: readonly string[];
}

/** Stores a planned request with what it reserves; one open request per site, `replaces` not counted. */
export function insertRequest(parts: FlowParts, actor: Actor, request: NewRequest): Promise<Posted> {
  const { id, site, replaces } = request;
  return parts.store
    .transaction(async (tx) => {
      if (replaces !== undefined) await tx.registry.release(replaces);
      for (const open of await tx.requests.openOfSite(site.id)) {
        if (open.id === replaces || (request.besideKept && (await isKept(tx, open)))) continue;
        throw new Refused(requestOpen(open));
      }
      const clash = await reserve(tx, id, request.reservations ?? [], request.planned.capacities);
      if (clash) throw new Refused(clash);
      const row = requestRow(parts, actor, request);
      await tx.requests.insert(row);
      await auditRequest(tx, row, actor, 'request', row.createdAt);
      return ok({ requestId: id, channel: request.channel });
    })
    .catch(refusedOrThrow);
}

async function isKept(tx: Store, open: RequestRow): Promise<boolean> {
  const runs = await tx.runs.ofRequest(open.id);
  return open.state === 'needs-decision' && runs.every((run) => run.state === 'kept');
}

/** The row of a new request, planned now. */
export function requestRow(parts: FlowParts, actor: Actor, request: NewRequest): RequestRow {
  const now = parts.clock.now();
  return {
    id: request.id,
    verb: request.verb,
    siteId: request.site.id,
    siteName: request.site.name,
    teamId: actor.teamId,
    requester: actor.user,
    channel: request.channel,
    state: 'planned',
    digest: boundDigest(request.planned.digest, request.window),
    planVersion: PLAN_VERSION,
    inputs: request.inputs,
    ...planColumns(request.planned),
    revision: 1,
    createdAt: now,
    ...timesOf(request.window, now, parts.settings.approvalTtlMs),
    ...(request.changes !== undefined && { changes: [...request.changes] }),
  };
}

/** What of a planned change is stored with its request. */
export function planColumns(planned: PlannedChange): Pick<RequestRow, 'design' | 'plan' | 'preflight'> {
  return {
    design: planned.design,
    plan: planned.plan as unknown as Json,
    preflight: planned.preflight as unknown as Json,
  };
}

const FULL: Readonly<Record<Capacity['kind'], Failure>> = {
  bandwidth: {
    code: 'flow.bandwidth_taken',
    message: 'the bandwidth is reserved',
    hint: 'Another request has just reserved the bandwidth that was left in the pool. Choose a smaller class, or wait for that request.',
    retryable: false,
  },
  'network-slot': {
    code: 'flow.network_slot_taken',
    message: 'the last remote network is reserved',
    hint: 'Another request has just reserved the last remote network of the tenant. Wait for that request, or have Microsoft raise the limit.',
    retryable: false,
  },
};

/** Reserves for a request; the failure names what somebody else holds. */
export async function reserve(
  tx: Store,
  requestId: string,
  rows: readonly Reservation[],
  capacities: readonly Capacity[] = [],
): Promise<Failure | undefined> {
  const { clash, full } = await tx.registry.reserve(requestId, rows, capacities);
  if (full) return FULL[full];
  if (!clash) return undefined;
  return {
    code: 'flow.range_taken',
    message: 'a range is reserved',
    hint: `${clash.key} is reserved for ${clash.siteName}. Choose another peering range.`,
    retryable: false,
  };
}

/** Notes what somebody did with a request and has its card drawn. */
export async function auditRequest(
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

/** Rolls a transaction back; the failure is the answer. */
export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** The answer of a transaction that was rolled back by {@link Refused}; anything else is thrown on. */
export function refusedOrThrow(error: unknown): { readonly ok: false; readonly failure: Failure } {
  if (error instanceof Refused) return failed(error.failure);
  throw error;
}

function requestOpen(open: RequestRow): Failure {
  return {
    code: 'flow.request_open',
    message: 'a request is open',
    hint: `A request for ${open.siteName} by <@${open.requester}> is open. Decide on that card first.`,
    retryable: false,
  };
}
