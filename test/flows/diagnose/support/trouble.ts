import { diagnose } from '../../../../src/flows/diagnose/diagnose.ts';
import type { CauseId, Evidence, Findings } from '../../../../src/flows/diagnose/types.ts';
import { NothingToTouch } from '../../../design/cross-checks/generated-faults.ts';
import { brokenOnTheWire, healthySite } from '../../../design/cross-checks/healthy-site.ts';
import type { Shape } from '../../../sandbox/data-plane/world.ts';
import { evidenceOf } from './evidence-of.ts';
import type { Trouble } from './outside-faults.ts';
import { seenBy, type Sight } from './sight.ts';
import { undecidableOf } from './undecidable.ts';

/** A site with its faults: what they break, what the bot would read of it, and what the diagnosis makes of that. */
export interface Case {
  /** In words; undefined where every session and all traffic stand. */
  readonly broken: string | undefined;
  readonly evidence: Evidence;
  readonly found: Findings;
}

/** Lets faults happen to a healthy site of this shape. The diagnosis gets the evidence and nothing else. */
export function play(shape: Shape, faults: readonly Trouble[], sight: Sight = 'everything read'): Case {
  const site = healthySite(shape);
  for (const fault of faults.filter((one) => 'fromTheStart' in one)) fault.apply(site);
  site.world.settle();
  for (const fault of faults.filter((one) => !('fromTheStart' in one))) fault.apply(site);
  const broken = brokenOnTheWire(site);
  const evidence = seenBy(evidenceOf(site), sight);
  return { broken, evidence, found: diagnose(evidence) };
}

/** Why two faults are no pair of faults. */
export type NoPair = 'one value' | 'nothing left to touch' | 'breaks nothing';

/**
 * Two faults of one value are one fault, what the first one took away the second one cannot touch, and one key written wrongly on both
 * sides alike is none.
 */
export function playBoth(shape: Shape, a: Trouble, b: Trouble): Case | NoPair {
  if (valueOf(a) === valueOf(b)) return 'one value';
  try {
    const both = play(shape, [a, b]);
    return both.broken === undefined && ![a, b].some(isQuiet) ? 'breaks nothing' : both;
  } catch (error) {
    if (error instanceof NothingToTouch) return 'nothing left to touch';
    throw error;
  }
}

/** Whether a fault is meant to leave every session standing. */
export function isQuiet(fault: Trouble): boolean {
  return 'sessionsStand' in fault;
}

function valueOf({ name }: Trouble): string | undefined {
  return name.split(': ')[0];
}

/** What a diagnosis is worth about one fault: only `right` counts. */
export type Score = 'right' | 'guessed' | 'not told' | 'another' | 'nothing';

/**
 * A fault that somebody who sees this much can tell from all others has to be named, and not merely as possible. One that is listed as
 * undecidable has to be left open, beside one that looks the same: naming it is a guess, also where it is the right one.
 */
export function scoreOf(fault: Trouble, { causes, cannotTell }: Findings, sight: Sight): Score {
  const confident = causes.filter(({ likelihood }) => likelihood !== 'possible');
  const rows = undecidableOf(fault, sight);
  if (rows.length > 0) {
    const lookAlikes = rows.flatMap((row) => row.causes);
    if (confident.some(({ id, waiting }) => !waiting && lookAlikes.includes(id))) return 'guessed';
    const isOpen = cannotTell.some(
      ({ ids }) =>
        ids.some((id) => isNamed(fault, id)) && ids.filter((id) => lookAlikes.includes(id)).length > 1,
    );
    return isOpen ? 'right' : causes.length > 0 ? 'another' : 'nothing';
  }
  if (confident.some(({ id }) => isNamed(fault, id))) return 'right';
  if (cannotTell.length > 0) return 'not told';
  return causes.length > 0 ? 'another' : 'nothing';
}

/** Whether a cause is one of those that have to name the fault. */
export function isNamed({ names }: Trouble, id: CauseId): boolean {
  return (names as readonly CauseId[]).includes(id);
}
