import { z } from 'zod';

/**
 * Graph's networkAccess enums as the service metadata lists them, in its order. Everything after `unknownFutureValue`
 * is the evolvable tail: a reader that does not ask for it sees the sentinel instead.
 */
export const graphEnums = {
  bandwidthCapacityInMbps: z.enum(['mbps250', 'mbps500', 'mbps750', 'mbps1000', 'unknownFutureValue']),
  deviceVendor: z.enum([
    ...['barracudaNetworks', 'checkPoint', 'ciscoMeraki', 'citrix', 'fortinet', 'hpeAruba', 'netFoundry'],
    ...[
      'nuage',
      'openSystems',
      'paloAltoNetworks',
      'riverbedTechnology',
      'silverPeak',
      'vmWareSdWan',
      'versa',
    ],
    ...['other', 'ciscoCatalyst', 'unknownFutureValue'],
    ...['aviatrix', 'netskope', 'teridion', 'aristaNetworks', 'aristaVeloCloud', 'juniperNetworks'],
  ] as const),
  dhGroup: z.enum(['dhGroup14', 'dhGroup24', 'dhGroup2048', 'ecp256', 'ecp384', 'unknownFutureValue']),
  ikeEncryption: z.enum(['aes128', 'aes192', 'aes256', 'gcmAes128', 'gcmAes256', 'unknownFutureValue']),
  ikeIntegrity: z.enum(['sha256', 'sha384', 'gcmAes128', 'gcmAes256', 'unknownFutureValue']),
  ipSecEncryption: z.enum(['none', 'gcmAes128', 'gcmAes192', 'gcmAes256', 'unknownFutureValue']),
  ipSecIntegrity: z.enum(['gcmAes128', 'gcmAes192', 'gcmAes256', 'sha256', 'unknownFutureValue']),
  pfsGroup: z.enum([
    ...['none', 'pfs1', 'pfs2', 'pfs14', 'pfs24', 'pfs2048', 'pfsmm', 'ecp256', 'ecp384'],
    'unknownFutureValue',
  ] as const),
  redundancyTier: z.enum(['noRedundancy', 'zoneRedundancy', 'unknownFutureValue']),
  region: z.enum([
    ...['eastUS', 'eastUS2', 'westUS', 'westUS2', 'westUS3', 'centralUS', 'northCentralUS', 'southCentralUS'],
    ...['northEurope', 'westEurope', 'franceCentral', 'germanyWestCentral', 'switzerlandNorth', 'ukSouth'],
    ...['canadaEast', 'canadaCentral', 'southAfricaWest', 'southAfricaNorth', 'uaeNorth', 'australiaEast'],
    ...[
      'westCentralUS',
      'centralIndia',
      'southEastAsia',
      'swedenCentral',
      'southIndia',
      'australiaSouthEast',
    ],
    ...['koreaCentral', 'polandCentral', 'brazilSouth', 'japanEast', 'japanWest', 'koreaSouth', 'italyNorth'],
    ...['franceSouth', 'israelCentral', 'unknownFutureValue'],
    ...['taiwanNorth', 'mexicoCentral', 'spainCentral', 'jioIndiaCentral', 'brazilSouthEast'],
  ] as const),
  remoteNetworkStatus: z.enum([
    ...['tunnelDisconnected', 'tunnelConnected', 'bgpDisconnected', 'bgpConnected', 'remoteNetworkAlive'],
    'unknownFutureValue',
  ] as const),
  status: z.enum(['enabled', 'disabled', 'unknownFutureValue']),
  trafficForwardingType: z.enum(['m365', 'internet', 'private', 'unknownFutureValue']),
  onboardingStatus: z.enum([
    ...['offboarded', 'offboardingInProgress', 'onboardingInProgress', 'onboarded'],
    ...['onboardingErrorOccurred', 'offboardingErrorOccurred', 'unknownFutureValue'],
  ] as const),
  alertSeverity: z.enum(['informational', 'low', 'medium', 'high', 'unknownFutureValue']),
  alertType: z.enum([
    ...['unhealthyRemoteNetworks', 'unhealthyConnectors', 'deviceTokenInconsistency', 'crossTenantAnomaly'],
    ...['suspiciousProcess', 'threatIntelligenceTransactions', 'unknownFutureValue'],
    ...['webContentBlocked', 'malware', 'patientZero', 'dlp'],
  ] as const),
  intentCategory: z.enum([
    ...['initialAccess', 'persistence', 'privilegeEscalation', 'defenseEvasion', 'credentialAccess'],
    ...[
      'discovery',
      'lateralMovement',
      'execution',
      'collection',
      'exfiltration',
      'commandAndControl',
      'impact',
    ],
    ...[
      'impairProcessControl',
      'inhibitResponseFunction',
      'reconnaissance',
      'resourceDevelopment',
      'evasion',
    ],
    'unknownFutureValue',
  ] as const),
  forwardingCategory: z.enum(['default', 'optimized', 'allow', 'unknownFutureValue']),
  forwardingRuleAction: z.enum(['bypass', 'forward', 'unknownFutureValue']),
  clientFallbackAction: z.enum(['bypass', 'block', 'default', 'unknownFutureValue']),
  networkDestinationType: z.enum([
    ...['url', 'fqdn', 'ipAddress', 'ipRange', 'ipSubnet', 'webCategory', 'unknownFutureValue'],
  ] as const),
  networkingProtocol: z.enum([
    ...['ip', 'icmp', 'igmp', 'ggp', 'ipv4', 'tcp', 'pup', 'udp', 'idp', 'ipv6', 'ipv6RoutingHeader'],
    ...['ipv6FragmentHeader', 'ipSecEncapsulatingSecurityPayload', 'ipSecAuthenticationHeader', 'icmpV6'],
    ...[
      'ipv6NoNextHeader',
      'ipv6DestinationOptions',
      'nd',
      'ipx',
      'raw',
      'spx',
      'spxII',
      'unknownFutureValue',
    ],
  ] as const),
};

/** Name of an enum in {@link graphEnums}. */
export type GraphEnumName = keyof typeof graphEnums;

/** The members that Graph added after the sentinel. */
export function evolvedMembers(name: GraphEnumName): readonly string[] {
  const members: readonly string[] = graphEnums[name].options;
  return members.slice(members.indexOf('unknownFutureValue') + 1);
}
