import { randomUUID } from 'node:crypto';
import type { Json, RequestRow, RunRow, Store } from '../../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import type { SiteDesign } from '../../design/types.ts';
import { auditRequest, Refused, refusedOrThrow, requestRow } from '../insert-request.ts';
import { absentBefore } from '../offboard/plan-offboard.ts';
import { notConnected } from '../offboard/read-site.ts';
import { liveOf } from '../onboard/onboard-end.ts';
import type { FlowParts } from '../parts.ts';
import { digestOf } from '../plan/digest.ts';
import { PLAN_VERSION, type Plan } from '../plan/types.ts';
import type { Actor, Posted, SiteRef } from '../types.ts';
import { bypassPlan } from './bypass-plan.ts';

/**
 * Starts the run that takes a site's traffic out of its tunnels: at once, without a second person. It takes the router over from a run
 * that waits for a decision, which may go on afterwards, and is refused while one works on it. Nothing remote is read before.
 */
export async function startBypass(
  parts: FlowParts,
  wake: (runId: string) => void,
  actor: Actor,
  where: { readonly site: SiteRef; readonly channel: string },
): Promise<Posted> {
  const known = await whatIsConnected(parts.store, where.site.id);
  if (!known.ok) return known;
  const { design, live } = known.value;
  const operations = bypassPlan(design as unknown as SiteDesign, absentBefore(live));
  const { device } = design as unknown as SiteDesign;
  const plan: Plan = {
    version: PLAN_VERSION,
    operations,
    locks: [`device:${device.id}`],
    blastRadius: [`Changed in Mist: the application policies of ${device.name}, nothing else.`],
    advice: [],
  };
  const digest = digestOf({ version: PLAN_VERSION, design, operations });
  const row: RequestRow = {
    ...requestRow(parts, actor, {
      id: randomUUID(),
      verb: 'bypass',
      channel: parts.settings.channel ?? where.channel,
      site: where.site,
      inputs: {},
      planned: { design, plan, preflight: [], digest },
    }),
    state: 'running',
    decidedAt: parts.clock.now(),
  };
  const run: RunRow = {
    id: randomUUID(),
    requestId: row.id,
    kind: 'change',
    state: 'active',
    planVersion: PLAN_VERSION,
    epoch: 0,
    leaseUntil: 0,
    startedAt: row.createdAt,
  };
  const started = await parts.store
    .transaction(async (tx) => {
      await tx.requests.insert(row);
      await begin(tx, run, plan, parts.clock.now());
      await auditRequest(tx, row, actor, 'bypass', row.createdAt);
      return ok({ requestId: row.id, channel: row.channel });
    })
    .catch(refusedOrThrow);
  if (started.ok) wake(run.id);
  return started;
}

interface Connected {
  readonly design: Json;
  readonly live: Json;
}

/** The design that stands on the router: the site's, or that of an open onboarding, which may have done its cutover. */
async function whatIsConnected(store: Store, siteId: string): Promise<Result<Connected>> {
  const site = await store.sites.get(siteId);
  if (site) return ok({ design: site.design, live: site.live });
  const open = (await store.requests.openOfSite(siteId)).find((r) => r.verb === 'onboard');
  const change = open && (await store.runs.ofRequest(open.id)).find((r) => r.kind === 'change');
  if (!open || !change) return failed(notConnected());
  return ok({ design: open.design, live: liveOf(await store.runs.steps(change.id)) });
}

/** Creates the run with the router's lock, which a run that waits for a person gives up. */
async function begin(tx: Store, run: RunRow, plan: Plan, now: number): Promise<void> {
  const opIds = plan.operations.map((o) => o.id);
  const { blockedBy } = await tx.runs.create(run, opIds, plan.locks);
  if (!blockedBy) return;
  const holder = await tx.runs.get(blockedBy.runId);
  const gaveWay = holder && (await tx.runs.reopen(holder.id, ['needs-decision'], 'kept', now));
  if (!gaveWay) throw new Refused(await busy(tx, holder));
  await tx.runs.unlock(holder.id);
  const again = await tx.runs.create(run, opIds, plan.locks);
  if (again.blockedBy) throw new Refused(await busy(tx, holder));
}

async function busy(tx: Store, holder: RunRow | undefined): Promise<Failure> {
  const other = holder && (await tx.requests.get(holder.requestId));
  const who = other ? `${other.verb} of ${other.siteName}, asked by <@${other.requester}>` : 'another run';
  return {
    code: 'flow.device_busy',
    message: 'another run holds the device',
    hint: `The router is being changed just now (${who}). Nothing was started. \`/sse cancel ${other?.siteName ?? '<request>'}\` stops that run after its step; then bypass again.`,
    retryable: true,
  };
}
