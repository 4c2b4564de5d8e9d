import type { z } from 'zod';
import type { Json, StepRow } from '../../../db/types.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { FlowSettings } from '../parts.ts';
import type { RunEnd } from '../request-verb.ts';
import { statusLine } from '../status/status-line.ts';
import { OP, Outputs } from './outputs.ts';
import { secretKey } from './run-design.ts';

const SECOND_LOOK_MARGIN_MS = 5 * 60_000;

/** What the end of an onboarding means: the site joins the fleet and a second look is planned, or everything is given back. */
export function onboardEnd(settings: FlowSettings, clock: { now(): number }): RunEnd {
  /** One SA lifetime and a margin after the tunnel came up; a configured wait counts from now; 0 = never. */
  function secondLookDue(design: SiteDesign, steps: readonly StepRow[], now: number): number | undefined {
    if (settings.rekeyCheckMs === 0) return undefined;
    if (settings.rekeyCheckMs !== undefined) return now + settings.rekeyCheckMs;
    const upSince = steps.find((s) => s.opId === OP.tunnels)?.endedAt ?? now;
    return Math.max(now, upSince + design.ike.esp.lifetimeSeconds * 1000 + SECOND_LOOK_MARGIN_MS);
  }

  return {
    async succeeded(store, run, steps, request) {
      const design = request.design as unknown as SiteDesign;
      const now = clock.now();
      const secondLookAt = secondLookDue(design, steps, now);
      await store.sites.put({
        siteId: design.site.id,
        name: design.site.name,
        state: 'onboarded',
        requestId: request.id,
        design: request.design,
        live: liveOf(steps),
        updatedAt: now,
      });
      if (secondLookAt !== undefined) {
        const look = {
          id: `${run.id}-second-look`,
          requestId: request.id,
          kind: 'second-look' as const,
          state: 'active' as const,
          planVersion: run.planVersion,
          epoch: 0,
          leaseUntil: 0,
          wakeAt: secondLookAt,
          startedAt: now,
        };
        await store.runs.create(look, [OP.secondLook], []);
      }
      return {
        state: 'onboarded',
        outcome: { ...outcomeOf(design, steps), secondLookAt: secondLookAt ?? null },
      };
    },
    async ended(store, run, request) {
      const design = request.design as unknown as SiteDesign;
      await store.registry.release(request.id);
      await store.sites.remove(design.site.id);
      await store.secrets.erase(
        pskIds(design).map((id) => secretKey(run, id)),
        clock.now(),
      );
    },
  };
}

/** What is kept of a connected site: the output of each step, by its operation. */
export function liveOf(steps: readonly StepRow[]): Json {
  return Object.fromEntries(steps.map((s) => [s.opId, s.output ?? null]));
}

/** The symbolic IDs of every key of a design. */
export function pskIds(design: SiteDesign): readonly string[] {
  return design.links.flatMap((l) => [l.pskId, ...(l.zonePskId === undefined ? [] : [l.zonePskId])]);
}

/** What the verification saw, as the card shows it. */
export function outcomeOf(design: SiteDesign, steps: readonly StepRow[]): { [key: string]: Json } {
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
