import { BANDWIDTH_MBPS } from '../../design/bandwidth.ts';
import type { SiteDesign } from '../../design/types.ts';
import type { EntraAdoption } from '../adopt/entra-adoption.ts';
import type { MistAdoption } from '../adopt/mist-adoption.ts';
import type { PlannedOperation } from '../engine/types.ts';
import { OP } from '../onboard/outputs.ts';
import { RECHECK } from './recheck-operation.ts';

/** What the plan must know of the live sides beside the design; everything in it is part of the digest. */
export interface PlanFacts {
  /** IDs of the traffic profiles to associate. */
  readonly profileIds: readonly string[];
  /** What stands in Entra already; what matches is used. */
  readonly adoption: EntraAdoption;
  /** What stands on the device already; what matches is used. */
  readonly standing: MistAdoption;
  /** Root keys that the device does not have of its own and will stop inheriting. */
  readonly inheritedStopped: readonly string[];
  readonly templateName: string | undefined;
  /** Digest of the device's and the template's keys that are merged into, secrets masked. */
  readonly base: string;
  /** Digest of the ports and variables that the connectors rest on. */
  readonly ports: string;
  /** Position of our policy among the device's, counted from 1, and the rule below it. */
  readonly policyPosition: number;
  readonly policyAbove: string | undefined;
}

/** The onboarding's operations in order, with what the approver sees of each. Pure: equal inputs give an equal plan. */
export function onboardPlan(design: SiteDesign, facts: PlanFacts): readonly PlannedOperation[] {
  const { adoption } = facts;
  const usesConnectors = facts.standing.connectors.state === 'adopt';
  const usesPolicy = facts.standing.policy.state === 'adopt';
  const network = adoption.state === 'adopt' ? adoption.networkId : undefined;
  const linkOps = design.links.map((link): PlannedOperation => {
    const adopt = adoption.state === 'adopt' ? adoption.links[link.name] : undefined;
    return {
      id: OP.link(link.index),
      kind: 'entra.link',
      side: 'entra',
      what:
        adopt === undefined
          ? `Create device link ${link.name}`
          : `Use existing device link ${link.name}, as it matches`,
      needs: [OP.network],
      params: { link: link.index, ...(adopt !== undefined && { adopt }) },
      before: [],
      after: linkLines(design, link, adopt),
    };
  });
  const change = (
    id: string,
    side: 'entra' | 'mist',
    what: string,
    needs: readonly string[],
    after: readonly string[],
    params: PlannedOperation['params'] = {},
    before: readonly string[] = [],
  ): PlannedOperation => ({ id, kind: id, side, what, needs, params, before, after });
  const wait = (
    id: string,
    kind: string,
    side: PlannedOperation['side'],
    what: string,
    needs: readonly string[],
  ): PlannedOperation => ({
    id,
    kind,
    side,
    what,
    needs,
    params:
      id === OP.connectorsApplied
        ? { write: OP.connectors }
        : id === OP.policyApplied
          ? { write: OP.policy }
          : {},
    before: [],
    after: [],
  });

  return [
    RECHECK,
    change(
      OP.network,
      'entra',
      network === undefined
        ? `Create remote network ${design.remoteNetworkName}`
        : `Use existing remote network ${design.remoteNetworkName}, as it matches`,
      [OP.recheck],
      [
        `${network === undefined ? '+' : '= use existing'} remote network ${design.remoteNetworkName}${network === undefined ? '' : ` (${network}), as it matches`}, region ${design.region}, traffic ${design.profiles.join(' and ')}`,
      ],
      { profileIds: facts.profileIds, ...(network !== undefined && { adopt: network }) },
    ),
    ...linkOps,
    change(
      OP.application,
      'mist',
      `See to application ${design.application.name}`,
      [OP.recheck],
      [
        `+ application ${design.application.name}: ${design.application.addresses.join(', ')}, any protocol; used as it is where it exists`,
      ],
    ),
    wait(
      OP.endpoints,
      'entra.endpoints',
      'entra',
      "Read Microsoft's endpoints and ASN",
      linkOps.map((l) => l.id),
    ),
    change(
      OP.connectors,
      'mist',
      usesConnectors
        ? `Use existing connectors, BGP groups and routing policies of ${design.device.name}, as they match`
        : `Write connectors, BGP groups and routing policies to ${design.device.name}`,
      [OP.endpoints, OP.application],
      connectorLines(design, facts),
      { base: facts.base, ports: facts.ports, ...(usesConnectors && { adopt: true }) },
    ),
    wait(OP.connectorsApplied, 'mist.applied', 'mist', 'Wait until the router runs the configuration', [
      OP.connectors,
    ]),
    wait(OP.tunnels, 'verify.tunnels', 'mist', 'Tunnels come up', [OP.connectorsApplied]),
    wait(OP.neighbors, 'verify.neighbors', 'mist', 'BGP neighbors are established', [OP.tunnels]),
    wait(OP.routes, 'verify.routes', 'mist', 'Routes are learned', [OP.neighbors]),
    change(
      OP.policy,
      'mist',
      usesPolicy
        ? `Use existing policy ${design.policy.name} of ${design.device.name}, as it matches`
        : `Cutover: add application policy ${design.policy.name} to ${design.device.name}`,
      [OP.routes],
      [
        `${usesPolicy ? '= use existing' : '+'} policy ${design.policy.name}${usesPolicy ? ', as it matches' : ''}: ${design.policy.tenants.join(', ')} → ${design.application.name}, allow, no steering; position ${facts.policyPosition}${facts.policyAbove === undefined ? '' : `, above ${facts.policyAbove}`}`,
      ],
      {
        ...(facts.policyAbove !== undefined && { above: facts.policyAbove }),
        ...(usesPolicy && { adopt: true }),
      },
    ),
    wait(OP.policyApplied, 'mist.applied', 'mist', 'Wait until the router runs the policy', [OP.policy]),
    wait(OP.path, 'verify.path', 'mist', 'Prove the path', [OP.policyApplied]),
  ];
}

function linkLines(
  design: SiteDesign,
  link: SiteDesign['links'][number],
  adopt: string | undefined,
): string[] {
  const { ike } = design;
  const sign = adopt === undefined ? '+' : '=';
  const mark = adopt === undefined ? '+' : '= use existing';
  const id = adopt === undefined ? '' : ` (${adopt}), as it matches`;
  const zone2 = link.microsoftBgpZone2 === undefined ? '' : `, zone 2 ${link.microsoftBgpZone2}`;
  return [
    `${mark} device link ${link.name}${id}: device ${link.publicIp}, ${BANDWIDTH_MBPS[design.bandwidth]} Mbps, ${design.zones === 2 ? 'zone redundancy' : 'no redundancy'}`,
    `${sign} BGP: device ${link.deviceBgp} AS ${design.deviceAsn}, Microsoft ${link.microsoftBgp}${zone2}, AS read from Entra`,
    `${sign} IKE: custom, ${ike.label}, SA lifetime ${ike.esp.lifetimeSeconds} s; key ${adopt === undefined ? 'made' : 'read from Entra'} in the run: [secret] ${link.pskId}`,
  ];
}

function connectorLines(design: SiteDesign, facts: PlanFacts): string[] {
  const isUsed = facts.standing.connectors.state === 'adopt';
  const mark = isUsed ? '=' : '+';
  const lines = design.links.flatMap((link) =>
    link.connectors.flatMap((c) => [
      `${isUsed ? '= use existing' : '+'} connector ${c.name}${isUsed ? ', as it matches' : ''}: ${link.wan} (${link.publicIp}) → endpoint of zone ${c.zone}, source ${link.deviceBgp}, key [secret] ${c.pskId}`,
      `${mark} BGP group ${c.name}: AS ${design.deviceAsn}, neighbors ${c.sessions.map((s) => s.microsoftBgp).join(', ')}, no BFD, not re-advertised to the overlay`,
    ]),
  );
  return [
    ...lines,
    `${mark} routing policy ${design.announce.name}: announces ${design.announce.prefixes.join(', ')}`,
    `${mark} routing policy ${design.refuse.name}: refuses ${design.refuse.prefixes.join(', ')}`,
    ...(facts.inheritedStopped.length > 0
      ? [
          `! ${design.device.name} stops inheriting ${facts.inheritedStopped.join(', ')} from template ${facts.templateName ?? '?'}; a copy is written`,
        ]
      : []),
  ];
}
