import { isWrite, type VendorCall } from '../world/vendor-calls.ts';

/** An onboarding's calls from the approval on, by what they are for. */
export interface CallCounts {
  /** Reads of a vendor before the first write to it, that write's own look among them. */
  readonly rereads: Readonly<Record<VendorCall['system'], readonly VendorCall[]>>;
  readonly writes: readonly VendorCall[];
  /** Reads between a vendor's first and the last write, waiting and verifying left out. */
  readonly looks: readonly VendorCall[];
  /** What is looked at again until it is ready. */
  readonly polls: readonly VendorCall[];
  /** Reads that prove the result; the same question asked again counts once. */
  readonly verification: readonly VendorCall[];
}

const POLLED =
  /\/(connectivityConfiguration|events\/search|stats\/devices\/[^/]+|stats\/tunnels\/search|stats\/bgp_peers\/search)$/;
/** Commands on the router, and what the traffic profiles promise. */
const PROOF = /\/(show_\w+|forwardingProfiles(\/[^/]+\/policies)?)$/;

/** Sorts calls, given in order of arrival from the approval on. */
export function countCalls(calls: readonly VendorCall[]): CallCounts {
  const begun = new Set<VendorCall['system']>();
  const rereads: Record<VendorCall['system'], VendorCall[]> = { entra: [], mist: [] };
  const writes: VendorCall[] = [];
  const looks: VendorCall[] = [];
  const polls: VendorCall[] = [];
  const verification: VendorCall[] = [];
  const asked = new Set<string>();
  for (const call of calls) {
    const { system, path, body } = call;
    if (isWrite(call)) {
      begun.add(system);
      writes.push(call);
    } else if (!begun.has(system)) rereads[system].push(call);
    else if (POLLED.test(path)) polls.push(call);
    else if (!PROOF.test(path)) looks.push(call);
    else if (body === '' || !asked.has(path + body)) {
      // A command is sent again while its answer is awaited; a read that is made twice was wanted twice.
      asked.add(path + body);
      verification.push(call);
    }
  }
  return { rereads, writes, looks, polls, verification };
}
