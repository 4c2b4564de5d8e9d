import type { CauseId } from './types.ts';

/** Causes that look the same from everything that both vendors and the router say, with what would tell them apart. */
export interface Indistinguishable {
  readonly ids: readonly CauseId[];
  readonly because: string;
  readonly how: string;
}

/**
 * What is known beforehand to be undecidable from here. Sources: RFC 7296 §2.21.2 (one error for all authentication failures) and
 * §2.7 (one for all proposals); RFC 4271 §6.2; Entra "Create a remote network" and Juniper's Microsoft SSE guide, which disagree about
 * zone 2.
 */
export const INDISTINGUISHABLE: readonly Indistinguishable[] = [
  {
    ids: ['microsoft-silent', 'udp-blocked'],
    because: 'a gateway that is away and a provider that blocks UDP 500 or 4500 both look like no answer',
    how: "Capture UDP 500 on the router's WAN port: packets that leave and none that come back from any address speak for the provider; ask Microsoft's service health about the gateway.",
  },
  {
    ids: ['zone-away', 'zone-over-one-tunnel'],
    because:
      "a second zone that is down and one that does not answer over the first zone's tunnel look the same while its neighbor was never up",
    how: "Microsoft's service health tells about the zone. If it is healthy, use the topology with a tunnel of its own for each zone.",
  },
  {
    ids: ['X01', 'X02', 'X03', 'X04'],
    because: 'IKE reports a wrong key, a wrong local ID and a wrong remote ID by the same error',
    how: 'Read both configurations: local and remote ID can be compared in the two portals, the key can only be written anew on both sides.',
  },
  {
    ids: ['X02', 'X03', 'X09', 'X10', 'X11', 'X12', 'X13', 'X14', 'X16', 'X17'],
    because:
      'IKE reports every proposal that does not match, and an address that it does not know, by the same error',
    how: 'Compare the custom IKE policy of the device link in Entra with both proposals of the connector in Mist.',
  },
  {
    ids: ['X05', 'X06', 'X07', 'X08', 'X18', 'X23', 'X25'],
    because: 'reversed BGP addresses and wrong AS numbers both leave the tunnel up and the neighbor down',
    how: "Compare the BGP addresses and AS numbers in the two portals: Entra's local address is Microsoft's.",
  },
  {
    ids: ['X19', 'X20'],
    because:
      'one session carries the prefixes of all traffic profiles, so that a missing one does not tell which it is',
    how: 'Read the traffic forwarding profiles of the remote network in Entra: enabled, and assigned to it.',
  },
];

/** Whether all of these causes stand in one row of the list. */
export function undecidable(ids: readonly CauseId[]): Indistinguishable | undefined {
  return INDISTINGUISHABLE.find((one) => ids.every((id) => one.ids.includes(id)));
}
