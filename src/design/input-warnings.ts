import { contains, overlaps } from './addressing.ts';
import { SSR_INTERNAL_NETWORKS } from './bgp-addresses.ts';
import type { InputField, InputSnapshot } from './input-draft.ts';
import { isPrivateRange } from './public-address.ts';
import type { LinkInputs, SiteInputs } from './types.ts';

/** Something an approver should see that does not stop the request. */
export interface InputWarning {
  /** Stable, unique within one answer. */
  readonly id: string;
  readonly field: InputField;
  readonly message: string;
}

/** What is unusual but possible in inputs that passed `checkInputs`, beyond what the cross-checks say. Pure; the order is stable. */
export function inputWarnings(inputs: SiteInputs, snapshot: InputSnapshot): InputWarning[] {
  return [
    ...rangeWarnings('range_a', inputs.rangeA, snapshot),
    ...(inputs.rangeB === undefined ? [] : rangeWarnings('range_b', inputs.rangeB, snapshot)),
    ...inputs.links.flatMap((link, position) => linkWarnings(link, position === 0 ? 1 : 2, snapshot)),
  ];
}

function rangeWarnings(field: 'range_a' | 'range_b', range: string, { pool }: InputSnapshot): InputWarning[] {
  const warnings: InputWarning[] = [];
  if (pool.length > 0 && !pool.some((network) => contains(network, range))) {
    warnings.push({
      id: `${field}-outside-pool`,
      field,
      message: `${range} is outside the peering pool (${pool.join(', ')}).`,
    });
  }
  if (!isPrivateRange(range)) {
    // Source: Entra "Remote network with a CPE behind NAT": Microsoft's BGP address must be private.
    warnings.push({
      id: `${field}-not-private`,
      field,
      message: `${range} is not private (RFC 1918); Microsoft asks for private BGP addresses.`,
    });
  }
  const inside = SSR_INTERNAL_NETWORKS.find((network) => overlaps(network.cidr, range));
  if (inside !== undefined) {
    warnings.push({
      id: `${field}-ssr-internal`,
      field,
      message: `${range} overlaps ${inside.cidr}, which an SSR may use for ${inside.use}.`,
    });
  }
  return warnings;
}

function linkWarnings(link: LinkInputs, index: 1 | 2, snapshot: InputSnapshot): InputWarning[] {
  const warnings: InputWarning[] = [];
  if (snapshot.device.isHa && link.node !== (index === 1 ? 'node0' : 'node1')) {
    const message = `Link ${index} leaves ${link.node}; link 1 on node0 and link 2 on node1 is usual.`;
    warnings.push({ id: `link${index}-unusual-node`, field: `link${index}_wan`, message });
  }
  return warnings;
}
