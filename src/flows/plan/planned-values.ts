import type { Json } from '../../../db/types.ts';
import { Secret } from '../../base/secret.ts';
import type { ConnectorDesign, LinkDesign, SiteDesign } from '../../design/types.ts';
import { deviceLinkBody } from '../../integrations/entra/mapping.ts';
import { isObject, objectOf } from '../../integrations/mist/json.ts';
import { applicationBody, connectorEntries, policyEntry } from '../../integrations/mist/mapping.ts';
import {
  CONNECTOR_KEYS,
  connectorKeys,
  POLICY_KEY,
  policyBase,
  policyKey,
} from '../../integrations/mist/merge.ts';
import type { RawConfig } from '../../integrations/mist/types.ts';
import type { EntraAdoption } from '../adopt/entra-adoption.ts';
import type { MistAdoption } from '../adopt/mist-adoption.ts';
import type { PlannedOperation } from '../engine/types.ts';
import { OP } from '../onboard/outputs.ts';
import { masked } from './masked.ts';

/** Stands for an AS number until the run has read it; no router has it. */
const UNREAD_ASN = 0;
const UNREAD_ASN_TEXT = '[AS number, read from Entra during the run]';

/** What an operation's values are made from. */
export interface ValueFacts {
  readonly profileIds: readonly string[];
  /** What stands in Entra already and is used. */
  readonly adoption: EntraAdoption;
  /** What stands on the device already and is used. */
  readonly standing: MistAdoption;
  /** Graph's member with which device links are written. */
  readonly deviceVendor: string;
  /** The device's own root keys as Mist has them. */
  readonly device: RawConfig;
  /** The template with its variables filled in. */
  readonly template: RawConfig | undefined;
  /** Index of our policy among the device's; -1 where it is refused. */
  readonly policyPosition: number;
}

/**
 * The operations with what stands before and after each change, as data: the bodies that the run will send, made by the mappings
 * that make them. Every secret in it is masked, foreign ones too; what only the run can know stands as a text in brackets: our keys by their
 * symbolic IDs, Microsoft's endpoints and AS numbers. It goes into the digest, so that an approval covers all of it.
 */
export function withValues(
  operations: readonly PlannedOperation[],
  design: SiteDesign,
  facts: ValueFacts,
): readonly PlannedOperation[] {
  const values = valuesOf(design, facts);
  return operations.map((operation) => {
    const own = values.get(operation.id);
    return own === undefined ? operation : { ...operation, values: own };
  });
}

type Values = NonNullable<PlannedOperation['values']>;

function valuesOf(design: SiteDesign, facts: ValueFacts): ReadonlyMap<string, Values> {
  const created = (after: unknown): Values => ({ before: null, after: after as Json });
  // Used as it is: the same before and after.
  const { adoption } = facts;
  const unlessAdopted = (id: string | undefined, body: unknown): Values =>
    id === undefined ? created(body) : { before: body as Json, after: body as Json };
  const adoptedLinks = adoption.state === 'adopt' ? adoption.links : {};
  return new Map<string, Values>([
    [
      OP.network,
      unlessAdopted(adoption.state === 'adopt' ? adoption.networkId : undefined, {
        name: design.remoteNetworkName,
        region: design.region,
        forwardingProfiles: [...facts.profileIds],
      }),
    ],
    ...design.links.map((link): [string, Values] => [
      OP.link(link.index),
      unlessAdopted(adoptedLinks[link.name], linkBody(design, link, facts.deviceVendor)),
    ]),
    // The same whether it is there or not: it is created or used as it is, and every site may create it.
    [OP.application, created(applicationBody(design.application.name, design.application.addresses))],
    [OP.connectors, connectorValues(design, facts)],
    [OP.policy, policyValues(design, facts)],
  ]);
}

function linkBody(design: SiteDesign, link: LinkDesign, deviceVendor: string): unknown {
  const { pskId, zonePskId = pskId, microsoftBgpZone2 } = link;
  return deviceLinkBody(
    {
      name: link.name,
      ipAddress: link.publicIp,
      bandwidth: design.bandwidth,
      asn: design.deviceAsn,
      microsoftBgp: link.microsoftBgp,
      deviceBgp: link.deviceBgp,
      ike: design.ike,
      psk: symbolic(pskId),
      ...(microsoftBgpZone2 !== undefined && {
        zone2: { microsoftBgp: microsoftBgpZone2, psk: symbolic(zonePskId) },
      }),
    },
    deviceVendor,
  );
}

function connectorValues(design: SiteDesign, facts: ValueFacts): Values {
  if (facts.standing.connectors.state === 'adopt') return unchanged(facts.device, CONNECTOR_KEYS);
  const lives = design.links.flatMap((link) =>
    link.connectors.map((connector) => [connector.name, liveOf(link, connector)] as const),
  );
  const entries = connectorEntries(design, Object.fromEntries(lives));
  const groups = Object.entries(entries.bgp_config).map(([name, group]) => [name, withoutAsn(group)]);
  const { keys } = connectorKeys(maskedConfig(facts.device), facts.template && maskedConfig(facts.template), {
    ...entries,
    bgp_config: Object.fromEntries(groups),
  });
  return { before: ownKeys(facts.device, CONNECTOR_KEYS), after: keys as Json };
}

function policyValues(
  design: SiteDesign,
  { device, template, policyPosition, standing }: ValueFacts,
): Values {
  if (standing.policy.state === 'adopt') return unchanged(device, [POLICY_KEY]);
  const base = policyBase(device, template);
  const policies = policyPosition < 0 ? base : base.toSpliced(policyPosition, 0, policyEntry(design));
  return {
    before: ownKeys(device, [POLICY_KEY]),
    after: masked(policyKey(device, template, policies).keys) as Json,
  };
}

function liveOf(link: LinkDesign, connector: ConnectorDesign) {
  return {
    endpoint: `[endpoint of ${link.name}, zone ${connector.zone}, read from Entra during the run]`,
    psk: symbolic(connector.pskId),
    asn: Object.fromEntries(connector.sessions.map((s) => [s.microsoftBgp, UNREAD_ASN])),
  };
}

/** A key that is not made yet, by its symbolic ID. */
function symbolic(pskId: string): Secret {
  return new Secret(`[secret] ${pskId}`);
}

function withoutAsn(group: unknown): unknown {
  const neighbors = Object.entries(objectOf(objectOf(group)['neighbors'])).map(([ip, neighbor]) => [
    ip,
    { ...objectOf(neighbor), neighbor_as: UNREAD_ASN_TEXT },
  ]);
  return { ...objectOf(group), neighbors: Object.fromEntries(neighbors) };
}

function maskedConfig(config: RawConfig): RawConfig {
  const all = masked(config);
  return isObject(all) ? all : {};
}

/** Used as it is: the same before and after. */
function unchanged(device: RawConfig, names: readonly string[]): Values {
  const own = ownKeys(device, names);
  return { before: own, after: own };
}

/** The device's own keys of these names; null where it has none and inherits the template's. */
function ownKeys(device: RawConfig, names: readonly string[]): Json {
  return masked(Object.fromEntries(names.map((name) => [name, device[name] ?? null]))) as Json;
}
