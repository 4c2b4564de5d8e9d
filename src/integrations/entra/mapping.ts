import { Address4 } from 'ip-address';
import type { IkeProposal } from '../../design/types.ts';
import { CIPHERS, DH_GROUPS, INTEGRITIES } from '../../design/vendor-crypto.ts';
import type * as Read from './schema.ts';
import type {
  DeviceLink,
  DeviceLinkPolicy,
  ForwardingProfile,
  HealthEvent,
  LinkConnectivity,
  NewDeviceLink,
} from './types.ts';

type CustomPolicy = Extract<DeviceLinkPolicy, { kind: 'custom' }>;

/** Names of one group that mean the same, each with the one that is written. */
const SAME_GROUP: ReadonlyMap<string, string> = new Map(
  Object.values(DH_GROUPS).flatMap(({ ike, pfs }) =>
    [ike, pfs].flatMap((names: readonly string[]) =>
      names.slice(1).map((name): [string, string] => [name, names[0] ?? name]),
    ),
  ),
);

const CUSTOM = '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Custom';
const DEFAULT = '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default';

/** A proposal in Graph's enum names. Graph has no IKE lifetime; `saLifeTimeSeconds` is that of the IPsec SA. */
export function policyOf(ike: IkeProposal): CustomPolicy {
  const [ipSecEncryption, ipSecIntegrity] = CIPHERS[ike.esp.encryption].esp;
  return {
    kind: 'custom',
    ikeEncryption: CIPHERS[ike.ike.encryption].ike,
    ikeIntegrity: INTEGRITIES[ike.ike.integrity].graph,
    dhGroup: DH_GROUPS[ike.ike.dhGroup].ike[0],
    ipSecEncryption,
    ipSecIntegrity,
    pfsGroup: DH_GROUPS[ike.esp.pfsGroup].pfs[0],
    saLifeTimeSeconds: ike.esp.lifetimeSeconds,
  };
}

/** Names of the properties in which a policy that was read differs from a proposal; empty = the same. Two names of one group are equal. */
export function policyDifferences(read: DeviceLinkPolicy, ike: IkeProposal): readonly string[] {
  if (read.kind === 'default') return ['kind'];
  const wanted = policyOf(ike);
  return (Object.keys(wanted) as (keyof CustomPolicy)[]).filter(
    (key) => (SAME_GROUP.get(String(read[key])) ?? read[key]) !== wanted[key],
  );
}

/**
 * The body of "Create deviceLink" (Graph networkaccess-devicelink). Holds the keys in clear: build it when it is sent, and keep it nowhere.
 * `localIpAddress` is Microsoft's end and `peerIpAddress` the device's (Graph networkaccess-bgpconfiguration); the ASN is the device's.
 */
export function deviceLinkBody(link: NewDeviceLink, deviceVendor: string) {
  const { kind: _, ...policy } = policyOf(link.ike);
  return {
    name: link.name,
    ipAddress: link.ipAddress,
    // Doubt: juniperNetworks is in the metadata, but no page says that it may be written; hence configurable, by default "other".
    deviceVendor,
    bandwidthCapacityInMbps: link.bandwidth,
    bgpConfiguration: { localIpAddress: link.microsoftBgp, peerIpAddress: link.deviceBgp, asn: link.asn },
    redundancyConfiguration: link.zone2
      ? { redundancyTier: 'zoneRedundancy', zoneLocalIpAddress: link.zone2.microsoftBgp }
      : { redundancyTier: 'noRedundancy', zoneLocalIpAddress: null },
    tunnelConfiguration: {
      '@odata.type': CUSTOM,
      preSharedKey: link.psk.reveal(),
      // Doubt: "required with zone redundancy" says the resource page, yet Microsoft's examples leave it out. Sent always.
      ...(link.zone2 && { zoneRedundancyPreSharedKey: link.zone2.psk.reveal() }),
      ...policy,
    },
  };
}

/**
 * The body that associates profiles with a remote network: an OData delta.
 * Doubt: whether it adds to what is there or replaces it; the caller sends the full list and reads back. Graph's reference writes
 * `@context`, the Entra guide `@odata.context`: the reference's is used.
 */
export function profilesBody(profileIds: readonly string[]) {
  return { '@context': '#$delta', value: profileIds.map((id) => ({ id })) };
}

export function profileFrom(read: Read.ForwardingProfile): ForwardingProfile {
  return {
    id: read.id,
    name: read.name,
    type: read.trafficForwardingType,
    enabled: read.state === 'enabled',
  };
}

export function deviceLinkFrom(read: Read.DeviceLink): DeviceLink {
  const { bgpConfiguration: bgp, redundancyConfiguration: redundancy } = read;
  const tunnel = read.tunnelConfiguration ?? {};
  return {
    id: read.id,
    name: read.name,
    ipAddress: read.ipAddress,
    deviceVendor: read.deviceVendor,
    ...(read.bandwidthCapacityInMbps !== undefined && { bandwidth: read.bandwidthCapacityInMbps }),
    asn: bgp.asn,
    ...(bgp.localIpAddress !== undefined && { microsoftBgp: bgp.localIpAddress }),
    ...(bgp.peerIpAddress !== undefined && { deviceBgp: bgp.peerIpAddress }),
    zoneRedundant: redundancy?.redundancyTier === 'zoneRedundancy',
    ...(redundancy?.zoneLocalIpAddress !== undefined && { microsoftBgpZone2: redundancy.zoneLocalIpAddress }),
    policy: policyFrom(tunnel),
    ...(tunnel.preSharedKey && { psk: tunnel.preSharedKey }),
    ...(tunnel.zoneRedundancyPreSharedKey && { zonePsk: tunnel.zoneRedundancyPreSharedKey }),
  };
}

/** A policy is the default one only where Graph says so. A property that the answer lacks is `unknown` or 0, equal to no proposal. */
function policyFrom(tunnel: Read.TunnelConfiguration): DeviceLinkPolicy {
  const type = tunnel['@odata.type'];
  if (type?.replace(/^#/, '') === DEFAULT.slice(1)) return { kind: 'default' };
  return {
    kind: 'custom',
    ikeEncryption: tunnel.ikeEncryption ?? 'unknown',
    ikeIntegrity: tunnel.ikeIntegrity ?? 'unknown',
    dhGroup: tunnel.dhGroup ?? 'unknown',
    ipSecEncryption: tunnel.ipSecEncryption ?? 'unknown',
    ipSecIntegrity: tunnel.ipSecIntegrity ?? 'unknown',
    pfsGroup: tunnel.pfsGroup ?? 'unknown',
    saLifeTimeSeconds: tunnel.saLifeTimeSeconds ?? 0,
  };
}

/** An instance counts only when it is complete: Microsoft fills them in some time after the link was created. */
export function connectivityFrom(read: Read.ConnectivityLink): LinkConnectivity {
  const instances: LinkConnectivity['instances'][number][] = [];
  for (const { endpoint, asn, bgpAddress, region } of read.localConfigurations ?? []) {
    if (endpoint === undefined || !asn || bgpAddress === undefined) continue;
    instances.push({ endpoint, asn, bgpAddress, region: region ?? '' });
  }
  const peer = read.peerConfiguration;
  return {
    linkId: read.id,
    linkName: read.displayName,
    instances,
    device: { endpoint: peer?.endpoint ?? '', asn: peer?.asn ?? 0, bgpAddress: peer?.bgpAddress ?? '' },
  };
}

/** Events on which Microsoft always reports 0 routes, whatever it announces (Entra "Remote network health logs"). */
const WITHOUT_COUNT: ReadonlySet<string> = new Set([
  'tunnelConnected',
  'tunnelDisconnected',
  'bgpConnected',
  'bgpDisconnected',
]);

/** Health rows name no device link: they are told apart by the pair of public addresses. */
export function healthEventFrom(read: Read.HealthEvent): HealthEvent {
  const advertisedRoutes = WITHOUT_COUNT.has(read.status) ? undefined : read.bgpRoutesAdvertisedCount;
  return {
    atMs: Date.parse(read.createdDateTime),
    remoteNetworkId: read.remoteNetworkId,
    status: read.status,
    ...(read.sourceIp !== undefined && { deviceIp: read.sourceIp }),
    ...(read.destinationIp !== undefined && { microsoftIp: read.destinationIp }),
    ...(read.description !== undefined && { description: read.description }),
    ...(advertisedRoutes !== undefined && { advertisedRoutes }),
  };
}

/**
 * IPv4 prefixes that enabled policies forward, without repetition; undefined where the answer holds none, because a list
 * that was not expanded looks the same as one that is empty.
 */
export function prefixesFrom(links: readonly Read.PolicyLink[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const link of links) {
    if (link.state !== undefined && link.state !== 'enabled') continue;
    if (!link.policy?.policyRules) return undefined;
    for (const rule of link.policy.policyRules) {
      if (rule.action !== undefined && rule.action !== 'forward') continue;
      for (const { value } of rule.destinations ?? []) {
        const prefix = value === undefined ? undefined : ipv4Prefix(value);
        if (prefix !== undefined) found.add(prefix);
      }
    }
  }
  return found.size > 0 ? [...found] : undefined;
}

/** Names, URLs, IPv6 and ranges stand in the same list and are no prefixes. */
function ipv4Prefix(value: string): string | undefined {
  if (!Address4.isValid(value)) return undefined;
  const address = new Address4(value);
  return `${address.startAddress().correctForm()}/${address.subnetMask}`;
}
