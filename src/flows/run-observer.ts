import type { z } from 'zod';
import type { Json, RequestRow, RequestState, RunRow, StepRow, Store } from '../../db/types.ts';
import type { SiteDesign } from '../design/types.ts';
import type { RunObserver } from './engine/types.ts';
import { OP, Outputs } from './onboard/outputs.ts';
import { secretKey } from './onboard/run-design.ts';
import type { FlowSettings } from './parts.ts';
import { statusLine } from './status/status-line.ts';

const SECOND_LOOK_MARGIN_MS = 5 * 60_000;

/**
 * Carries a run's end over to its request, its site and the registry, in the transaction that ends the run, and
 * plans the second look. Every change leaves an outbox row, from which the card is drawn.
 */
export function createRunObserver(settings: FlowSettings, clock: { now(): number }): RunObserver {
  async function finishChange(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<void> {
    switch (run.state) {
      case 'succeeded':
        return onboarded(store, run, steps, request);
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

  async function onboarded(
    store: Store,
    run: RunRow,
    steps: readonly StepRow[],
    request: RequestRow,
  ): Promise<void> {
    const design = request.design as unknown as SiteDesign;
    const now = clock.now();
    const secondLookAt = secondLookDue(design, steps, now);
    await store.requests.setOutcome(request.id, {
      ...outcomeOf(design, steps),
      secondLookAt: secondLookAt ?? null,
    });
    await move(store, request, 'onboarded');
    await store.sites.put({
      siteId: design.site.id,
      name: design.site.name,
      state: 'onboarded',
      requestId: request.id,
      design: request.design,
      live: Object.fromEntries(steps.map((s) => [s.opId, s.output ?? null])),
      updatedAt: now,
    });
    if (secondLookAt === undefined) return;
    await store.runs.create(
      {
        id: `${run.id}-second-look`,
        requestId: request.id,
        kind: 'second-look',
        state: 'active',
        planVersion: run.planVersion,
        epoch: 0,
        leaseUntil: 0,
        wakeAt: secondLookAt,
        startedAt: now,
      },
      [OP.secondLook],
      [],
    );
  }

  /** One SA lifetime and a margin after the tunnel came up; a configured wait counts from now; 0 = never. */
  function secondLookDue(design: SiteDesign, steps: readonly StepRow[], now: number): number | undefined {
    if (settings.rekeyCheckMs === 0) return undefined;
    if (settings.rekeyCheckMs !== undefined) return now + settings.rekeyCheckMs;
    const upSince = steps.find((s) => s.opId === OP.tunnels)?.endedAt ?? now;
    return Math.max(now, upSince + design.ike.esp.lifetimeSeconds * 1000 + SECOND_LOOK_MARGIN_MS);
  }

  async function ended(store: Store, run: RunRow, request: RequestRow): Promise<void> {
    const design = request.design as unknown as SiteDesign;
    const moved = run.failure?.code === 'flow.moved' && run.state === 'failed';
    await move(
      store,
      request,
      moved ? 'void' : run.state === 'failed' ? 'failed' : 'rolled-back',
      run.failure?.hint,
    );
    await store.registry.release(request.id);
    await store.sites.remove(design.site.id);
    const ids = design.links.flatMap((l) => [l.pskId, ...(l.zonePskId === undefined ? [] : [l.zonePskId])]);
    await store.secrets.remove(ids.map((id) => secretKey(run, id)));
  }

  async function finishSecondLook(store: Store, run: RunRow, request: RequestRow): Promise<void> {
    if (run.state === 'succeeded') {
      await move(store, request, 'verified');
      const site = await store.sites.get(request.siteId);
      if (site) await store.sites.put({ ...site, state: 'verified', updatedAt: clock.now() });
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

/** What the verification saw, as the card shows it. */
function outcomeOf(design: SiteDesign, steps: readonly StepRow[]): { [key: string]: Json } {
  const output = (opId: string): unknown => steps.find((s) => s.opId === opId)?.output;
  const tunnels = Outputs.tunnels.safeParse(output(OP.tunnels)).data;
  const neighbors = Outputs.neighbors.safeParse(output(OP.neighbors)).data;
  const routes = Outputs.routes.safeParse(output(OP.routes)).data;
  const path = Outputs.path.safeParse(output(OP.path)).data;
  return {
    line: statusLine(design.site.name, {
      tunnelsUp: tunnels?.up,
      tunnelsExpected: tunnels?.expected,
      neighborsUp: neighbors?.up,
      neighborsExpected: neighbors?.expected,
      routes: routes?.count,
    }),
    expectedRoutes: routes?.expected ?? null,
    announced: routes?.announced ?? null,
    unusedEndpoints: unusedEndpoints(design, Outputs.endpoints.safeParse(output(OP.endpoints)).data),
    path: path?.verdict ?? 'unknown',
    pathSeen: path?.seen ?? '',
  };
}

/** Endpoints that Microsoft offers and no connector dials: under `single-tunnel` the second zone's. Never hidden. */
function unusedEndpoints(
  design: SiteDesign,
  read: z.infer<typeof Outputs.endpoints> | undefined,
): readonly string[] {
  if (!read) return [];
  return design.links.flatMap((link) => {
    const instances = read.links[link.name] ?? [];
    const dialled = link.connectors.map((c) => (c.zone === 1 ? link.microsoftBgp : link.microsoftBgpZone2));
    const used = instances.filter((i) => dialled.includes(i.bgpAddress)).map((i) => i.endpoint);
    return instances.filter((i) => !used.includes(i.endpoint)).map((i) => `${i.endpoint} (${link.name})`);
  });
}
