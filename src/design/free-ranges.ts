import { Address4 } from 'ip-address';
import { compareCidrs, contains, PEERING_PREFIX_LENGTH, readPrefix } from './addressing.ts';

/** Sorted, without networks that lie in another one: what is left is disjoint. */
function disjoint(cidrs: readonly string[]): Address4[] {
  const networks = cidrs.flatMap((text) => readPrefix(text) ?? []).toSorted(compareCidrs);
  const kept: string[] = [];
  for (const network of networks) {
    const last = kept.at(-1);
    if (last === undefined || !contains(last, network)) kept.push(network);
  }
  return kept.map((network) => new Address4(network));
}

function isLastOfAll(network: Address4): boolean {
  return network.endAddress().isBroadcast();
}

/** The first peering-sized network that starts after `network` ends; `undefined` at the end of the address space. */
function after(network: Address4): Address4 | undefined {
  if (isLastOfAll(network)) return undefined;
  const start = network.nextNetwork().startAddress().correctForm();
  return new Address4(new Address4(`${start}/${PEERING_PREFIX_LENGTH}`).networkForm());
}

function peeringRangeOf(network: Address4): Address4 {
  return new Address4(
    new Address4(`${network.startAddress().correctForm()}/${PEERING_PREFIX_LENGTH}`).networkForm(),
  );
}

/**
 * Up to `count` /29 networks, in canonical form and in address order of each pool, that lie in the pools and touch nothing taken.
 * Pools are used in the order given; pools smaller than a /29 and texts that are not IPv4 are skipped. One pass over
 * the taken networks, so a fleet's worth of them is cheap. Never throws.
 */
export function nextFreeRanges(pools: readonly string[], taken: readonly string[], count: number): string[] {
  const found: string[] = [];
  const used = [...taken];
  for (const pool of pools) {
    const network = readPrefix(pool);
    if (network === undefined || new Address4(network).subnetMask > PEERING_PREFIX_LENGTH) continue;
    found.push(...freeIn(new Address4(network), disjoint(used), count - found.length));
    if (found.length >= count) break;
    // A pool that was not enough is exhausted: a later pool that overlaps it must not offer its ranges again.
    used.push(network);
  }
  return found;
}

function freeIn(pool: Address4, taken: readonly Address4[], count: number): string[] {
  const found: string[] = [];
  let candidate: Address4 | undefined = peeringRangeOf(pool);
  let next = 0;
  while (candidate !== undefined && found.length < count && candidate.isInSubnet(pool)) {
    const start = candidate.startAddress().bigInt();
    const end = candidate.endAddress().bigInt();
    let obstacle: Address4 | undefined = taken[next];
    while (obstacle !== undefined && obstacle.endAddress().bigInt() < start) obstacle = taken[++next];
    if (obstacle === undefined || obstacle.startAddress().bigInt() > end) {
      found.push(candidate.networkForm());
      candidate = after(candidate);
    } else {
      candidate = obstacle.subnetMask < PEERING_PREFIX_LENGTH ? after(obstacle) : after(candidate);
    }
  }
  return found;
}
