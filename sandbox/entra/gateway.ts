import type { GatewayInstance } from '../data-plane/views.ts';
import { announcedPrefixes } from './profiles.ts';
import type { DeviceLink, LinkRow } from './resources.ts';
import type { EntraStore } from './store.ts';

/** Microsoft's ASN towards customers, as the published connectivity configuration shows it. */
export const MICROSOFT_ASN = 65476;

/** Entra "remote network configurations": what the Default policy accepts; its lifetime is not published. */
const DEFAULT_POLICY: GatewayInstance['policy'] = {
  custom: false,
  phase1: [
    { encryption: 'gcmAes256', integrity: 'sha384', dhGroup: 'dhGroup24' },
    { encryption: 'gcmAes128', integrity: 'sha256', dhGroup: 'dhGroup24' },
    { encryption: 'aes256', integrity: 'sha384', dhGroup: 'dhGroup24' },
    { encryption: 'aes128', integrity: 'sha256', dhGroup: 'dhGroup24' },
  ],
  phase2: [
    { encryption: 'gcmAes256', integrity: 'gcmAes256', pfsGroup: 'none' },
    { encryption: 'gcmAes192', integrity: 'gcmAes192', pfsGroup: 'none' },
    { encryption: 'gcmAes128', integrity: 'gcmAes128', pfsGroup: 'none' },
  ],
  saLifeTimeSeconds: 27_000,
};

function policyOf({ tunnelConfiguration: tunnel }: DeviceLink): GatewayInstance['policy'] {
  if (!('dhGroup' in tunnel)) return DEFAULT_POLICY;
  return {
    custom: true,
    phase1: [{ encryption: tunnel.ikeEncryption, integrity: tunnel.ikeIntegrity, dhGroup: tunnel.dhGroup }],
    phase2: [
      { encryption: tunnel.ipSecEncryption, integrity: tunnel.ipSecIntegrity, pfsGroup: tunnel.pfsGroup },
    ],
    saLifeTimeSeconds: tunnel.saLifeTimeSeconds,
  };
}

/** One zone of a link: which address Microsoft answers at and which BGP address it speaks from. */
export interface ZoneAddress {
  readonly zone: 1 | 2;
  readonly endpoint: string;
  readonly bgpAddress: string;
}

/** The zones of a link in zone order. */
export function zonesOf({ endpoints, resource }: LinkRow): ZoneAddress[] {
  const { redundancyConfiguration: redundancy, bgpConfiguration: bgp } = resource;
  const first: ZoneAddress = { zone: 1, endpoint: endpoints[0], bgpAddress: bgp.localIpAddress };
  if (redundancy.redundancyTier !== 'zoneRedundancy') return [first];
  return [first, { zone: 2, endpoint: endpoints[1], bgpAddress: redundancy.zoneLocalIpAddress ?? '' }];
}

/**
 * The gateways that answer now, for the data plane. A link's gateways appear `endpointMs` after its creation.
 * Results are kept until the configuration changes or the next gateway is due.
 */
export class Gateways {
  readonly #store: EntraStore;
  readonly #timing: { endpointMs: number };
  #kept: { version: number; endpointMs: number; until: number; instances: GatewayInstance[] } | undefined;

  constructor(store: EntraStore, timing: { endpointMs: number }) {
    this.#store = store;
    this.#timing = timing;
  }

  instances(): GatewayInstance[] {
    const { version } = this.#store;
    const { endpointMs } = this.#timing;
    const at = Date.now();
    const kept = this.#kept;
    if (kept && kept.version === version && kept.endpointMs === endpointMs && at < kept.until)
      return kept.instances;
    let until = Number.POSITIVE_INFINITY;
    const instances: GatewayInstance[] = [];
    const announced = this.#announcedByNetwork();
    for (const row of this.#store.links.values()) {
      const readyAt = row.createdAt + endpointMs;
      if (readyAt > at) until = Math.min(until, readyAt);
      else instances.push(...instancesOf(row, announced.get(row.networkId) ?? []));
    }
    this.#kept = { version, endpointMs, until, instances };
    return instances;
  }

  #announcedByNetwork(): Map<string, string[]> {
    const byNetwork = new Map<string, Set<string>>();
    for (const profile of this.#store.profiles) {
      const prefixes = announcedPrefixes(profile);
      for (const { branchId } of profile.associations) {
        const set = byNetwork.get(branchId) ?? new Set();
        for (const prefix of prefixes) set.add(prefix);
        byNetwork.set(branchId, set);
      }
    }
    return new Map([...byNetwork].map(([id, set]) => [id, [...set]]));
  }
}

function instancesOf(row: LinkRow, announces: string[]): GatewayInstance[] {
  const { resource } = row;
  const { tunnelConfiguration: tunnel, bgpConfiguration: bgp } = resource;
  return zonesOf(row).map(({ zone, endpoint, bgpAddress }) => ({
    remoteNetworkId: row.networkId,
    linkId: resource.id,
    zone,
    endpoint,
    asn: MICROSOFT_ASN,
    bgpAddress,
    peer: { endpoint: resource.ipAddress, asn: bgp.asn, bgpAddress: bgp.peerIpAddress },
    // What the service does without a second key is not documented; one key for both is the likely reading.
    psk: zone === 2 ? (tunnel.zoneRedundancyPreSharedKey ?? tunnel.preSharedKey) : tunnel.preSharedKey,
    policy: policyOf(resource),
    announces,
    alive: !row.deadZones.has(zone),
  }));
}
