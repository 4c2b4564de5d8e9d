import type { Node } from '../../design/types.ts';

/** JSON of one Mist object by root key, exactly as Mist returned it: unknown keys are kept. May hold foreign PSKs: never log it. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** What the bot asks of Juniper Mist, in terms of the domain. Every method throws `RemoteError`. */
export interface Mist {
  self(): Promise<MistSelf>;
  /** Calls used in the current hour and the limit of this token. */
  usage(): Promise<{ readonly used: number; readonly limit: number }>;
  /** All sites of the organisation (every page). */
  sites(): Promise<readonly MistSite[]>;
  /** undefined only on 404. */
  site(siteId: string): Promise<MistSite | undefined>;
  /** WAN Edges of a site with their whole configuration. */
  gateways(siteId: string): Promise<readonly MistDevice[]>;
  device(siteId: string, deviceId: string): Promise<MistDevice | undefined>;
  /**
   * `PUT` with `type: "gateway"` and exactly these root keys, each of which replaces the stored one; `-key` removes a key.
   * Sent once, and again only after a 429, which was not carried out. Returns what Mist answered. HTTP 200 does not mean that the router runs it.
   */
  putDevice(siteId: string, deviceId: string, keys: RawConfig): Promise<MistDevice>;
  deviceStats(siteId: string, deviceId: string): Promise<DeviceStats>;
  /** The same with the device's tunnels and BGP neighbours, in one call: what two searches would say of this device alone. */
  deviceReport(siteId: string, deviceId: string): Promise<DeviceReport>;
  /** Organisation-wide: the WAN Edges that do not report to Mist now, every page. */
  silentDevices(): Promise<readonly DeviceState[]>;
  /** undefined only on 404. */
  gatewayTemplate(templateId: string): Promise<MistTemplate | undefined>;
  /** All gateway templates of the organisation (every page). */
  gatewayTemplates(): Promise<readonly MistTemplate[]>;
  /** The site's variables, overridden by nothing yet; the device's own `vars` win over them. */
  siteVars(siteId: string): Promise<Readonly<Record<string, string>>>;
  networks(): Promise<readonly MistNetwork[]>;
  services(): Promise<readonly MistService[]>;
  /** Application policies of the organisation, to which a device's rule may only link: without them such a rule cannot be judged. */
  servicePolicies(): Promise<readonly MistServicePolicy[]>;
  /** Sent exactly once; a lost answer is an `uncertain` error, to be looked up by name. */
  createService(body: { readonly name: string; readonly addresses: readonly string[] }): Promise<MistService>;
  /** 404 is success. */
  deleteService(serviceId: string): Promise<void>;
  /** Newest first. `types` empty = all. */
  deviceEvents(
    siteId: string,
    query: { readonly mac: string; readonly types?: readonly string[]; readonly sinceMs: number },
  ): Promise<readonly DeviceEvent[]>;
  /** Organisation-wide search of WAN tunnels, every page; a tunnel that Mist does not report has no row. */
  tunnels(query: { readonly siteId?: string; readonly mac?: string }): Promise<readonly TunnelStat[]>;
  /** The newest row per (device, node, VRF, neighbour). */
  bgpPeers(query: { readonly siteId?: string; readonly mac?: string }): Promise<readonly BgpPeerStat[]>;
  /** Every tunnel of the organisation by site, only with what tells whether it is up: `tunnels` of all at a fraction of its memory. */
  tunnelStates(): Promise<BySite<TunnelStat>>;
  /** Every BGP session of the organisation by site, only with its state, its routes and the time: `bgpPeers` of all likewise. */
  peerStates(): Promise<BySite<BgpPeerStat>>;
  /** Routes received from one neighbour, read over the command stream; ends by silence. */
  learnedRoutes(
    siteId: string,
    deviceId: string,
    query: { readonly neighbor: string; readonly node?: Node },
  ): Promise<LearnedRoutes>;
  /**
   * The same for several neighbours with one command: the router's whole BGP table, of which each neighbour gets the
   * prefixes that it is a next hop of.
   */
  routesByNeighbor(
    siteId: string,
    deviceId: string,
    query: { readonly neighbors: readonly string[]; readonly node?: Node },
  ): Promise<RoutesByNeighbor>;
  /** Path of an application; `rows` undefined where the answer could not be read. */
  servicePath(
    siteId: string,
    deviceId: string,
    query: { readonly serviceName: string; readonly node?: Node },
  ): Promise<ServicePath>;
  /** Echo requests from the router, over the command stream; `size` is the payload in bytes (56 or more). */
  ping(
    siteId: string,
    deviceId: string,
    query: { readonly host: string; readonly count: number; readonly size?: number },
  ): Promise<PingAnswer>;
  /** Closes the command stream, if one is open. */
  close(): Promise<void>;
}

export interface MistSelf {
  readonly name: string;
  readonly privileges: readonly {
    readonly scope: string;
    readonly role: string;
    readonly orgId?: string;
    readonly siteId?: string;
  }[];
}

export interface MistSite {
  readonly id: string;
  readonly name: string;
  readonly gatewayTemplateId?: string;
  readonly countryCode?: string;
  readonly latlng?: { readonly lat: number; readonly lng: number };
}

export interface MistDevice {
  readonly id: string;
  readonly siteId: string;
  readonly mac: string;
  readonly name: string;
  readonly model: string;
  readonly modifiedTime?: number;
  /** The device's own root keys: an absent key is inherited from the template. */
  readonly config: RawConfig;
}

export interface MistTemplate {
  readonly id: string;
  readonly name: string;
  readonly modifiedTime?: number;
  readonly config: RawConfig;
}

export interface DeviceStats {
  readonly connected: boolean;
  readonly status: string;
  /** Epoch ms. */
  readonly lastSeenMs?: number;
  readonly model?: string;
  readonly version?: string;
  /** Whether this device is a Session Smart Router; undefined where the answer does not tell. */
  readonly isSsr?: boolean;
  /** undefined where the answer does not tell. */
  readonly isHa?: boolean;
  /** Upper case as Mist writes it, e.g. COMMITED; undefined where absent. */
  readonly configStatus?: string;
  readonly configTimestampMs?: number;
  readonly extIp?: string;
  /** Address by port or WAN name, where reported. */
  readonly portIps: Readonly<Record<string, string>>;
  /** The address under which the internet sees a port, by the same names, where a NAT is known to stand before it. */
  readonly natIps?: Readonly<Record<string, string>>;
}

export interface DeviceReport extends DeviceStats {
  /** undefined where the answer has no such list: unknown, not "none". */
  readonly tunnels?: readonly TunnelStat[];
  readonly peers?: readonly BgpPeerStat[];
}

export interface DeviceState {
  readonly mac: string;
  readonly siteId: string;
  readonly connected: boolean;
  /** Epoch ms. */
  readonly lastSeenMs?: number;
}

export interface MistNetwork {
  readonly id: string;
  readonly name: string;
  /** CIDR; undefined where it is a variable or absent. */
  readonly subnet?: string;
  /** Names below the network's `tenants`. */
  readonly users: readonly string[];
  readonly raw: RawConfig;
}

export interface MistService {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly addresses: readonly string[];
  /** True where `specs` is exactly any protocol. */
  readonly anyProtocol: boolean;
}

export interface MistServicePolicy {
  readonly id: string;
  readonly name: string;
  readonly raw: RawConfig;
}

export interface DeviceEvent {
  readonly atMs: number;
  readonly type: string;
  readonly mac: string;
  readonly text: string;
}

export interface TunnelStat {
  readonly mac: string;
  readonly siteId: string;
  readonly node?: string;
  readonly name: string;
  readonly wanName?: string;
  readonly peerIp?: string;
  /** undefined = Mist does not say, which is not "down". */
  readonly up?: boolean;
  readonly uptimeSeconds?: number;
  /** Why it is down, in the router's words. */
  readonly lastEvent?: string;
}

/** Rows by site ID; a site without rows is missing. */
export type BySite<T> = ReadonlyMap<string, readonly T[]>;

export interface BgpPeerStat {
  readonly mac: string;
  readonly siteId: string;
  readonly node?: string;
  readonly neighbor: string;
  readonly neighborAs?: number;
  readonly localAs?: number;
  /** Lower case: established, active, connect, idle, open_sent, open_config. */
  readonly state: string;
  readonly up: boolean;
  readonly uptimeSeconds?: number;
  readonly rxRoutes?: number;
  readonly txRoutes?: number;
  readonly atMs?: number;
}

/**
 * Whether a listing is whole: its own count at the end matched, none came (it ended by silence), or it was cut: the count does not match,
 * or the router was still printing when the time was up.
 */
export type ListingEnd = 'counted' | 'uncounted' | 'cut';

export interface LearnedRoutes {
  readonly end?: ListingEnd;
  /** Distinct prefixes in CIDR form whose next hop or neighbour is the one asked for. */
  readonly prefixes: readonly string[];
  /** False where the stream ended before any output: unknown, not "no routes". */
  readonly answered: boolean;
}

export interface RoutesByNeighbor {
  readonly end?: ListingEnd;
  /** Distinct prefixes in CIDR form; every neighbour that was asked for has an entry. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>;
  /** False where the stream ended before any output: unknown, not "no routes". */
  readonly answered: boolean;
}

export interface PingAnswer {
  /** undefined where the router printed nothing that says how many came back: unknown, not "none". */
  readonly sent?: number;
  readonly received?: number;
}

export interface ServicePath {
  readonly rows?: readonly {
    readonly service: string;
    readonly type: string;
    readonly interface: string;
    readonly gateway: string;
    readonly state: string;
  }[];
}
