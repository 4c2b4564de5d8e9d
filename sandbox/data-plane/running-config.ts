import type { MistProposal } from './proposals.ts';
import type { WanEdge } from './views.ts';

/** A Secure Edge Connector as the router runs it, read from Mist's `tunnel_configs` entry. */
export interface Connector {
  readonly name: string;
  readonly custom: boolean;
  readonly ikeVersion: string;
  readonly localId: string;
  readonly psk: string;
  readonly host: string;
  readonly remoteId: string;
  readonly wanName: string;
  /** The device's BGP address; empty where none is set. */
  readonly internalIp: string;
  readonly ike: readonly MistProposal[];
  readonly esp: readonly MistProposal[];
  readonly lifetimeSeconds: number | undefined;
}

/** One neighbour of a `bgp_config` entry, with what it inherits from its group. */
export interface Neighbor {
  readonly address: string;
  readonly group: string;
  readonly tunnelName: string;
  readonly external: boolean;
  readonly localAs: number;
  readonly neighborAs: number;
  readonly disabled: boolean;
  readonly multihopTtl: number;
  readonly authenticated: boolean;
  readonly importPolicy: string | undefined;
  readonly exportPolicy: string | undefined;
}

type Raw = Readonly<Record<string, unknown>>;

/** The connectors of a router that speak IPsec to an address of the customer's choice, in configuration order. */
export function connectorsOf(edge: WanEdge): Connector[] {
  return Object.entries(edge.tunnelConfigs).map(([name, value]) => {
    const tunnel = rawOf(value);
    const primary = rawOf(tunnel['primary']);
    const host = firstOf(primary['hosts']);
    return {
      name,
      custom: tunnel['provider'] === 'custom-ipsec' && tunnel['protocol'] === 'ipsec',
      ikeVersion: textOf(tunnel['version']) || '2',
      localId: textOf(tunnel['local_id']),
      psk: textOf(tunnel['psk']),
      host,
      // Without a remote ID the address that was dialled identifies the peer.
      remoteId: firstOf(primary['remote_ids']) || host,
      wanName: firstOf(primary['wan_names']),
      internalIp: firstOf(primary['internal_ips']),
      ike: proposalsOf(tunnel['ike_proposals']),
      esp: proposalsOf(tunnel['ipsec_proposals']),
      lifetimeSeconds: numberOf(tunnel['ipsec_lifetime']),
    };
  });
}

/** The neighbours that are reached over a tunnel (`via: tunnel`). */
export function tunnelNeighborsOf(edge: WanEdge): Neighbor[] {
  const neighbors: Neighbor[] = [];
  for (const [groupName, value] of Object.entries(edge.bgpConfig)) {
    const group = rawOf(value);
    if (group['via'] !== 'tunnel') continue;
    for (const [address, entry] of Object.entries(rawOf(group['neighbors']))) {
      const own = rawOf(entry);
      neighbors.push({
        address,
        group: groupName,
        tunnelName: textOf(group['tunnel_name']),
        external: group['type'] === 'external',
        localAs: numberOf(group['local_as']) ?? 0,
        neighborAs: numberOf(own['neighbor_as']) ?? numberOf(group['neighbor_as']) ?? 0,
        disabled: own['disabled'] === true,
        multihopTtl: numberOf(own['multihop_ttl']) ?? 1,
        authenticated: textOf(group['auth_key']) !== '',
        importPolicy: textOf(own['import_policy'] ?? group['import_policy']) || undefined,
        exportPolicy: textOf(own['export_policy'] ?? group['export_policy']) || undefined,
      });
    }
  }
  return neighbors;
}

function proposalsOf(value: unknown): MistProposal[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => {
    const proposal = rawOf(entry);
    return {
      // Mist's documented defaults.
      encryption: textOf(proposal['enc_algo']) || 'aes256',
      authentication: textOf(proposal['auth_algo']),
      dhGroup: textOf(proposal['dh_group']) || '14',
    };
  });
}

export function rawOf(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function firstOf(value: unknown): string {
  return Array.isArray(value) ? textOf(value[0]) : '';
}

/** Mist takes AS numbers as integers or as text. */
function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
