import { Address4 } from 'ip-address';
import { isIpv4Address, readPrefix } from './addressing.ts';

const REASONS: readonly { readonly is: (address: Address4) => boolean; readonly reason: string }[] = [
  { is: (address) => address.isPrivate(), reason: 'is a private address (RFC 1918)' },
  { is: (address) => address.isCGNAT(), reason: 'is a carrier-grade NAT address (100.64.0.0/10)' },
  { is: (address) => address.isLoopback(), reason: 'is a loopback address (127.0.0.0/8)' },
  { is: (address) => address.isLinkLocal(), reason: 'is a link-local address (169.254.0.0/16)' },
  { is: (address) => address.isMulticast(), reason: 'is a multicast address (224.0.0.0/4)' },
  { is: (address) => address.isUnspecified(), reason: 'is the unspecified address' },
  { is: (address) => address.isBroadcast(), reason: 'is the broadcast address' },
  // RFC 5737's documentation ranges stand for public addresses in sandboxes and test rigs.
  {
    is: (address) => !address.isDocumentation() && !address.isGlobal(),
    reason: 'is reserved by IANA and not routed in the internet',
  },
];

/**
 * Why Microsoft cannot reach a device at this address, as the end of a sentence ("is a private address (RFC 1918)"),
 * or `undefined` when it is public. The documentation ranges of RFC 5737 count as public. Never throws.
 * Source: Entra "Verify your public IP"; ranges from the IANA IPv4 Special-Purpose Address Registry.
 */
export function whyNotPublic(address: string): string | undefined {
  if (!isIpv4Address(address)) return 'is not an IPv4 address';
  const parsed = new Address4(address);
  return REASONS.find((entry) => entry.is(parsed))?.reason;
}

/** Whether an address can be a WAN link's public address; see {@link whyNotPublic}. */
export function isPublicRoutable(address: string): boolean {
  return whyNotPublic(address) === undefined;
}

/** Whether an address or network lies wholly in RFC 1918's ranges. False for unreadable texts. */
export function isPrivateRange(text: string): boolean {
  const prefix = readPrefix(text);
  if (prefix === undefined) return false;
  const network = new Address4(prefix);
  return network.startAddress().isPrivate() && network.endAddress().isPrivate();
}
