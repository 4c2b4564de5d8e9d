/** The site design and what it is made from. Terms as in docs/architecture.md §3; everything here is plain data. */

export const OPTIONS = [
  'single-wan',
  'single-wan-zone-redundant',
  'dual-wan',
  'dual-wan-zone-redundant',
] as const;
/** The redundancy model of Juniper's guide: WAN links × availability zones. One SSR or HA is read from the device. */
export type Option = (typeof OPTIONS)[number];

export const MODES = ['m365', 'internet'] as const;
/** Which traffic goes into the tunnel. */
export type TrafficMode = (typeof MODES)[number];

export const ZONE_TOPOLOGIES = ['single-tunnel', 'tunnel-per-zone'] as const;
/** Juniper's guide runs both peers over one tunnel; Microsoft documents one tunnel per zone. */
export type ZoneTopology = (typeof ZONE_TOPOLOGIES)[number];

export const BANDWIDTHS = ['mbps250', 'mbps500', 'mbps750', 'mbps1000'] as const;
/** Graph's enum `bandwidthCapacityInMbps`, per device link. */
export type Bandwidth = (typeof BANDWIDTHS)[number];

export type Node = 'node0' | 'node1';
export type Zone = 1 | 2;

/** An IKE and IPsec policy in neutral names; the integrations translate it. `id` is stable and goes into plans. */
export interface IkeProposal {
  readonly id: string;
  readonly label: string;
  readonly ike: {
    readonly encryption: 'aes128' | 'aes256';
    readonly integrity: 'sha256';
    readonly dhGroup: 14 | 19 | 20 | 24;
    readonly lifetimeSeconds: number;
  };
  readonly esp: {
    readonly encryption: 'aes-gcm-128' | 'aes-gcm-256';
    readonly pfsGroup: 14 | 19 | 20 | 24;
    readonly lifetimeSeconds: number;
  };
}

/** One WAN link as the requester chose it. Addresses are dotted IPv4 without a mask. */
export interface LinkInputs {
  /** What `wan_names` takes: the port's name, else its key. */
  readonly wan: string;
  readonly node: Node;
  readonly publicIp: string;
  readonly deviceBgp?: string;
  readonly microsoftBgp?: string;
  readonly microsoftBgpZone2?: string;
}

/** Everything a person decides about a site, already parsed. */
export interface SiteInputs {
  readonly site: { readonly id: string; readonly name: string };
  readonly device: { readonly id: string; readonly name: string };
  readonly option: Option;
  /** One, or two for the dual-WAN options. */
  readonly links: readonly LinkInputs[];
  /** Graph's region enum. */
  readonly region: string;
  readonly bandwidth: Bandwidth;
  /** /29 in CIDR form. */
  readonly rangeA: string;
  /** Required with zone redundancy. */
  readonly rangeB?: string;
  readonly deviceAsn: number;
  /** Mist network names. */
  readonly networks: readonly string[];
  readonly mode: TrafficMode;
  readonly zoneTopology: ZoneTopology;
  readonly ikeId: string;
  readonly ticket?: string;
}

/** What the design must know of the live site. */
export interface SiteFacts {
  /** The device's attached networks: prefix in CIDR form, tenants = `network` and its `user.network` names. */
  readonly networks: readonly {
    readonly name: string;
    readonly prefix: string;
    readonly tenants: readonly string[];
  }[];
  /** An effective allow rule of this device for the same tenants covers 0.0.0.0/0 and names a path. */
  readonly hasDiaPolicy: boolean;
}

/** One BGP session: the device's link to one of Microsoft's gateway instances. */
export interface SessionDesign {
  readonly zone: Zone;
  /** Microsoft's BGP address; key of the neighbour in Mist. */
  readonly microsoftBgp: string;
}

/** A Mist Secure Edge Connector with its BGP group of the same name. */
export interface ConnectorDesign {
  readonly name: string;
  /** The zone whose endpoint this connector dials. */
  readonly zone: Zone;
  /** Symbolic ID of the key; the value is made during the run. */
  readonly pskId: string;
  readonly sessions: readonly SessionDesign[];
}

/** A device link with everything that hangs on it. */
export interface LinkDesign {
  readonly index: 1 | 2;
  /** Name of the Entra device link. */
  readonly name: string;
  readonly wan: string;
  readonly node: Node;
  readonly publicIp: string;
  readonly deviceBgp: string;
  readonly microsoftBgp: string;
  readonly microsoftBgpZone2?: string;
  readonly pskId: string;
  /** Present with zone redundancy; equals `pskId` under `single-tunnel`. */
  readonly zonePskId?: string;
  readonly connectors: readonly ConnectorDesign[];
}

export interface RoutingPolicyDesign {
  readonly name: string;
  /** Prefixes accepted or announced; for `mssse-in`, prefixes refused. */
  readonly prefixes: readonly string[];
}

/** What a site should be on both sides. Pure function of inputs and facts; contains no secret and nothing read from Microsoft. */
export interface SiteDesign {
  readonly site: { readonly id: string; readonly name: string };
  readonly device: { readonly id: string; readonly name: string };
  readonly option: Option;
  readonly zones: Zone;
  readonly zoneTopology: ZoneTopology;
  readonly mode: TrafficMode;
  readonly region: string;
  readonly bandwidth: Bandwidth;
  readonly deviceAsn: number;
  readonly ranges: readonly string[];
  readonly remoteNetworkName: string;
  readonly links: readonly LinkDesign[];
  readonly ike: IkeProposal;
  /** Traffic forwarding types to associate. */
  readonly profiles: readonly TrafficMode[];
  readonly application: { readonly name: string; readonly addresses: readonly string[] };
  readonly policy: { readonly name: string; readonly tenants: readonly string[] };
  readonly networks: readonly { readonly name: string; readonly prefix: string }[];
  /** `mssse-out`: announce exactly these prefixes. */
  readonly announce: RoutingPolicyDesign;
  /** `mssse-in`: refuse these prefixes and anything longer (mode m365 also refuses the default route). */
  readonly refuse: RoutingPolicyDesign;
  readonly ticket?: string;
}

/** One thing that is wrong with the inputs, at the field where it was typed (a block id of the modal). */
export interface InputProblem {
  /** Block id, e.g. `range_a`, `link1_public_ip`. */
  readonly field: string;
  /** What is wrong and how to mend it, in one or two sentences. */
  readonly message: string;
}
