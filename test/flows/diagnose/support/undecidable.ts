import type { CauseId, Evidence } from '../../../../src/flows/diagnose/types.ts';
import type { Trouble } from './trouble.ts';

/** How much of the site the diagnosis gets to see. */
export type Sight = 'everything read' | 'no keys from Graph' | 'no configuration from Entra';

export function seenBy(evidence: Evidence, sight: Sight): Evidence {
  const { views } = evidence;
  switch (sight) {
    case 'everything read':
      return evidence;
    case 'no keys from Graph': {
      if (!views.entra.read) return evidence;
      const links = views.entra.value.links.map((link) => ({
        ...link,
        psk: undefined,
        zonePsk: undefined,
      }));
      const entra = { read: true, value: { ...views.entra.value, links } } as const;
      return { ...evidence, views: { ...views, entra } };
    }
    case 'no configuration from Entra':
      return {
        ...evidence,
        views: { ...views, entra: { read: false, why: 'Graph answered 403' } },
        inEntra: 'unread',
      };
  }
}

/**
 * Causes that nobody can tell apart by what they leave to be seen. Written down from the references before any diagnosis was asked, and
 * apart from what the product says of itself.
 */
export interface Undecidable {
  readonly causes: readonly CauseId[];
  readonly source: string;
  /** Whether this fault looks like those causes to somebody who sees this much. */
  holds(fault: Trouble, sight: Sight): boolean;
}

export const UNDECIDABLE: readonly Undecidable[] = [
  {
    causes: ['microsoft-silent', 'udp-blocked'],
    source: 'RFC 7296 §2.4: an initiator that gets no answer learns nothing of why',
    holds: (fault) => 'noAnswer' in fault,
  },
  {
    causes: ['zone-away', 'zone-over-one-tunnel'],
    source: "Juniper's guide has both neighbors over one tunnel, Microsoft documents a tunnel for each zone",
    holds: (fault) => 'fromTheStart' in fault,
  },
  {
    causes: ['X01', 'X02', 'X03', 'X04'],
    source: 'RFC 7296 §2.21.2: one error for every failed authentication',
    holds: needsEntra,
  },
  {
    causes: ['X02', 'X03', 'X09', 'X10', 'X11', 'X12', 'X13', 'X14', 'X16', 'X17'],
    source: 'RFC 7296 §2.7: one error for every proposal that is not chosen; §1.3 for the group of a rekey',
    holds: needsEntra,
  },
  {
    causes: ['X05', 'X06', 'X07', 'X08', 'X18', 'X23'],
    source: 'RFC 4271 §8.2: a session that is not answered, or refused, goes back to Idle or Active',
    holds: needsEntra,
  },
  {
    causes: ['X19', 'X20'],
    source: 'one session announces the prefixes of all associated profiles',
    holds: needsEntra,
  },
];

/** The rows that hold for a fault; none where it can be told from all others. */
export function undecidableOf(fault: Trouble, sight: Sight): readonly Undecidable[] {
  return UNDECIDABLE.filter(
    ({ causes, holds }) => holds(fault, sight) && fault.names.some((name) => causes.includes(name)),
  );
}

/** What shows on the router's side alone: the kind of connector, its port, what a group is bound to, what is switched off or out of reach. */
const SPEAKS_FOR_ITSELF = /(provider|protocol|version|wan_names|via|tunnel_name|type|multihop_ttl|disabled)$/;
/** Left out, a proposal's member has a default of the vendor's, right or not, and a router may peer with one zone on purpose. */
const MAY_BE_MISSING = /(proposals\.0\.(enc_algo|dh_group)|neighbor of zone \d of 2)$/;

/** A value of the mapping that nobody can judge without the other side's. */
function needsEntra(fault: Trouble, sight: Sight): boolean {
  if (sight !== 'no configuration from Entra') return false;
  const value = 'value' in fault ? fault.value : undefined;
  if (value === undefined) return fault.names.includes('X19');
  const { side, field, change } = value;
  if (side === 'entra' || change === 'swapped') return true;
  return change === 'missing' ? MAY_BE_MISSING.test(field) : !SPEAKS_FOR_ITSELF.test(field);
}

/** Whether nothing in what both vendors and the router report of the sessions and the traffic is out of order. */
export function looksHealthy({ device, tunnels, peers, path, pings = [], views }: Evidence): boolean {
  const connectors = views.mist.read ? views.mist.value.connectors.map(({ name }) => name) : [];
  return (
    device.read &&
    device.value.connected &&
    tunnels.read &&
    tunnels.value.filter(({ name }) => name !== 'zscaler').every(({ up }) => up === true) &&
    peers.read &&
    peers.value.every(({ up, rxRoutes }) => up && rxRoutes !== 0) &&
    path?.read === true &&
    path.value.length > 0 &&
    path.value.every((name) => connectors.includes(name)) &&
    pings.every(({ small, large }) => small === true && large === true)
  );
}
