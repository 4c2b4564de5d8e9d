import { Secret } from '../../base/secret.ts';
import type { ConnectorDesign, LinkDesign, SiteDesign } from '../../design/types.ts';
import { CIPHERS, DH_GROUPS, INTEGRITIES } from '../../design/vendor-crypto.ts';
import { integerOf, objectOf, objectsOf, textOf, textsOf } from './json.ts';
import type { RawConfig } from './types.ts';

/** What is only known during the run, for one connector. */
export interface ConnectorLive {
  /** Microsoft's public endpoint that this connector dials. */
  readonly endpoint: string;
  /** Microsoft's ASN of each session, by its `microsoftBgp`; read back from Graph, never typed. */
  readonly asn: Readonly<Record<string, number>>;
  readonly psk: Secret;
}

/** Our entries of the three root keys, by entry name. Holds the PSKs in clear: never log it. */
export interface ConnectorEntries {
  readonly tunnel_configs: RawConfig;
  readonly bgp_config: RawConfig;
  readonly routing_policies: RawConfig;
}

/** Zone 2's address is outside the device's own range, so that one hop is not enough. */
const MULTIHOP_TTL = 2;
const DEFAULT_ROUTE = '0.0.0.0/0';

/**
 * The Mist side of a design: Secure Edge Connectors, their BGP groups and the routing policies. Sources: Juniper's Microsoft SSE
 * guide, Mist OpenAPI `tunnel_config`, `bgp_config`, `routing_policy`. Throws RangeError where `live` lacks a connector or an ASN.
 */
export function connectorEntries(
  design: SiteDesign,
  live: Readonly<Record<string, ConnectorLive>>,
): ConnectorEntries {
  const tunnels: [string, unknown][] = [];
  const groups: [string, unknown][] = [];
  for (const link of design.links) {
    for (const connector of link.connectors) {
      const found = live[connector.name];
      if (found === undefined) throw new RangeError(`nothing is known of connector ${connector.name}`);
      tunnels.push([connector.name, tunnelConfig(design, link, found)]);
      groups.push([connector.name, bgpGroup(design, connector, found)]);
    }
  }
  return {
    tunnel_configs: Object.fromEntries(tunnels),
    bgp_config: Object.fromEntries(groups),
    routing_policies: {
      [design.announce.name]: exportPolicy(design.announce.prefixes),
      [design.refuse.name]: importPolicy(design),
    },
  };
}

function tunnelConfig(design: SiteDesign, link: LinkDesign, live: ConnectorLive): RawConfig {
  const { ike, esp } = design.ike;
  return {
    provider: 'custom-ipsec',
    protocol: 'ipsec',
    version: '2',
    local_id: link.publicIp,
    psk: live.psk.reveal(),
    ike_lifetime: ike.lifetimeSeconds,
    ike_proposals: [
      {
        enc_algo: CIPHERS[ike.encryption].mist,
        auth_algo: INTEGRITIES[ike.integrity].mist,
        dh_group: DH_GROUPS[ike.dhGroup].mist,
      },
    ],
    ipsec_lifetime: esp.lifetimeSeconds,
    // Without auth_algo: GCM authenticates by itself.
    ipsec_proposals: [{ enc_algo: CIPHERS[esp.encryption].mist, dh_group: DH_GROUPS[esp.pfsGroup].mist }],
    primary: {
      hosts: [live.endpoint],
      // Doubt: that Microsoft's gateway identifies itself by its endpoint address is the guide's word only.
      remote_ids: [live.endpoint],
      internal_ips: internalIps(link),
      wan_names: [link.wan],
    },
  };
}

/**
 * Doubt: the guide's "Source IP" is taken to be `internal_ips`, by elimination (the only label without a key and the only key
 * without a label), and to hold the device's BGP address, bare. Nothing published shows this setup as JSON. If a lab SSR says
 * otherwise, this is the one place to change, with {@link readConnector}.
 */
function internalIps(link: LinkDesign): string[] {
  return [link.deviceBgp];
}

function bgpGroup(design: SiteDesign, connector: ConnectorDesign, live: ConnectorLive): RawConfig {
  const neighbors = connector.sessions.map(({ microsoftBgp }): [string, RawConfig] => {
    const asn = live.asn[microsoftBgp];
    if (asn === undefined) throw new RangeError(`no ASN is known for ${microsoftBgp}`);
    return [microsoftBgp, { neighbor_as: asn, multihop_ttl: MULTIHOP_TTL }];
  });
  return {
    via: 'tunnel',
    tunnel_name: connector.name,
    type: 'external',
    local_as: design.deviceAsn,
    // Mist's default is on, and Microsoft's gateway is not known to answer BFD.
    disable_bfd: true,
    // Mist's default would carry Microsoft's routes to every other site of the overlay.
    no_readvertise_to_overlay: true,
    export_policy: design.announce.name,
    import_policy: design.refuse.name,
    neighbors: Object.fromEntries(neighbors),
  };
}

/** Announces exactly the selected prefixes; the last term is explicit because what follows it is not documented. */
function exportPolicy(prefixes: readonly string[]): RawConfig {
  const selected = { matching: { prefix: [...prefixes] }, actions: { accept: true } };
  return { terms: [...(prefixes.length > 0 ? [selected] : []), { actions: { accept: false } }] };
}

function importPolicy(design: SiteDesign): RawConfig {
  const { prefixes } = design.refuse;
  const all =
    design.mode === 'm365' && !prefixes.includes(DEFAULT_ROUTE) ? [DEFAULT_ROUTE, ...prefixes] : prefixes;
  const refused = { matching: { prefix: all.map(andLonger) }, actions: { accept: false } };
  return { terms: [...(all.length > 0 ? [refused] : []), { actions: { accept: true } }] };
}

/** Mist's form for a prefix and everything in it, such as `10.1.0.0/16-32`. The default route stays exact: with everything in it it would be all. */
function andLonger(prefix: string): string {
  return prefix === DEFAULT_ROUTE || prefix.endsWith('/32') ? prefix : `${prefix}-32`;
}

/** Body of an application. `specs` is needed: without it Mist assumes http and https only (OpenAPI, `service_specs`). */
export function applicationBody(name: string, addresses: readonly string[]): RawConfig {
  return { name, type: 'custom', addresses: [...addresses], specs: [{ protocol: 'any' }] };
}

/** The application policy. Without `path_preference` the SSR follows its route table (Juniper's Microsoft SSE guide). */
export function policyEntry(design: SiteDesign): RawConfig {
  return {
    name: design.policy.name,
    tenants: [...design.policy.tenants],
    services: [design.application.name],
    action: 'allow',
  };
}

export interface NeighborView {
  readonly ip: string;
  readonly asn?: number;
  readonly multihopTtl?: number;
  readonly disabled: boolean;
  /** Its own policies where it has some, else the group's. */
  readonly importPolicy?: string;
  readonly exportPolicy?: string;
}

/** A connector with its BGP group as Mist has it, in the design's terms; what is absent or unreadable is undefined. */
export interface ConnectorView {
  readonly name: string;
  readonly provider: string | undefined;
  readonly protocol: string | undefined;
  readonly version: string | undefined;
  readonly localId: string | undefined;
  readonly psk: Secret | undefined;
  readonly endpoint: string | undefined;
  readonly remoteId: string | undefined;
  readonly deviceBgp: string | undefined;
  readonly wan: string | undefined;
  readonly ike: {
    readonly encryption: string | undefined;
    readonly integrity: string | undefined;
    readonly dhGroup: number | undefined;
    readonly lifetimeSeconds: number | undefined;
  };
  readonly esp: {
    readonly encryption: string | undefined;
    readonly integrity: string | undefined;
    readonly pfsGroup: number | undefined;
    readonly lifetimeSeconds: number | undefined;
  };
  /** More hosts, proposals, addresses or WANs than one, a second node, or networks: not a connector of ours. */
  readonly extras: readonly string[];
  /** Undefined where no BGP group is bound to the connector. */
  readonly bgp: BgpGroupView | undefined;
}

export interface BgpGroupView {
  readonly name: string;
  readonly type: string | undefined;
  readonly localAs: number | undefined;
  /** Whether it has a BGP password. */
  readonly authenticated: boolean;
  readonly bfdDisabled: boolean;
  readonly readvertisedToOverlay: boolean;
  readonly neighbors: readonly NeighborView[];
}

/** One connector of a configuration whose variables are resolved; undefined where it has none of this name. */
export function readConnector(config: RawConfig, name: string): ConnectorView | undefined {
  const tunnels = objectOf(config['tunnel_configs']);
  if (!Object.hasOwn(tunnels, name)) return undefined;
  const tunnel = objectOf(tunnels[name]);
  const primary = objectOf(tunnel['primary']);
  const [ike] = objectsOf(tunnel['ike_proposals']);
  const [esp] = objectsOf(tunnel['ipsec_proposals']);
  const psk = tunnel['psk'];
  const first = (key: string): string | undefined => textsOf(primary[key])[0];
  return {
    name,
    provider: textOf(tunnel['provider']),
    protocol: textOf(tunnel['protocol']),
    version: textOf(tunnel['version']) ?? '2',
    localId: textOf(tunnel['local_id']),
    psk: typeof psk === 'string' ? new Secret(psk) : undefined,
    endpoint: first('hosts'),
    remoteId: first('remote_ids'),
    deviceBgp: first('internal_ips')?.split('/')[0],
    wan: first('wan_names'),
    ike: {
      encryption: textOf(ike?.['enc_algo']),
      integrity: textOf(ike?.['auth_algo']),
      dhGroup: integerOf(ike?.['dh_group']),
      lifetimeSeconds: integerOf(tunnel['ike_lifetime']),
    },
    esp: {
      encryption: textOf(esp?.['enc_algo']),
      integrity: textOf(esp?.['auth_algo']),
      pfsGroup: integerOf(esp?.['dh_group']),
      lifetimeSeconds: integerOf(tunnel['ipsec_lifetime']),
    },
    extras: extrasOf(tunnel, primary),
    bgp: readGroup(objectOf(config['bgp_config']), name),
  };
}

/** The names of all Secure Edge Connectors of a configuration. */
export function connectorNames(config: RawConfig): string[] {
  return Object.keys(objectOf(config['tunnel_configs']));
}

function extrasOf(tunnel: RawConfig, primary: RawConfig): string[] {
  const many = ['hosts', 'remote_ids', 'internal_ips', 'wan_names'].filter(
    (key) => textsOf(primary[key]).length > 1,
  );
  const proposals = ['ike_proposals', 'ipsec_proposals'].filter((key) => objectsOf(tunnel[key]).length > 1);
  const second = textsOf(objectOf(tunnel['secondary'])['hosts']).length > 0 ? ['secondary'] : [];
  const selectors = ['networks', 'local_subnets', 'remote_subnets'].filter(
    (key) => textsOf(tunnel[key]).length > 0,
  );
  return [...many.map((key) => `primary.${key}`), ...proposals, ...second, ...selectors];
}

function readGroup(groups: RawConfig, tunnelName: string): BgpGroupView | undefined {
  const bound = Object.entries(groups).find(([, value]) => {
    const group = objectOf(value);
    return group['via'] === 'tunnel' && group['tunnel_name'] === tunnelName;
  });
  if (bound === undefined) return undefined;
  const [name, value] = bound;
  const group = objectOf(value);
  return {
    name,
    type: textOf(group['type']),
    localAs: integerOf(group['local_as']),
    authenticated: (textOf(group['auth_key']) ?? '') !== '',
    bfdDisabled: group['disable_bfd'] === true,
    readvertisedToOverlay: group['no_readvertise_to_overlay'] !== true,
    neighbors: Object.entries(objectOf(group['neighbors'])).map(([ip, entry]) =>
      readNeighbor(group, ip, objectOf(entry)),
    ),
  };
}

function readNeighbor(group: RawConfig, ip: string, entry: RawConfig): NeighborView {
  const asn = integerOf(entry['neighbor_as']) ?? integerOf(group['neighbor_as']);
  const multihopTtl = integerOf(entry['multihop_ttl']);
  const importPolicy = textOf(entry['import_policy']) ?? textOf(group['import_policy']);
  const exportPolicy = textOf(entry['export_policy']) ?? textOf(group['export_policy']);
  return {
    ip,
    ...(asn !== undefined && { asn }),
    ...(multihopTtl !== undefined && { multihopTtl }),
    disabled: entry['disabled'] === true,
    ...(importPolicy !== undefined && { importPolicy }),
    ...(exportPolicy !== undefined && { exportPolicy }),
  };
}
