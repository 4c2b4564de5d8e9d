import { hostAddress } from './addressing.ts';

/** The BGP addresses of one link. */
export interface PeeringAddresses {
  readonly deviceBgp: string;
  readonly microsoftBgp: string;
  /** Only where there is a range B. */
  readonly microsoftBgpZone2?: string;
}

/** Host numbers in a /29. Each pair is also a /30 of its own, which an SSR's tunnel interface may assume. */
const HOSTS = { 1: { device: 1, microsoft: 2 }, 2: { device: 5, microsoft: 6 } } as const;

/**
 * The addresses that a link takes from its ranges: link 1 hosts 1 and 2 of range A, link 2 hosts 5 and 6; Microsoft's address
 * in zone 2 has the same host number in range B. Throws RangeError when a range is not a network with these hosts.
 */
export function peeringAddresses(link: 1 | 2, rangeA: string, rangeB?: string): PeeringAddresses {
  const { device, microsoft } = HOSTS[link];
  return {
    deviceBgp: hostAddress(rangeA, device),
    microsoftBgp: hostAddress(rangeA, microsoft),
    ...(rangeB === undefined ? {} : { microsoftBgpZone2: hostAddress(rangeB, microsoft) }),
  };
}
