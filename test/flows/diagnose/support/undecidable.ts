import type { CauseId } from '../../../../src/flows/diagnose/types.ts';
import type { Trouble } from './outside-faults.ts';
import type { Sight } from './sight.ts';

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
