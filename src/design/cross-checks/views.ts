import type { Node } from '../types.ts';

/**
 * Both sides of one site in neutral terms, for cross-checks and diagnosis. The integrations fill them from what a vendor
 * returned or from what would be sent; any site can be viewed, also one that this bot did not build. Nothing here prints a key.
 * A member that is `undefined` stands nowhere in what was read; what could not be read at all is a {@link Part} that says so.
 */

/** Why something could not be read, in a few words such as an error's code, and what may mend that. */
export interface Unread {
  readonly read: false;
  readonly why: string;
  readonly mend?: string;
}

/** A part of a view: what was read, or why it could not be. Unread is never "absent". */
export type Part<T> = { readonly read: true; readonly value: T } | Unread;

/** A key that can be compared and not printed; `Secret` is one. */
export interface ComparableKey {
  equals(other: ComparableKey): boolean;
}

/**
 * An IKE and IPsec policy in one vocabulary: `aes256`, `gcmAes256`, `sha256`, groups by IANA number. `unrecognised` is a value that
 * stands there and is not known to us, which is neither equal to another one nor different from it.
 */
export interface PolicyView {
  /** Entra's default policy offers several combinations, none of which can be typed; the members are undefined then. */
  readonly isEntraDefault?: boolean;
  readonly ikeEncryption: string | undefined;
  readonly ikeIntegrity: string | undefined;
  readonly dhGroup: number | 'unrecognised' | undefined;
  readonly espEncryption: string | undefined;
  /** Equal to the encryption with GCM; Mist does not say it apart. */
  readonly espIntegrity: string | undefined;
  /** 0 = none. */
  readonly pfsGroup: number | 'unrecognised' | undefined;
  readonly saLifetimeSeconds: number | undefined;
}

/** One of Microsoft's gateway instances as the connectivity configuration names it. */
export interface InstanceView {
  readonly endpoint: string;
  readonly asn: number;
  readonly bgpAddress: string;
}

/** A device link of Entra. */
export interface EntraLinkView {
  readonly name: string;
  readonly publicIp: string;
  readonly deviceBgp: string | undefined;
  readonly microsoftBgp: string | undefined;
  readonly microsoftBgpZone2: string | undefined;
  readonly deviceAsn: number | undefined;
  readonly zoneRedundant: boolean;
  readonly bandwidth: string | undefined;
  readonly policy: PolicyView;
  /** Undefined where Graph did not return it, which is not "no key". */
  readonly psk: ComparableKey | undefined;
  readonly zonePsk: ComparableKey | undefined;
  /** Matched to zones by BGP address, never by position. Unread also while Microsoft has not allocated them. */
  readonly instances: Part<readonly InstanceView[]>;
}

/** A site's remote network in Entra. */
export interface EntraView {
  readonly networkName: string;
  readonly region: string;
  /** Associated traffic forwarding profiles. */
  readonly profiles: Part<readonly { readonly type: string; readonly enabled: boolean }[]>;
  readonly links: readonly EntraLinkView[];
}

/** A Secure Edge Connector of Mist with the BGP group that is bound to it. */
export interface MistConnectorView {
  readonly name: string;
  readonly provider: string | undefined;
  readonly protocol: string | undefined;
  /** IKE version, "2" where Mist leaves its default out. */
  readonly version: string | undefined;
  readonly localId: string | undefined;
  readonly psk: ComparableKey | undefined;
  readonly endpoint: string | undefined;
  readonly remoteId: string | undefined;
  readonly deviceBgp: string | undefined;
  readonly wan: string | undefined;
  readonly policy: PolicyView;
  /** Root members that our connectors do not have: more hosts than one, a second node, selectors. */
  readonly extras: readonly string[];
  readonly group: MistGroupView | undefined;
}

export interface MistGroupView {
  readonly name: string;
  /** `external`, `internal`. */
  readonly type: string | undefined;
  readonly localAs: number | undefined;
  readonly authenticated: boolean;
  readonly bfdDisabled: boolean;
  readonly readvertisedToOverlay: boolean;
  readonly neighbors: readonly MistNeighborView[];
}

export interface MistNeighborView {
  readonly address: string;
  readonly asn: number | undefined;
  readonly multihopTtl: number | undefined;
  readonly disabled: boolean;
  readonly importPolicy: string | undefined;
  readonly exportPolicy: string | undefined;
}

/** A WAN port as the router has it. */
export interface WanView {
  readonly name: string;
  readonly key: string;
  readonly node: Node;
  readonly ipType: 'static' | 'dhcp' | 'pppoe' | 'unknown';
  readonly ip?: string;
  /** What the internet sees where the port is behind a NAT. */
  readonly extIp?: string;
  readonly disabled: boolean;
}

/** An application policy in order, with its applications' addresses filled in. */
export interface RuleView {
  readonly name: string | undefined;
  readonly action: 'allow' | 'deny';
  /** Whether it names a path, which then overrides learned routes. */
  readonly steered: boolean;
  readonly tenants: readonly string[];
  readonly applications: readonly string[];
  /** CIDRs; empty where its applications are not known by addresses. */
  readonly addresses: readonly string[];
}

/** One term of a routing policy, as far as it is about prefixes. */
export interface RoutingTermView {
  /** Mist's form, such as `10.1.0.0/16` or `10.1.0.0/16-32`; empty = matches everything that the term's other conditions match. */
  readonly prefixes: readonly string[];
  /** It has conditions other than prefixes, which are not judged here. */
  readonly conditional: boolean;
  readonly accept: boolean;
}

/** The router's side of one site: a device's effective configuration with variables filled in. */
export interface MistView {
  readonly siteName: string;
  readonly deviceName: string;
  readonly isHa: boolean;
  readonly latlng: { readonly lat: number; readonly lng: number } | undefined;
  readonly connectors: readonly MistConnectorView[];
  /** BGP groups over a tunnel whose connector does not exist, by name. */
  readonly unboundGroups: readonly string[];
  readonly wans: readonly WanView[];
  readonly networks: readonly {
    readonly name: string;
    readonly prefix: string | undefined;
    readonly tenants: readonly string[];
  }[];
  readonly rules: readonly RuleView[];
  readonly applications: readonly {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly anyProtocol: boolean;
  }[];
  readonly routingPolicies: Readonly<Record<string, readonly RoutingTermView[]>>;
}

/** What lies around the site and limits it. */
export interface Surroundings {
  /** Other remote networks of the tenant. */
  readonly otherNetworks: Part<
    readonly { readonly name: string; readonly links: readonly EntraLinkView[] }[]
  >;
  /** Prefixes in use elsewhere, each with who uses it, in the words of a card. */
  readonly occupied: Part<readonly { readonly cidr: string; readonly usedBy: string }[]>;
  readonly maxNetworks: number;
  readonly maxLinks: number;
  /** Mbps; undefined = not known. */
  readonly bandwidthPoolMbps: number | undefined;
  /** What open requests hold and Entra does not show yet. */
  readonly reserved: {
    readonly networks: number;
    readonly bandwidthMbps: number;
  };
  /** Microsoft's prefixes of the associated profiles. */
  readonly microsoftPrefixes: Part<readonly string[]>;
}
