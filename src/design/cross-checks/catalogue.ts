/** What one sees of a failed check on a site that is live. */
export type Effect =
  /** The tunnel never comes up; IKE says AUTHENTICATION_FAILED. */
  | 'ike-authentication'
  /** The tunnel never comes up; IKE says NO_PROPOSAL_CHOSEN. */
  | 'ike-proposal'
  /** The tunnel never comes up; Microsoft does not answer. */
  | 'ike-silent'
  /** Everything works until the first rekey, then the tunnel is gone. */
  | 'dies-at-rekey'
  /** The tunnel is up, the neighbor never. */
  | 'bgp-down'
  /** Everything looks healthy, and one failure cuts the site. */
  | 'less-redundant'
  /** Routes are learned, and traffic goes another way or nowhere. */
  | 'traffic'
  /** The vendor refuses the value. */
  | 'refused'
  /** Nothing breaks. */
  | 'none';

/** What is known of a check before anything is compared. */
export interface Check {
  readonly title: string;
  /** What the value is called in each portal, as the object of "set …"; a side without a part in it is left out. */
  readonly portal: { readonly entra?: string; readonly mist?: string };
  readonly effect: Effect;
  /** Where the rule comes from. */
  readonly source: string;
}

/**
 * The values that must agree between the two portals, and the rules of a site. Measured effects: IKEv2 (RFC 7296) and BGP
 * (RFC 4271) as two independent implementations behave when one value differs.
 */
const TABLE = {
  X01: {
    portal: { entra: 'the pre-shared key of the link', mist: 'Pre-shared Key of the connector' },
    title: 'Pre-shared key',
    effect: 'ike-authentication',
    source: 'RFC 7296 §2.15; Graph tunnelConfiguration',
  },
  X02: {
    portal: { entra: "the device's public IP of the link", mist: 'Local ID of the connector' },
    title: 'Public address and local ID',
    effect: 'ike-authentication',
    source: 'Entra, create a remote network; Juniper guide',
  },
  X03: {
    portal: { mist: 'IP or Hostname of the connector' },
    title: "Microsoft's endpoint",
    effect: 'ike-silent',
    source: 'Graph remoteNetworkConnectivityConfiguration; Juniper guide',
  },
  X04: {
    portal: { mist: 'Remote ID of the connector' },
    title: 'Remote ID',
    effect: 'ike-authentication',
    source: 'RFC 7296 §3.5; Juniper guide',
  },
  X05: {
    portal: { entra: 'the device BGP address of the link', mist: 'Source IP of the connector' },
    title: "The router's BGP address",
    effect: 'bgp-down',
    source: 'Graph bgpConfiguration.peerIpAddress',
  },
  X06: {
    portal: { entra: 'the local BGP address of the link', mist: 'the neighbor of the BGP group' },
    title: "Microsoft's BGP address",
    effect: 'bgp-down',
    source: 'Graph bgpConfiguration.localIpAddress, redundancyConfiguration.zoneLocalIpAddress',
  },
  X07: {
    portal: { entra: 'the device ASN of the link', mist: 'the local AS of the BGP group' },
    title: "The router's AS number",
    effect: 'bgp-down',
    source: 'RFC 4271 §6.2; Entra, valid configurations',
  },
  X08: {
    portal: { mist: 'the AS of the neighbor' },
    title: "Microsoft's AS number",
    effect: 'bgp-down',
    source: 'Graph localConfigurations.asn',
  },
  X09: {
    portal: { entra: 'the IKE encryption of the link', mist: 'the encryption of the IKE proposal' },
    title: 'IKE encryption',
    effect: 'ike-proposal',
    source: 'RFC 7296 §2.7',
  },
  X10: {
    portal: { entra: 'the IKE integrity of the link', mist: 'the authentication of the IKE proposal' },
    title: 'IKE integrity',
    effect: 'ike-proposal',
    source: 'RFC 7296 §2.7',
  },
  X11: {
    portal: { entra: 'the DH group of the link', mist: 'the DH group of the IKE proposal' },
    title: 'IKE Diffie-Hellman group',
    effect: 'ike-proposal',
    source: 'RFC 7296 §2.7',
  },
  X12: {
    portal: { entra: 'the IPsec encryption of the link', mist: 'the encryption of the IPsec proposal' },
    title: 'ESP encryption',
    effect: 'ike-proposal',
    source: 'RFC 7296 §2.7',
  },
  X13: {
    portal: { entra: 'the IPsec integrity of the link', mist: 'the encryption of the IPsec proposal' },
    title: 'ESP integrity',
    effect: 'ike-proposal',
    source: 'Entra, valid configurations: GCM pairs of one size',
  },
  X14: {
    portal: { entra: 'the PFS group of the link', mist: 'the DH group of the IPsec proposal' },
    title: 'PFS group',
    effect: 'dies-at-rekey',
    source: 'RFC 7296 §1.3: negotiated at the rekey only',
  },
  X15: {
    portal: { entra: 'the SA lifetime of the link', mist: 'the IPsec lifetime of the connector' },
    title: 'SA lifetime',
    effect: 'none',
    source: 'RFC 7296 §2.8: not negotiated; Entra: above 300 s',
  },
  X16: {
    portal: { mist: 'provider, protocol and version of the connector' },
    title: 'IKE version and kind of connector',
    effect: 'ike-proposal',
    source: 'Entra: IKEv2 only',
  },
  X17: {
    portal: { entra: "the device's public IP of the link", mist: 'WAN Interface of the connector' },
    title: 'WAN port has the public address',
    effect: 'ike-proposal',
    source: 'Juniper guide, planning: static addresses; Entra, CPE behind NAT',
  },
  X18: {
    portal: { mist: 'the tunnel of the BGP group' },
    title: 'BGP group is bound to the connector',
    effect: 'bgp-down',
    source: 'Mist OpenAPI bgp_config.via, tunnel_name',
  },
  X19: {
    portal: { entra: 'the traffic profile of the remote network' },
    title: 'Traffic profile Microsoft 365',
    effect: 'traffic',
    source: 'Entra: the gateway drops traffic of a profile that is not enabled and associated',
  },
  X20: {
    portal: { entra: 'the traffic profile of the remote network' },
    title: 'Traffic profile internet',
    effect: 'traffic',
    source: 'Entra: the gateway drops traffic of a profile that is not enabled and associated',
  },
  X21: {
    portal: { mist: 'the addresses of the application' },
    title: "Application covers Microsoft's prefixes",
    effect: 'traffic',
    source: 'Mist OpenAPI service; Juniper guide',
  },
  X22: {
    portal: { mist: 'the order of the application policies' },
    title: 'Application policy wins and follows learned routes',
    effect: 'traffic',
    source: 'Juniper guide: steering overrides learned routes',
  },
  X23: {
    portal: { entra: 'the redundancy of the link', mist: 'the neighbors of the BGP group' },
    title: 'A neighbor for each gateway instance',
    effect: 'less-redundant',
    source: 'Juniper guide, zone redundancy',
  },
  X24: {
    portal: { mist: 'WAN Interface of the connectors' },
    title: 'One WAN port for each link',
    effect: 'less-redundant',
    source: 'Juniper guide, dual WAN and HA',
  },
  X25: {
    portal: { entra: 'the BGP addresses of the link', mist: 'the neighbors of the BGP group' },
    title: 'Peering addresses are used nowhere else',
    effect: 'bgp-down',
    source: 'Entra, CPE behind NAT: the router must not treat them as local',
  },
  X26: {
    portal: { entra: 'the region of the remote network' },
    title: 'Region',
    effect: 'none',
    source: 'Entra, valid regions',
  },
  X27: {
    portal: { entra: 'the bandwidth of the link' },
    title: 'Bandwidth pool',
    effect: 'refused',
    source: 'Entra, remote network connectivity',
  },
  X28: {
    portal: { entra: 'the name of the link' },
    title: 'Names tell what belongs together',
    effect: 'none',
    source: 'our naming rule',
  },
  X29: { portal: {}, title: 'Limits of the tenant', effect: 'refused', source: 'Entra, known limitations' },
  X30: {
    portal: { entra: 'the BGP addresses and ASN of the link' },
    title: 'Addresses and AS numbers that Microsoft accepts',
    effect: 'refused',
    source: 'Entra, valid configurations',
  },
} as const satisfies Record<string, Check>;

/** `X01` to `X30`. */
export type CheckId = keyof typeof TABLE;

/** The checks by ID. */
export const CHECKS: Readonly<Record<CheckId, Check>> = TABLE;

/** All of them, in order. */
export const CHECK_IDS = Object.keys(TABLE) as readonly CheckId[];
