/**
 * What the data plane may know of the two sides: only what is stored there. The Entra simulator provides
 * {@link EntraSide}, the Mist simulator {@link MistSide}; neither knows the other.
 */

/** One Microsoft gateway instance: what the responder would be configured with. */
export interface GatewayInstance {
  remoteNetworkId: string;
  linkId: string;
  /** 1, or 2 for the second availability zone of a zone-redundant link. */
  zone: 1 | 2;
  endpoint: string;
  asn: number;
  bgpAddress: string;
  /** The customer's end as the device link states it. */
  peer: { endpoint: string; asn: number; bgpAddress: string };
  psk: string;
  /** The IKE and IPsec parameters in Graph's enum names; the default policy is already expanded into its combinations. */
  policy: {
    custom: boolean;
    phase1: { encryption: string; integrity: string; dhGroup: string }[];
    phase2: { encryption: string; integrity: string; pfsGroup: string }[];
    saLifeTimeSeconds: number;
  };
  /** IPv4 prefixes of all enabled and associated profiles; what it announces. */
  announces: string[];
  /** False while the control API has taken this zone away. */
  alive: boolean;
}

export type HealthStatus =
  'tunnelConnected' | 'tunnelDisconnected' | 'bgpConnected' | 'bgpDisconnected' | 'remoteNetworkAlive';

export interface HealthRecord {
  remoteNetworkId: string;
  status: HealthStatus;
  sourceIp: string;
  destinationIp: string;
  description?: string;
  bgpRoutesAdvertisedCount: number;
  sentBytes: number;
  receivedBytes: number;
}

export interface EntraSide {
  gatewayInstances(): GatewayInstance[];
  recordHealth(event: HealthRecord): void;
}

/** One WAN port of a WAN Edge, resolved from port_config. */
export interface WanPort {
  /** What `wan_names` must say: the port's `name`, else its key. */
  name: string;
  key: string;
  node: 'node0' | 'node1';
  /** Source address as the internet sees it. */
  publicIp: string;
  up: boolean;
  /** The provider lets neither UDP 500 nor 4500 through; absent = it does. */
  blocksIpsec?: boolean;
}

/** The configuration that is running on a WAN Edge now (not merely saved in Mist), raw as Mist's root keys. */
export interface WanEdge {
  siteId: string;
  deviceId: string;
  mac: string;
  online: boolean;
  wanPorts: WanPort[];
  tunnelConfigs: Record<string, unknown>;
  bgpConfig: Record<string, unknown>;
  routingPolicies: Record<string, unknown>;
  /** Effective, in order. */
  servicePolicies: Record<string, unknown>[];
  /** Applications of the organisation by name. */
  services: Record<string, { addresses: string[] }>;
  /** LAN networks attached to this device. */
  networks: { name: string; subnet: string }[];
}

export type EdgeEvent =
  | { type: 'GW_TUNNEL_UP' | 'GW_TUNNEL_DOWN'; mac: string; tunnel: string; reason?: string }
  | { type: 'GW_BGP_NEIGHBOR_UP' | 'GW_BGP_NEIGHBOR_DOWN'; mac: string; neighbor: string };

export interface MistSide {
  wanEdges(): WanEdge[];
  recordEvent(event: EdgeEvent): void;
}

/** One tunnel as the router sees it; absent where the router has never been configured with it. */
export interface TunnelState {
  mac: string;
  node: 'node0' | 'node1';
  name: string;
  wanName: string;
  localIp: string;
  peerIp: string;
  up: boolean;
  /** Epoch ms since when it is up. */
  upSince?: number;
  /** Why it is down, in the router's words. */
  lastEvent: string;
  rekeys: number;
}

export interface BgpPeerState {
  mac: string;
  node: 'node0' | 'node1';
  neighbor: string;
  neighborAs: number;
  localAs: number;
  tunnel: string;
  state: 'idle' | 'active' | 'connect' | 'open_sent' | 'open_config' | 'established';
  upSince?: number;
  /** Prefixes accepted after the import policy. */
  learned: string[];
  /** Prefixes announced after the export policy. */
  announced: string[];
}

/** How fast the simulated world runs. Timestamps stay real; only durations are scaled. */
export interface Timing {
  /** From a saved configuration to the router running it. */
  configApplyMs: number;
  tunnelUpMs: number;
  bgpUpMs: number;
  /** From a device link's creation to its endpoint being readable. */
  endpointMs: number;
  /** Extra wait before the first tunnel that a router ever had. */
  softwareInstallMs: number;
  /** What one second of SA lifetime lasts: 1000 = real time. */
  saSecondMs: number;
  /** Interval of remoteNetworkAlive records. */
  aliveMs: number;
}

/** What the Mist simulator asks the data plane for. */
export interface DataPlane {
  tunnels(mac: string): TunnelState[];
  bgpPeers(mac: string): BgpPeerState[];
  /** Re-evaluates at once; both simulators call it after every stored change. */
  poke(): void;
}
