import { overlaps } from './addressing.ts';

/**
 * Networks that an SSR's IPsec plugin uses inside the router unless it is configured otherwise: an address out of one of them may never
 * leave it. Source: SSR documentation, IPsec client plugin. Doubt: whether Mist configures others, so they are not refused.
 */
export const SSR_INTERNAL_NETWORKS: readonly { readonly cidr: string; readonly use: string }[] = [
  { cidr: '169.254.129.0/24', use: 'its tunnel interfaces' },
  { cidr: '10.128.128.0/28', use: 'its tunnel monitor' },
];

/** Networks that cannot hold a BGP address, with the reason as a card words it. */
export const RESERVED_BGP_NETWORKS: readonly { readonly cidr: string; readonly reason: string }[] = [
  // Source: Entra "Remote network configurations" (valid BGP addresses).
  { cidr: '0.0.0.0/32', reason: 'Microsoft does not accept 0.0.0.0 as a BGP address' },
  { cidr: '127.0.0.0/8', reason: 'Microsoft does not accept 127.0.0.0/8 for BGP addresses' },
  { cidr: '224.0.0.0/4', reason: 'Microsoft does not accept 224.0.0.0/4 for BGP addresses' },
  { cidr: '255.255.255.255/32', reason: 'Microsoft does not accept 255.255.255.255 as a BGP address' },
  // Doubt: 169.254.0.0/16 is not on Microsoft's list, unlike Azure VPN Gateway's; it is not refused.
  // Source: RFC 1122 and RFC 1112. Microsoft does not name them, but no router uses them on an interface.
  { cidr: '0.0.0.0/8', reason: '0.0.0.0/8 holds no addresses of interfaces' },
  { cidr: '240.0.0.0/4', reason: '240.0.0.0/4 is reserved' },
];

/** Why a BGP address or a whole peering range is refused, as a sentence without a full stop; `undefined` when it is not. Never throws. */
export function whyReservedForBgp(addressOrCidr: string): string | undefined {
  return RESERVED_BGP_NETWORKS.find((network) => overlaps(network.cidr, addressOrCidr))?.reason;
}
