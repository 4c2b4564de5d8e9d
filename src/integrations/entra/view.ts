import type {
  EntraLinkView,
  EntraView,
  InstanceView,
  Part,
  PolicyView,
} from '../../design/cross-checks/views.ts';
import type { DeviceLink, DeviceLinkPolicy, LinkConnectivity, RemoteNetwork } from './types.ts';

/*
 * Diffie-Hellman groups by IANA number. Doubt: Graph names two 2048-bit groups apart (pfs14 beside pfs2048, dhGroup14 beside
 * dhGroup2048) and does not define `pfsmm`; in Azure's VPN the first two are one group, and so they are here.
 */
const GROUPS: Readonly<Record<string, number>> = {
  dhGroup14: 14,
  dhGroup2048: 14,
  dhGroup24: 24,
  none: 0,
  pfs1: 1,
  pfs2: 2,
  pfs14: 14,
  pfs2048: 14,
  pfs24: 24,
  ecp256: 19,
  ecp384: 20,
};

/** A remote network in neutral terms; `connectivity` as it was read, or why it could not be. */
export function entraView(
  network: RemoteNetwork,
  connectivity: Part<readonly LinkConnectivity[]>,
): EntraView {
  return {
    networkName: network.name,
    region: network.region,
    profiles: { read: true, value: network.profiles.map(({ type, enabled }) => ({ type, enabled })) },
    links: network.links.map((link) => entraLinkView(link, instancesOf(link, connectivity))),
  };
}

/** One device link in neutral terms. */
export function entraLinkView(link: DeviceLink, instances: Part<readonly InstanceView[]>): EntraLinkView {
  return {
    name: link.name,
    publicIp: link.ipAddress,
    deviceBgp: link.deviceBgp,
    microsoftBgp: link.microsoftBgp,
    microsoftBgpZone2: link.microsoftBgpZone2,
    deviceAsn: link.asn,
    zoneRedundant: link.zoneRedundant,
    bandwidth: link.bandwidth,
    policy: policyView(link.policy),
    psk: link.psk,
    zonePsk: link.zonePsk,
    instances,
  };
}

function instancesOf(
  link: DeviceLink,
  connectivity: Part<readonly LinkConnectivity[]>,
): Part<readonly InstanceView[]> {
  if (!connectivity.read) return connectivity;
  const own = connectivity.value.find((c) => c.linkId === link.id || c.linkName === link.name);
  return { read: true, value: own?.instances ?? [] };
}

/** A policy in neutral terms; members that Graph does not name or that we do not know are `unrecognised`. */
export function policyView(policy: DeviceLinkPolicy): PolicyView {
  if (policy.kind === 'default') {
    return {
      isEntraDefault: true,
      ikeEncryption: undefined,
      ikeIntegrity: undefined,
      dhGroup: undefined,
      espEncryption: undefined,
      espIntegrity: undefined,
      pfsGroup: undefined,
      saLifetimeSeconds: undefined,
    };
  }
  return {
    ikeEncryption: nameOf(policy.ikeEncryption),
    ikeIntegrity: nameOf(policy.ikeIntegrity),
    dhGroup: GROUPS[policy.dhGroup] ?? 'unrecognised',
    espEncryption: nameOf(policy.ipSecEncryption),
    espIntegrity: nameOf(policy.ipSecIntegrity),
    pfsGroup: GROUPS[policy.pfsGroup] ?? 'unrecognised',
    saLifetimeSeconds: policy.saLifeTimeSeconds === 0 ? undefined : policy.saLifeTimeSeconds,
  };
}

/** `unknownFutureValue` stands for a member that is newer than the answer's form; `unknown` for one that the answer lacks. */
function nameOf(member: string): string {
  return member === 'unknownFutureValue' || member === 'unknown' ? 'unrecognised' : member;
}
