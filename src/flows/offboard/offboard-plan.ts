import type { SiteDesign } from '../../design/types.ts';
import type { PlannedOperation } from '../engine/types.ts';
import { OP } from '../onboard/outputs.ts';
import { RECHECK } from '../plan/recheck-operation.ts';
import type { EntryNames } from '../onboard/mist-entries.ts';
import { REMOVE } from '../removal/names.ts';
import { entraOperations, entriesOperations, proofOperation, removal } from '../removal/plan-parts.ts';

/** What the plan must know of the live sides and the ledger; everything in it is part of the digest. */
export interface OffboardFacts {
  /** undefined where the device is gone from Mist: there is nothing to take out of it. */
  readonly router:
    | {
        readonly base: string;
        readonly policy: EntryNames;
        readonly connectors: EntryNames;
        readonly absentBefore: readonly string[];
      }
    | undefined;
  /** Only where it is ours and nobody else refers to it. */
  readonly application: { readonly id: string; readonly name: string } | undefined;
  readonly network:
    { readonly id: string; readonly name: string; readonly profiles: readonly string[] } | undefined;
  readonly links: readonly { readonly id: string; readonly name: string; readonly networkId: string }[];
}

/**
 * The safe order: traffic first leaves the tunnel, then the router loses the rest, and only when it runs without it Microsoft's
 * side goes. Pure: equal inputs give an equal plan.
 */
export function offboardPlan(design: SiteDesign, facts: OffboardFacts): readonly PlannedOperation[] {
  const { router, application, network, links } = facts;
  const device = design.device.name;
  const onRouter = router
    ? [
        ...entriesOperations({
          id: REMOVE.policy,
          appliedId: REMOVE.policyApplied,
          kind: REMOVE.policy,
          what: `Take application policy ${design.policy.name} out of ${device}: traffic leaves the tunnel`,
          needs: [OP.recheck],
          names: router.policy,
          absentBefore: router.absentBefore,
          base: router.base,
        }),
        ...entriesOperations({
          id: REMOVE.connectors,
          appliedId: REMOVE.connectorsApplied,
          kind: REMOVE.connectors,
          what: `Take BGP groups, connectors and routing policies out of ${device}`,
          needs: [REMOVE.policyApplied],
          names: router.connectors,
          absentBefore: router.absentBefore,
          base: router.base,
        }),
      ]
    : [];
  const afterRouter = router ? REMOVE.connectorsApplied : OP.recheck;
  const shared = application
    ? [
        removal(
          REMOVE.application,
          REMOVE.application,
          'mist',
          `Delete application ${application.name}`,
          [afterRouter],
          { id: application.id, name: application.name },
          [`- application ${application.name}: no template, device or policy refers to it`],
        ),
      ]
    : [];
  const afterMist = application ? REMOVE.application : afterRouter;
  const inEntra = entraOperations(network, links, [afterMist]);
  const last = inEntra.filter((o) => !inEntra.some((other) => other.needs.includes(o.id)));
  return [
    RECHECK,
    ...onRouter,
    ...shared,
    ...inEntra,
    proofOperation(
      last.length > 0 ? last.map((o) => o.id) : [afterMist],
      router ? { ...router.policy, ...router.connectors } : {},
      network ? [network.id] : [],
      links.map((l) => l.id),
    ),
  ];
}
