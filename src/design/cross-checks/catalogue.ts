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

interface Check {
  readonly title: string;
  readonly effect: Effect;
  /** Where the rule comes from. */
  readonly source: string;
}

/**
 * The values that must agree between the two portals, and the rules of a site. Measured effects: IKEv2 (RFC 7296) and BGP
 * (RFC 4271) as two independent implementations behave when one value differs.
 */
export const CHECKS = {
  X01: {
    title: 'Pre-shared key',
    effect: 'ike-authentication',
    source: 'RFC 7296 §2.15; Graph tunnelConfiguration',
  },
  X02: {
    title: 'Public address and local ID',
    effect: 'ike-authentication',
    source: 'Entra, create a remote network; Juniper guide',
  },
  X03: {
    title: "Microsoft's endpoint",
    effect: 'ike-silent',
    source: 'Graph remoteNetworkConnectivityConfiguration; Juniper guide',
  },
  X04: { title: 'Remote ID', effect: 'ike-authentication', source: 'RFC 7296 §3.5; Juniper guide' },
  X05: {
    title: "The router's BGP address",
    effect: 'bgp-down',
    source: 'Graph bgpConfiguration.peerIpAddress',
  },
  X06: {
    title: "Microsoft's BGP address",
    effect: 'bgp-down',
    source: 'Graph bgpConfiguration.localIpAddress, redundancyConfiguration.zoneLocalIpAddress',
  },
  X07: {
    title: "The router's AS number",
    effect: 'bgp-down',
    source: 'RFC 4271 §6.2; Entra, valid configurations',
  },
  X08: { title: "Microsoft's AS number", effect: 'bgp-down', source: 'Graph localConfigurations.asn' },
  X09: { title: 'IKE encryption', effect: 'ike-proposal', source: 'RFC 7296 §2.7' },
  X10: { title: 'IKE integrity', effect: 'ike-proposal', source: 'RFC 7296 §2.7' },
  X11: { title: 'IKE Diffie-Hellman group', effect: 'ike-proposal', source: 'RFC 7296 §2.7' },
  X12: { title: 'ESP encryption', effect: 'ike-proposal', source: 'RFC 7296 §2.7' },
  X13: {
    title: 'ESP integrity',
    effect: 'ike-proposal',
    source: 'Entra, valid configurations: GCM pairs of one size',
  },
  X14: { title: 'PFS group', effect: 'dies-at-rekey', source: 'RFC 7296 §1.3: negotiated at the rekey only' },
  X15: { title: 'SA lifetime', effect: 'none', source: 'RFC 7296 §2.8: not negotiated; Entra: above 300 s' },
  X16: { title: 'IKE version and kind of connector', effect: 'ike-proposal', source: 'Entra: IKEv2 only' },
  X17: {
    title: 'WAN port has the public address',
    effect: 'ike-proposal',
    source: 'Juniper guide, planning: static addresses; Entra, CPE behind NAT',
  },
  X18: {
    title: 'BGP group is bound to the connector',
    effect: 'bgp-down',
    source: 'Mist OpenAPI bgp_config.via, tunnel_name',
  },
  X19: {
    title: 'Traffic profile Microsoft 365',
    effect: 'traffic',
    source: 'Entra: the gateway drops traffic of a profile that is not enabled and associated',
  },
  X20: {
    title: 'Traffic profile internet',
    effect: 'traffic',
    source: 'Entra: the gateway drops traffic of a profile that is not enabled and associated',
  },
  X21: {
    title: "Application covers Microsoft's prefixes",
    effect: 'traffic',
    source: 'Mist OpenAPI service; Juniper guide',
  },
  X22: {
    title: 'Application policy wins and follows learned routes',
    effect: 'traffic',
    source: 'Juniper guide: steering overrides learned routes',
  },
  X23: {
    title: 'A neighbor for each gateway instance',
    effect: 'less-redundant',
    source: 'Juniper guide, zone redundancy',
  },
  X24: {
    title: 'One WAN port for each link',
    effect: 'less-redundant',
    source: 'Juniper guide, dual WAN and HA',
  },
  X25: {
    title: 'Peering addresses are used nowhere else',
    effect: 'bgp-down',
    source: 'Entra, CPE behind NAT: the router must not treat them as local',
  },
  X26: { title: 'Region', effect: 'none', source: 'Entra, valid regions' },
  X27: { title: 'Bandwidth pool', effect: 'refused', source: 'Entra, remote network connectivity' },
  X28: { title: 'Names tell what belongs together', effect: 'none', source: 'our naming rule' },
  X29: { title: 'Limits of the tenant', effect: 'refused', source: 'Entra, known limitations' },
  X30: {
    title: 'Addresses and AS numbers that Microsoft accepts',
    effect: 'refused',
    source: 'Entra, valid configurations',
  },
} as const satisfies Record<string, Check>;

/** `X01` to `X30`. */
export type CheckId = keyof typeof CHECKS;

/** All of them, in order. */
export const CHECK_IDS = Object.keys(CHECKS) as readonly CheckId[];
