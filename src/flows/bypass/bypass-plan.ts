import type { SiteDesign } from '../../design/types.ts';
import type { PlannedOperation } from '../engine/types.ts';
import { namesOfPolicy } from '../onboard/mist-policy.ts';
import { OP } from '../onboard/outputs.ts';
import { RECHECK } from '../plan/recheck-operation.ts';
import { REMOVE } from '../removal/names.ts';
import { entriesOperations } from '../removal/plan-parts.ts';

/** The one write that takes traffic out of the tunnels, and the wait until the router runs it. Needs no reading of either side. */
export function bypassPlan(design: SiteDesign, absentBefore: readonly string[]): readonly PlannedOperation[] {
  return entriesOperations({
    id: REMOVE.policy,
    appliedId: REMOVE.policyApplied,
    kind: REMOVE.policy,
    what: `Take application policy ${design.policy.name} out of ${design.device.name}: traffic leaves the tunnel`,
    needs: [],
    names: namesOfPolicy(design),
    absentBefore,
    base: '',
  });
}

/** Where the policy goes when the bypass ends; part of the digest. */
export interface PolicyPlace {
  /** Counted from 1. */
  readonly position: number;
  /** The rule right below ours. */
  readonly above: string | undefined;
}

/** The way back: everything that an onboarding verifies before its cutover, then the cutover and the proof of the path. */
export function bypassOffPlan(design: SiteDesign, place: PolicyPlace): readonly PlannedOperation[] {
  const wait = (
    id: string,
    kind: string,
    what: string,
    needs: readonly string[],
    params: PlannedOperation['params'] = {},
  ): PlannedOperation => ({ id, kind, side: 'mist', what, needs, params, before: [], after: [] });
  const { policy, device, application } = design;
  const below = place.above === undefined ? '' : `, above ${place.above}`;
  return [
    RECHECK,
    wait(OP.tunnels, 'verify.tunnels', 'Tunnels are up', [OP.recheck]),
    wait(OP.neighbors, 'verify.neighbors', 'BGP neighbors are established', [OP.tunnels]),
    wait(OP.routes, 'verify.routes', 'Routes are learned', [OP.neighbors]),
    {
      id: OP.policy,
      kind: 'mist.policy',
      side: 'mist',
      what: `Add application policy ${policy.name} to ${device.name} again`,
      needs: [OP.routes],
      params: place.above === undefined ? {} : { above: place.above },
      before: [],
      after: [
        `+ policy ${policy.name}: ${policy.tenants.join(', ')} → ${application.name}, allow, no steering; position ${place.position}${below}`,
      ],
    },
    wait(OP.policyApplied, 'mist.applied', 'Wait until the router runs the policy', [OP.policy], {
      write: OP.policy,
    }),
    wait(OP.path, 'verify.path', 'Prove the path', [OP.policyApplied]),
  ];
}
