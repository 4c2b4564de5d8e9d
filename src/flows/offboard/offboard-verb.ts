import type { Json, Store } from '../../../db/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import { pskIds } from '../onboard/onboard-end.ts';
import { secretKey } from '../onboard/run-design.ts';
import type { FlowParts } from '../parts.ts';
import { ApplicationRemoved, REMOVE } from '../removal/names.ts';
import type { RequestVerb } from '../request-verb.ts';
import { planOffboard } from './plan-offboard.ts';

/** `offboard`: takes a connected site back on both sides, in the safe order, and proves that nothing is left. */
export function offboardVerb(parts: FlowParts): RequestVerb {
  return {
    plan: (request) => planOffboard(parts, request.siteId, request.id),
    started: (store, request) => endSecondLook(store, request.siteId, parts.clock.now()),
    async succeeded(store, _run, steps, request) {
      const design = request.design as unknown as SiteDesign;
      const site = await store.sites.get(request.siteId);
      await releaseSite(store, request.siteId);
      if (site) {
        await store.secrets.erase(
          pskIds(design).map((id) => secretKey({ requestId: site.requestId }, id)),
          parts.clock.now(),
        );
        await store.sites.remove(request.siteId);
      }
      const left = ApplicationRemoved.safeParse(steps.find((s) => s.opId === REMOVE.application)?.output);
      return { state: 'offboarded', outcome: { lines: outcomeLines(design, left.data?.stays ?? []) } };
    },
  };
}

function outcomeLines(design: SiteDesign, stays: readonly string[]): Json {
  return [
    'Proof of absence: neither Mist nor Entra shows anything of it, both read after the last removal.',
    `Free again: ${design.ranges.join(', ')}, bandwidth, network and link slots.`,
    ...(stays.length > 0
      ? [`Application ${design.application.name} stays: ${stays.join(', ')} refers to it.`]
      : []),
  ];
}

/** Everything that the site holds in the registry, whichever request reserved it. */
async function releaseSite(store: Store, siteId: string): Promise<void> {
  const held = (await store.registry.all()).filter((r) => r.siteId === siteId);
  for (const requestId of new Set(held.map((r) => r.requestId))) await store.registry.release(requestId);
}

/** A second look that is still to come would take the removal for a fault. */
async function endSecondLook(store: Store, siteId: string, now: number): Promise<void> {
  const site = await store.sites.get(siteId);
  if (!site) return;
  for (const run of await store.runs.ofRequest(site.requestId)) {
    if (run.kind === 'second-look') await store.runs.reopen(run.id, ['active'], 'failed', now);
  }
}
