import type { ListingEnd } from '../../integrations/mist/types.ts';
import { lengthOf, PrefixSet } from '../../design/prefix-set.ts';
import { accepted, missingPrefixes } from '../onboard/expected-prefixes.ts';
import type { SiteRef } from '../types.ts';
import type { SiteLayout } from '../status/layout.ts';

/** One learned prefix, for the file. */
export interface RouteRow {
  readonly prefix: string;
  readonly neighbors: readonly string[];
  readonly verdict: 'expected' | 'unexpected' | 'refused' | 'not compared';
}

/** What a site has learned from Microsoft, summed up. Holds every prefix. */
export interface RouteReport {
  readonly site: SiteRef;
  readonly atMs: number;
  /** Distinct prefixes that the import policy lets in. */
  readonly total: number;
  readonly byLength: readonly { readonly length: number; readonly count: number }[];
  readonly byNeighbor: readonly {
    readonly address: string;
    readonly wan?: string;
    readonly zone?: 1 | 2;
    readonly count: number;
  }[];
  /** How many the associated profiles promise; undefined where they do not say. */
  readonly expected?: number;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly refused: number;
  /** Undefined for the first reading. */
  readonly change?: {
    readonly sinceMs: number;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
  readonly end: ListingEnd;
  /** Sentences about what could not be read. */
  readonly unread: readonly string[];
  readonly rows: readonly RouteRow[];
}

/** What a report is made from. */
export interface RouteReadings {
  readonly now: number;
  /** Every neighbor of the layout has an entry. */
  readonly prefixes: ReadonlyMap<string, readonly string[]>;
  readonly end: ListingEnd;
  /** What the profiles promise; undefined where that is not known. */
  readonly expected: readonly string[] | undefined;
  readonly earlier: { readonly atMs: number; readonly prefixes: readonly string[] } | undefined;
  readonly unread: readonly string[];
}

/** Sums up learned routes. Pure; linear in the number of prefixes. */
export function routeReport(layout: SiteLayout, readings: RouteReadings): RouteReport {
  const { now, prefixes, end, expected, earlier, unread } = readings;
  const neighborsOf = new Map<string, string[]>();
  for (const [address, list] of prefixes) {
    for (const prefix of list) {
      const known = neighborsOf.get(prefix);
      if (known) known.push(address);
      else neighborsOf.set(prefix, [address]);
    }
  }
  const received = [...neighborsOf.keys()];
  const learned = accepted({ refuse: { name: '', prefixes: layout.refused } }, received);
  const isLearned = new Set(learned);
  const promised = expected && new PrefixSet(expected);
  const verdictOf = (prefix: string): RouteRow['verdict'] => {
    if (!isLearned.has(prefix)) return 'refused';
    if (!promised) return 'not compared';
    return promised.covers(prefix) ? 'expected' : 'unexpected';
  };
  const rows = received.map((prefix) => ({
    prefix,
    neighbors: neighborsOf.get(prefix) ?? [],
    verdict: verdictOf(prefix),
  }));
  return {
    site: layout.site,
    atMs: now,
    total: learned.length,
    byLength: countByLength(learned),
    byNeighbor: layout.connectors.flatMap(({ wan, neighbors }) =>
      neighbors.map(({ address, zone }) => ({
        address,
        ...(wan !== undefined && { wan }),
        ...(zone !== undefined && { zone }),
        count: prefixes.get(address)?.length ?? 0,
      })),
    ),
    ...(expected && { expected: expected.length }),
    // A listing that was cut says nothing of what it does not show.
    missing: expected && end !== 'cut' ? missingPrefixes(expected, learned) : [],
    unexpected: rows.flatMap(({ prefix, verdict }) => (verdict === 'unexpected' ? [prefix] : [])),
    refused: received.length - learned.length,
    ...(earlier && end !== 'cut' && { change: changeOf(earlier, learned, isLearned) }),
    end,
    unread,
    rows,
  };
}

function countByLength(prefixes: readonly string[]): RouteReport['byLength'] {
  const counts = new Map<number, number>();
  for (const prefix of prefixes) {
    const length = lengthOf(prefix);
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  return [...counts].map(([length, count]) => ({ length, count })).toSorted((a, b) => a.length - b.length);
}

function changeOf(
  earlier: { readonly atMs: number; readonly prefixes: readonly string[] },
  learned: readonly string[],
  isLearned: ReadonlySet<string>,
): NonNullable<RouteReport['change']> {
  const before = new Set(earlier.prefixes);
  return {
    sinceMs: earlier.atMs,
    added: learned.filter((prefix) => !before.has(prefix)),
    removed: earlier.prefixes.filter((prefix) => !isLearned.has(prefix)),
  };
}

/** The whole list as CSV (RFC 4180), with what is missing at its end; cells are of our own making and hold no formula. */
export function routesCsv(report: RouteReport): string {
  const lines = ['prefix,length,neighbors,verdict'];
  for (const { prefix, neighbors, verdict } of report.rows)
    lines.push(`${prefix},${lengthOf(prefix)},${neighbors.join(' ')},${verdict}`);
  for (const prefix of report.missing) lines.push(`${prefix},${lengthOf(prefix)},,missing`);
  return `${lines.join('\r\n')}\r\n`;
}
