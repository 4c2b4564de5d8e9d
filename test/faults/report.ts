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

/** What must be zero and is not, or must have been hit and was not, in sentences. */
export function faultsOf(matrix: string, row: MatrixRow): readonly string[] {
  return row.cells.flatMap(({ point, hit, verdict }) => {
    const { state, notes, ended } = verdict;
    const bad = ended === 'stuck' || notes.length > 0;
    const where = `${matrix}, ${row.scenario}, ${point}`;
    return [
      ...(hit ? [] : [`${where}: was not hit`]),
      ...(bad ? [`${where}: ${state}; ${notes.join('; ') || 'did not come to its end'}`] : []),
    ];
  });
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
