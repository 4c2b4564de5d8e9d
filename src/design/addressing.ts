import { Address4 } from 'ip-address';

/** Prefix length of a peering range. */
export const PEERING_PREFIX_LENGTH = 29;

/** What {@link parseCidr} found: a network in canonical form, or the reason why the text is none. */
export type ParsedCidr =
  | { readonly ok: true; readonly cidr: string; readonly prefixLength: number }
  | { readonly ok: false; readonly reason: 'not-a-cidr' }
  /** `network` is the network that the text points into. */
  | { readonly ok: false; readonly reason: 'host-bits'; readonly network: string };

const WITH_PREFIX = /\/(?:0|[1-9]\d?)$/;

/** More texts than an organisation's networks and services have; a plan is checked against all of them several times. */
const MOST_KEPT = 5000;
const kept = new Map<string, Address4 | undefined>();

function read(text: string): Address4 | undefined {
  if (kept.has(text)) return kept.get(text);
  const address = parse(text);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, address);
  return address;
}

function parse(text: string): Address4 | undefined {
  // The library reads `/08` as 8; a mask with a leading zero is not accepted anywhere here.
  if (text.includes('/') && !WITH_PREFIX.test(text)) return undefined;
  return Address4.isValid(text) ? new Address4(text) : undefined;
}

function readOrThrow(text: string): Address4 {
  const address = read(text);
  if (address === undefined) throw new RangeError('not an IPv4 address or CIDR');
  return address;
}

/** Whether the text is exactly one dotted IPv4 address: ASCII, four decimal octets without leading zeros, no mask. Never throws. */
export function isIpv4Address(text: string): boolean {
  return !text.includes('/') && read(text) !== undefined;
}

/** Reads `a.b.c.d/n` strictly: mask required, no spaces, no leading zeros, no host bits. Never throws. */
export function parseCidr(text: string): ParsedCidr {
  const address = text.includes('/') ? read(text) : undefined;
  if (address === undefined) return { ok: false, reason: 'not-a-cidr' };
  const network = address.networkForm();
  if (network !== text) return { ok: false, reason: 'host-bits', network };
  return { ok: true, cidr: network, prefixLength: address.subnetMask };
}

/**
 * The network a vendor's prefix names, in canonical CIDR form: host bits are cleared and a bare address becomes a /32.
 * `undefined` for anything else, such as an unresolved `{{variable}}`. Never throws.
 */
export function readPrefix(text: string): string | undefined {
  return read(text)?.networkForm();
}

/** The nth host address of a network, counted from 1; `hostAddress('10.99.99.0/29', 2)` is `10.99.99.2`. Throws RangeError when the network has no such host. */
export function hostAddress(cidr: string, n: number): string {
  const network = readOrThrow(cidr);
  const last = network.endAddressExclusive().bigInt();
  if (!Number.isInteger(n) || n < 1 || network.startAddress().bigInt() + BigInt(n) > last) {
    throw new RangeError(`the network has no host ${n}`);
  }
  return network.startAddress().offset(n).correctForm();
}

/** Whether the address is the first (network) or last (broadcast) address of a network that has hosts between them. False for unreadable texts. */
export function isNetworkOrBroadcast(address: string, cidr: string): boolean {
  const network = read(cidr);
  if (network === undefined || network.subnetMask > 30) return false;
  return [network.startAddress(), network.endAddress()].some((edge) => edge.correctForm() === address);
}

/**
 * Whether two networks share an address; a bare address counts as /32 and host bits are ignored.
 * A text that is not IPv4 overlaps nothing: use {@link readPrefix} first where "unreadable" must count.
 */
export function overlaps(a: string, b: string): boolean {
  const left = read(a);
  const right = read(b);
  if (left === undefined || right === undefined) return false;
  return left.isInSubnet(right) || right.isInSubnet(left);
}

/** Whether every address of `inner` (a network or a bare address) lies in `outer`. False for unreadable texts. */
export function contains(outer: string, inner: string): boolean {
  const wide = read(outer);
  const narrow = read(inner);
  return wide !== undefined && narrow !== undefined && narrow.isInSubnet(wide);
}

/** Sorts networks by address, then the wider first; unreadable texts go last. Usable with `toSorted`. */
export function compareCidrs(a: string, b: string): number {
  const left = read(a);
  const right = read(b);
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1;
  const [first, second] = [left.startAddress().bigInt(), right.startAddress().bigInt()];
  if (first !== second) return first < second ? -1 : 1;
  return left.subnetMask - right.subnetMask;
}
