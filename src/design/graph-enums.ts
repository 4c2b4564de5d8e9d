/** Stands for every member that a reader did not ask to see, and divides the first members of an enum from those added later. */
export const UNKNOWN_FUTURE_VALUE = 'unknownFutureValue';

/**
 * The enums of Graph networkAccess (beta) that the bot reads or writes, all members in the order of the service metadata. What
 * stands after `unknownFutureValue` is the evolvable tail: Graph shows it only to a reader who sends
 * `Prefer: include-unknown-enum-members`. Always sent by name: the numbers in Entra's guide are not those of the metadata.
 * Doubt: whether the service accepts members of a tail when they are written; Entra's pages name none of them.
 */
export const GRAPH_ENUMS = {
  bandwidthCapacityInMbps: ['mbps250', 'mbps500', 'mbps750', 'mbps1000', UNKNOWN_FUTURE_VALUE],
  deviceVendor: [
    'barracudaNetworks',
    'checkPoint',
    'ciscoMeraki',
    'citrix',
    'fortinet',
    'hpeAruba',
    'netFoundry',
    'nuage',
    'openSystems',
    'paloAltoNetworks',
    'riverbedTechnology',
    'silverPeak',
    'vmWareSdWan',
    'versa',
    'other',
    'ciscoCatalyst',
    UNKNOWN_FUTURE_VALUE,
    'aviatrix',
    'netskope',
    'teridion',
    'aristaNetworks',
    'aristaVeloCloud',
    'juniperNetworks',
  ],
  redundancyTier: ['noRedundancy', 'zoneRedundancy', UNKNOWN_FUTURE_VALUE],
  ikeEncryption: ['aes128', 'aes192', 'aes256', 'gcmAes128', 'gcmAes256', UNKNOWN_FUTURE_VALUE],
  ikeIntegrity: ['sha256', 'sha384', 'gcmAes128', 'gcmAes256', UNKNOWN_FUTURE_VALUE],
  dhGroup: ['dhGroup14', 'dhGroup24', 'dhGroup2048', 'ecp256', 'ecp384', UNKNOWN_FUTURE_VALUE],
  ipSecEncryption: ['none', 'gcmAes128', 'gcmAes192', 'gcmAes256', UNKNOWN_FUTURE_VALUE],
  ipSecIntegrity: ['gcmAes128', 'gcmAes192', 'gcmAes256', 'sha256', UNKNOWN_FUTURE_VALUE],
  pfsGroup: [
    'none',
    'pfs1',
    'pfs2',
    'pfs14',
    'pfs24',
    'pfs2048',
    'pfsmm',
    'ecp256',
    'ecp384',
    UNKNOWN_FUTURE_VALUE,
  ],
  region: [
    'eastUS',
    'eastUS2',
    'westUS',
    'westUS2',
    'westUS3',
    'centralUS',
    'northCentralUS',
    'southCentralUS',
    'northEurope',
    'westEurope',
    'franceCentral',
    'germanyWestCentral',
    'switzerlandNorth',
    'ukSouth',
    'canadaEast',
    'canadaCentral',
    'southAfricaWest',
    'southAfricaNorth',
    'uaeNorth',
    'australiaEast',
    'westCentralUS',
    'centralIndia',
    'southEastAsia',
    'swedenCentral',
    'southIndia',
    'australiaSouthEast',
    'koreaCentral',
    'polandCentral',
    'brazilSouth',
    'japanEast',
    'japanWest',
    'koreaSouth',
    'italyNorth',
    'franceSouth',
    'israelCentral',
    UNKNOWN_FUTURE_VALUE,
    'taiwanNorth',
    'mexicoCentral',
    'spainCentral',
    'jioIndiaCentral',
    'brazilSouthEast',
  ],
  status: ['enabled', 'disabled', UNKNOWN_FUTURE_VALUE],
  trafficForwardingType: ['m365', 'internet', 'private', UNKNOWN_FUTURE_VALUE],
  onboardingStatus: [
    'offboarded',
    'offboardingInProgress',
    'onboardingInProgress',
    'onboarded',
    'onboardingErrorOccurred',
    'offboardingErrorOccurred',
    UNKNOWN_FUTURE_VALUE,
  ],
  remoteNetworkStatus: [
    'tunnelDisconnected',
    'tunnelConnected',
    'bgpDisconnected',
    'bgpConnected',
    'remoteNetworkAlive',
    UNKNOWN_FUTURE_VALUE,
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Name of an enum in {@link GRAPH_ENUMS}. */
export type GraphEnum = keyof typeof GRAPH_ENUMS;

/** A member of an enum, the sentinel included. */
export type GraphMember<E extends GraphEnum> = (typeof GRAPH_ENUMS)[E][number];

/** Members that may be written: all but the sentinel. */
export function writableMembers<E extends GraphEnum>(
  name: E,
): readonly Exclude<GraphMember<E>, typeof UNKNOWN_FUTURE_VALUE>[] {
  return membersOf(name).filter(isWritable);
}

/** Members that Graph shows only to a reader who asks for them. */
export function evolvedMembers<E extends GraphEnum>(name: E): readonly GraphMember<E>[] {
  const members = membersOf(name);
  return members.slice(members.findIndex((member) => member === UNKNOWN_FUTURE_VALUE) + 1);
}

function membersOf<E extends GraphEnum>(name: E): readonly GraphMember<E>[] {
  return GRAPH_ENUMS[name];
}

function isWritable<M extends string>(member: M): member is Exclude<M, typeof UNKNOWN_FUTURE_VALUE> {
  return member !== UNKNOWN_FUTURE_VALUE;
}
