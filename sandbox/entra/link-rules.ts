import { Address4 } from 'ip-address';
import { evolvedMembers, type GraphEnumName } from '../contracts/graph/enums.ts';
import type { DeviceLinkCreate } from '../contracts/graph/requests.ts';

/** Entra "remote network configurations": ASNs that a customer's device may not have, as inclusive ranges. */
const RESERVED_ASNS: readonly (readonly [number, number])[] = [
  [8075, 8076],
  [12076, 12076],
  [23456, 23456],
  [64496, 64511],
  [65476, 65476],
  [65517, 65520],
  [65535, 65551],
];

/** The same page: addresses that neither BGP end may have. */
const RESERVED_ADDRESSES = ['0.0.0.0/32', '127.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32'].map(
  (net) => new Address4(net),
);

/** The same page: phase 2 encryption and the only integrity that goes with it. */
const ESP_PAIRS: Record<string, string> = {
  gcmAes128: 'gcmAes128',
  gcmAes192: 'gcmAes192',
  gcmAes256: 'gcmAes256',
  none: 'sha256',
};

export function isHost(address: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && Address4.isValid(address);
}

function isReserved(address: string): boolean {
  const host = new Address4(address);
  return RESERVED_ADDRESSES.some((net) => host.isInSubnet(net));
}

function isReservedAsn(asn: number): boolean {
  return asn < 1 || asn > 65_534 || RESERVED_ASNS.some(([from, to]) => asn >= from && asn <= to);
}

/**
 * What is wrong with a device link by Entra's published rules, or undefined. Two rules are our reading, as the
 * service's own checks are not documented: both BGP ends must differ, and `ipAddress` must not be a reserved one.
 */
export function linkProblem(
  link: DeviceLinkCreate,
  options: { zoneKeyRequired: boolean },
): string | undefined {
  const { bgpConfiguration: bgp, redundancyConfiguration: redundancy, tunnelConfiguration: tunnel } = link;
  if (!isHost(link.ipAddress) || isReserved(link.ipAddress)) return 'ipAddress is not a usable IPv4 address.';
  if (isReservedAsn(bgp.asn)) return `The autonomous system number ${bgp.asn} is reserved or out of range.`;
  for (const [name, address] of [
    ['localIpAddress', bgp.localIpAddress],
    ['peerIpAddress', bgp.peerIpAddress],
  ] as const) {
    if (!isHost(address)) return `bgpConfiguration.${name} is not an IPv4 address.`;
    if (isReserved(address)) return `bgpConfiguration.${name} is a reserved address.`;
  }
  if (bgp.localIpAddress === bgp.peerIpAddress) return 'Local and peer BGP address must differ.';
  const zoneProblem = redundancyProblem(redundancy, bgp.localIpAddress, bgp.peerIpAddress);
  if (zoneProblem) return zoneProblem;
  if (
    options.zoneKeyRequired &&
    redundancy.redundancyTier === 'zoneRedundancy' &&
    !tunnel.zoneRedundancyPreSharedKey
  ) {
    return 'zoneRedundancyPreSharedKey is required for a zone-redundant link.';
  }
  if (!('dhGroup' in tunnel)) return undefined;
  if (ESP_PAIRS[tunnel.ipSecEncryption] !== tunnel.ipSecIntegrity) {
    return `ipSecEncryption ${tunnel.ipSecEncryption} does not go with ipSecIntegrity ${tunnel.ipSecIntegrity}.`;
  }
  if (tunnel.saLifeTimeSeconds <= 300) return 'saLifeTimeSeconds must be greater than 300.';
  return undefined;
}

function redundancyProblem(
  redundancy: DeviceLinkCreate['redundancyConfiguration'],
  local: string,
  peer: string,
): string | undefined {
  if (redundancy.redundancyTier !== 'zoneRedundancy') return undefined;
  const zone = redundancy.zoneLocalIpAddress;
  if (!zone) return 'zoneLocalIpAddress is required with zoneRedundancy.';
  if (!isHost(zone) || isReserved(zone)) return 'zoneLocalIpAddress is not a usable IPv4 address.';
  if (zone === local || zone === peer) return 'zoneLocalIpAddress must differ from the other BGP addresses.';
  return undefined;
}

/** The first enum member of `values` that was added after Graph's sentinel, or undefined. */
export function evolvedMemberIn(values: Partial<Record<GraphEnumName, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && evolvedMembers(name as GraphEnumName).includes(value)) return value;
  }
  return undefined;
}
