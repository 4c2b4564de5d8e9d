import type { MatrixRow } from './fault-matrix.ts';

/** The figures of one line. */
export interface Counts {
  readonly matrix: string;
  readonly scenario: string;
  /** Points that an undisturbed change has, and cases played. */
  readonly found: number;
  readonly played: number;
  readonly hit: number;
  readonly done: number;
  readonly undone: number;
  readonly stuck: number;
  readonly orphans: number;
  readonly duplicates: number;
  readonly foreign: number;
  /** `-` where nobody was taken over while alive. */
  readonly late: number | '-';
}

export function countsOf(matrix: string, { scenario, found, cells }: MatrixRow): Counts {
  const sum = (pick: (verdict: (typeof cells)[number]['verdict']) => number): number =>
    cells.reduce((total, cell) => total + pick(cell.verdict), 0);
  const ended = (how: string): number => cells.filter((c) => c.verdict.ended === how).length;
  return {
    matrix,
    scenario,
    found,
    played: cells.length,
    hit: cells.filter((c) => c.hit).length,
    done: ended('done'),
    undone: ended('undone'),
    stuck: ended('stuck'),
    orphans: sum((v) => v.orphans),
    duplicates: sum((v) => v.duplicates),
    foreign: sum((v) => v.foreign),
    late: cells.some((c) => c.verdict.late !== undefined) ? sum((v) => v.late ?? 0) : '-',
  };
}

/**
 * Of a row's cases, or one case where they are few. Some points exist by chance, such as one more poll or renewal of a lease than in the
 * undisturbed change.
 */
const MOST_MISSED = 1 / 20;

/** What must be zero and is not, in sentences; and where more than a few points were not hit, which they are. */
export function faultsOf(matrix: string, row: MatrixRow): readonly string[] {
  const missed = missedOf(matrix, row);
  const bad = row.cells.flatMap(({ point, verdict: { state, notes, ended } }) =>
    ended === 'stuck' || notes.length > 0
      ? [`${matrix}, ${row.scenario}, ${point}: ${state}; ${notes.join('; ') || 'did not come to its end'}`]
      : [],
  );
  const isMore = missed.length > Math.max(1, row.cells.length * MOST_MISSED);
  return [...(isMore ? missed : []), ...bad];
}

/** The points that were not met, in sentences. */
export function missedOf(matrix: string, { scenario, cells }: MatrixRow): readonly string[] {
  return cells.flatMap(({ point, hit }) => (hit ? [] : [`${matrix}, ${scenario}, ${point}: was not hit`]));
}

const TITLES: readonly (readonly [keyof Counts, string])[] = [
  ['matrix', 'matrix'],
  ['scenario', 'change'],
  ['found', 'points found'],
  ['played', 'played'],
  ['hit', 'hit'],
  ['done', 'done'],
  ['undone', 'rolled back'],
  ['stuck', 'stuck'],
  ['orphans', 'orphans'],
  ['duplicates', 'duplicates'],
  ['foreign', 'foreign values changed'],
  ['late', 'late calls'],
];

/** A table for people; numbers to the right. */
export function table(rows: readonly Counts[]): string {
  const cells = [
    TITLES.map(([, title]) => title),
    ...rows.map((row) => TITLES.map(([key]) => String(row[key]))),
  ];
  const widths = TITLES.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
