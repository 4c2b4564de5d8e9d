import { compareCidrs, readPrefix } from './addressing.ts';
import { findIkeProposal } from './ike-proposals.ts';
import * as names from './names.ts';
import { peeringAddresses } from './peering.ts';
import { redundancyOf } from './redundancy.ts';
import type {
  ConnectorDesign,
  LinkDesign,
  LinkInputs,
  SiteDesign,
  SiteFacts,
  SiteInputs,
  TrafficMode,
  Zone,
  ZoneTopology,
} from './types.ts';

/** The default route, which mode `m365` refuses from Microsoft. Exact: read as "and longer" it would refuse everything. */
export const DEFAULT_ROUTE = '0.0.0.0/0';

/** The whole IPv4 space in two prefixes that win over a DIA rule's 0.0.0.0/0. Source: Juniper's Microsoft SSE guide. */
export const HALVES_OF_IPV4: readonly string[] = ['0.0.0.0/1', '128.0.0.0/1'];

/** The chosen networks that the device no longer has or whose prefix is not IPv4. Preflight asks this before it asks for a design. */
export function missingNetworks(inputs: SiteInputs, facts: SiteFacts): string[] {
  const usable = facts.networks.filter((network) => readPrefix(network.prefix) !== undefined);
  return inputs.networks.filter((name) => !usable.some((network) => network.name === name));
}

/**
 * What the site should be on both sides. Pure and deterministic: the order of networks in the inputs and in the facts does not matter.
 * Inputs must come from `checkInputs`. Throws RangeError when they contradict themselves (links against option, a missing
 * range B, an unknown IKE id) or when the facts lack a chosen network; see {@link missingNetworks}.
 */
export function designSite(inputs: SiteInputs, facts: SiteFacts): SiteDesign {
  const { links: linkCount, zones } = redundancyOf(inputs.option);
  const ike = findIkeProposal(inputs.ikeId);
  if (ike === undefined) throw new RangeError(`unknown IKE proposal ${inputs.ikeId}`);
  if (inputs.links.length !== linkCount)
    throw new RangeError(`option ${inputs.option} needs ${linkCount} link(s)`);
  if (zones === 2 && inputs.rangeB === undefined)
    throw new RangeError(`option ${inputs.option} needs a second range`);
  const missing = missingNetworks(inputs, facts);
  if (missing.length > 0) throw new RangeError(`networks not usable on the device: ${missing.join(', ')}`);

  // Without zone redundancy there is one tunnel per link whatever was chosen.
  const zoneTopology = zones === 2 ? inputs.zoneTopology : 'single-tunnel';
  const rangeB = zones === 2 ? inputs.rangeB : undefined;
  const selected = facts.networks
    .filter((network) => inputs.networks.includes(network.name))
    .toSorted((a, b) => compareText(a.name, b.name));
  const ownPrefixes = prefixesOf(facts.networks);

  return {
    site: inputs.site,
    device: inputs.device,
    option: inputs.option,
    zones,
    zoneTopology,
    mode: inputs.mode,
    region: inputs.region,
    bandwidth: inputs.bandwidth,
    deviceAsn: inputs.deviceAsn,
    ranges: rangeB === undefined ? [inputs.rangeA] : [inputs.rangeA, rangeB],
    remoteNetworkName: names.remoteNetworkName(inputs.site.name),
    links: designLinks(inputs, zoneTopology, rangeB),
    ike,
    profiles: inputs.mode === 'internet' ? ['m365', 'internet'] : ['m365'],
    application: applicationFor(inputs.mode, facts.hasDiaPolicy),
    policy: {
      name: names.POLICY_NAME,
      tenants: unique(selected.flatMap((network) => network.tenants)).toSorted(compareText),
    },
    networks: selected.map(({ name, prefix }) => ({ name, prefix: readPrefix(prefix) ?? prefix })),
    announce: { name: names.EXPORT_POLICY_NAME, prefixes: prefixesOf(selected) },
    refuse: {
      name: names.IMPORT_POLICY_NAME,
      prefixes:
        inputs.mode === 'm365'
          ? [DEFAULT_ROUTE, ...ownPrefixes.filter((prefix) => prefix !== DEFAULT_ROUTE)]
          : ownPrefixes,
    },
    ...(inputs.ticket === undefined ? {} : { ticket: inputs.ticket }),
  };
}

function designLinks(inputs: SiteInputs, topology: ZoneTopology, rangeB: string | undefined): LinkDesign[] {
  const baseNames = names.connectorBaseNames(inputs.links.map((link) => link.wan));
  return baseNames.map((baseName, position) => {
    const link = inputs.links[position];
    if (link === undefined) throw new RangeError('more connector names than links');
    return designLink(inputs, link, position === 0 ? 1 : 2, baseName, topology, rangeB);
  });
}

function designLink(
  inputs: SiteInputs,
  link: LinkInputs,
  index: 1 | 2,
  baseName: string,
  topology: ZoneTopology,
  rangeB: string | undefined,
): LinkDesign {
  const network = names.remoteNetworkName(inputs.site.name);
  const name = names.deviceLinkName(inputs.site.name, link.wan);
  const derived = peeringAddresses(index, inputs.rangeA, rangeB);
  const pskId = names.pskId(network, name, 1);
  const microsoftBgp = link.microsoftBgp ?? derived.microsoftBgp;
  const common = {
    index,
    name,
    wan: link.wan,
    node: link.node,
    publicIp: link.publicIp,
    deviceBgp: link.deviceBgp ?? derived.deviceBgp,
    microsoftBgp,
    pskId,
  };
  const connector = (zone: Zone, id: string, sessions: ConnectorDesign['sessions']): ConnectorDesign => ({
    name: names.connectorName(baseName, topology, zone),
    zone,
    pskId: id,
    sessions,
  });
  const first = { zone: 1, microsoftBgp } as const;
  if (derived.microsoftBgpZone2 === undefined)
    return { ...common, connectors: [connector(1, pskId, [first])] };

  const microsoftBgpZone2 = link.microsoftBgpZone2 ?? derived.microsoftBgpZone2;
  const second = { zone: 2, microsoftBgp: microsoftBgpZone2 } as const;
  if (topology === 'single-tunnel') {
    return {
      ...common,
      microsoftBgpZone2,
      zonePskId: pskId,
      connectors: [connector(1, pskId, [first, second])],
    };
  }
  const zonePskId = names.pskId(network, name, 2);
  const connectors = [connector(1, pskId, [first]), connector(2, zonePskId, [second])];
  return { ...common, microsoftBgpZone2, zonePskId, connectors };
}

function applicationFor(mode: TrafficMode, hasDiaPolicy: boolean): SiteDesign['application'] {
  if (mode === 'internet' && !hasDiaPolicy)
    return { name: names.INTERNET_APPLICATION_NAME, addresses: [DEFAULT_ROUTE] };
  return { name: names.APPLICATION_NAME, addresses: HALVES_OF_IPV4 };
}

/** In address order. Mist's prefixes may have host bits, which a routing policy would not match; unreadable ones are left out. */
function prefixesOf(networks: SiteFacts['networks']): string[] {
  return unique(networks.flatMap((network) => readPrefix(network.prefix) ?? [])).toSorted(compareCidrs);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

// By code unit, not by locale: a plan's hash must not depend on the machine.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
