import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../src/flows/diagnose/diagnose.ts';
import type { Cause, Findings } from '../../../src/flows/diagnose/types.ts';
import { faultsFor, NothingToTouch, type Fault } from '../../design/cross-checks/generated-faults.ts';
import { brokenOnTheWire, healthySite } from '../../design/cross-checks/healthy-site.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import { evidenceOf } from './support/evidence-of.ts';
import { outsideFaults, type OutsideFault } from './support/outside-faults.ts';

/*
 * Faults are generated from every value of the mapping × {wrong, missing, swapped}, and of what else the simulated world can do to a site;
 * the simulated data plane decides what they break, which packets come back and which way the traffic takes.
 * The diagnosis gets what the bot would read and never a fault's name. Doubles are sampled by a fixed stride; all of them run with
 * DIAGNOSE_ALL_PAIRS=1.
 */
const SHAPES: Readonly<Record<string, Shape>> = {
  'one WAN link': {},
  'one WAN link, zone redundancy over one tunnel': { zones: 2 },
  'two WAN links': { links: 2 },
  'two WAN links, zone redundancy over one tunnel each': { links: 2, zones: 2 },
  'one WAN link, a tunnel for each zone': { zones: 2, topology: 'tunnel-per-zone' },
};
const ALL = process.env['DIAGNOSE_ALL_PAIRS'] === '1';
const PAIRS = ALL ? Infinity : 60;
const PATIENCE = { timeout: ALL ? 3_600_000 : 120_000 };
/** More causes than this named as likely is guessing. */
const MOST_NAMED = 5;

interface Case {
  readonly broken: string | undefined;
  readonly found: Findings;
}

type Trouble = Fault | OutsideFault;

function play(shape: Shape, faults: readonly Trouble[]): Case {
  const site = healthySite(shape);
  site.world.settle();
  for (const fault of faults) fault.apply(site);
  const broken = brokenOnTheWire(site);
  return { broken, found: diagnose(evidenceOf(site)) };
}

/**
 * undefined where the two are no pair: two faults of one place are one fault, what the first one took away the second one cannot touch, and
 * one key written wrongly on both sides alike is none.
 */
function playBoth(shape: Shape, a: Trouble, b: Trouble): Case | undefined {
  if (placeOf(a) === placeOf(b)) return undefined;
  try {
    const both = play(shape, [a, b]);
    return both.broken === undefined && ![a, b].some(isQuiet) ? undefined : both;
  } catch (error) {
    if (error instanceof NothingToTouch) return undefined;
    throw error;
  }
}

function isQuiet(fault: Trouble): boolean {
  return 'sessionsStand' in fault;
}

function placeOf({ name }: Trouble): string | undefined {
  return name.split(': ')[0];
}

function isHit({ names }: Trouble, id: string | undefined): boolean {
  return (names as readonly string[]).some((name) => name === id);
}

function namedBy({ causes }: Findings): readonly Cause[] {
  return causes.filter(({ likelihood }) => likelihood !== 'possible');
}

/** Rows: the value that was touched; columns: what the diagnosis put first. */
class Matrix {
  readonly #counts = new Map<string, Map<string, number>>();
  add(wanted: string, got: string): void {
    const row = this.#counts.get(wanted) ?? new Map<string, number>();
    row.set(got, (row.get(got) ?? 0) + 1);
    this.#counts.set(wanted, row);
  }
  toString(): string {
    return [...this.#counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(
        ([wanted, row]) => `  ${wanted.padEnd(12)} → ${[...row].map(([got, n]) => `${got} ${n}`).join(', ')}`,
      )
      .join('\n');
  }
}

describe.each(Object.entries(SHAPES))('%s', (name, shape) => {
  const faults: readonly Trouble[] = [...faultsFor(shape), ...outsideFaults(shape)];
  const breaking = new Set<Trouble>();

  test('a healthy site has no symptom and no cause', () => {
    const { broken, found } = play(shape, []);
    expect(broken).toBeUndefined();
    expect({ symptoms: found.symptoms, causes: found.causes }).toEqual({ symptoms: [], causes: [] });
  });

  test('the first cause of a single fault is the value that was touched, at 95 % or better', PATIENCE, () => {
    const matrix = new Matrix();
    const wrong: string[] = [];
    let alarms = 0;
    for (const fault of faults) {
      const { broken, found } = play(shape, [fault]);
      const [first] = found.causes;
      if (broken === undefined && !isQuiet(fault)) {
        if (first && first.likelihood !== 'possible') alarms += 1;
        continue;
      }
      breaking.add(fault);
      matrix.add(fault.names.join('/'), first?.id ?? 'nothing');
      if (!isHit(fault, first?.id))
        wrong.push(
          `${fault.name} (${broken ?? 'sessions stand'}): ${found.causes.map(({ id }) => id).join()}`,
        );
    }
    const share = 1 - wrong.length / breaking.size;
    console.log(
      `${name}: ${breaking.size} single faults, ${(share * 100).toFixed(1)} % right, ${alarms} false alarms\n${matrix}\n${wrong.slice(0, 12).join('\n')}`,
    );
    expect(breaking.size).toBeGreaterThan(30);
    expect(alarms).toBe(0);
    expect(share).toBeGreaterThanOrEqual(0.95);
  });

  test('two faults at once are both named, at 80 % or better', PATIENCE, () => {
    const list = [...breaking];
    const pairs = list.flatMap((a, at) => list.slice(at + 1).map((b) => [a, b] as const));
    const stride = Math.max(1, Math.floor(pairs.length / PAIRS));
    const sample = pairs.filter((_, at) => at % stride === 0);
    const wrong: string[] = [];
    let played = 0;
    for (const [a, b] of sample) {
      const both = playBoth(shape, a, b);
      if (!both) continue;
      played += 1;
      const named = new Set<string>(namedBy(both.found).map(({ id }) => id));
      const hits = [a, b].filter((fault) => [...named].some((id) => isHit(fault, id)));
      if (hits.length < 2 || named.size > MOST_NAMED)
        wrong.push(`${a.name} + ${b.name}: ${[...named].join()}`);
    }
    const share = 1 - wrong.length / played;
    console.log(
      `${name}: ${played} of ${pairs.length} double faults, ${(share * 100).toFixed(1)} % right\n${wrong.slice(0, ALL ? 400 : 8).join('\n')}`,
    );
    expect(played).toBeGreaterThan(30);
    expect(share).toBeGreaterThanOrEqual(0.8);
  });
});
