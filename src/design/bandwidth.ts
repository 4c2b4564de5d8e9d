import type { Bandwidth } from './types.ts';

/** Mbit/s per device link. Source: Graph enum networkaccess bandwidthCapacityInMbps. */
export const BANDWIDTH_MBPS = {
  mbps250: 250,
  mbps500: 500,
  mbps750: 750,
  mbps1000: 1000,
} as const satisfies Record<Bandwidth, number>;

/** Source: Entra "Remote network connectivity" (bandwidth by licences). Each tier starts at `licences`. */
const TIERS: readonly { readonly licences: number; readonly mbps: number }[] = [
  { licences: 50, mbps: 500 },
  { licences: 100, mbps: 1_000 },
  { licences: 500, mbps: 2_000 },
  { licences: 1_000, mbps: 3_500 },
];
/** From here on every full 500 licences add 500 Mbit/s to `mbps`, up to the next entry. */
const STEPPED: readonly { readonly licences: number; readonly mbps: number }[] = [
  { licences: 1_500, mbps: 4_000 },
  { licences: 5_000, mbps: 10_000 },
  { licences: 10_000, mbps: 35_000 },
];
const STEP = 500;

/**
 * Mbit/s that a tenant may allocate to all its device links together, 0 below Microsoft's minimum of 50 licences.
 * Bandwidth bought as an add-on is not in it, so a configured budget wins over this figure.
 */
export function bandwidthPoolMbps(licences: number): number {
  const stepped = STEPPED.findLast((tier) => licences >= tier.licences);
  if (stepped !== undefined) return stepped.mbps + Math.floor((licences - stepped.licences) / STEP) * STEP;
  return TIERS.findLast((tier) => licences >= tier.licences)?.mbps ?? 0;
}
