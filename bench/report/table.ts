import { figureText, isMet, targetText, type Row } from './row.ts';

const HEADER = ['row', 'measured', 'target', ''] as const;

/** The rows as a text table: what, figure, target, met or MISSED. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    figureText(row.measured, row.unit),
    targetText(row),
    isMet(row) ? 'met' : 'MISSED',
  ]);
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return column === 1 || column === 2 ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(HEADER), rule, ...cells.map(line)].join('\n');
}
