import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { isMet, type Row, type Target } from './row.ts';

const Kept = z.object({
  node: z.string(),
  cores: z.number(),
  rows: z.record(
    z.string(),
    z.object({
      what: z.string(),
      measured: z.number(),
      unit: z.string().optional(),
      target: z.union([z.object({ atMost: z.number() }), z.object({ atLeast: z.number() })]),
      met: z.boolean(),
    }),
  ),
});

/** `bench/results.json`: figures by row, with the machine they were measured on; no dates, so that equal figures give an equal file. */
export type Results = z.infer<typeof Kept>;

export interface Machine {
  readonly node: string;
  readonly cores: number;
}

export function thisMachine(): Machine {
  return { node: process.versions.node, cores: availableParallelism() };
}

/**
 * The kept figures with `rows` in place of theirs. Figures of another machine or another Node are dropped: they would stand
 * beside these as if they could be compared.
 */
export function merged(kept: Results | undefined, machine: Machine, rows: readonly Row[]): Results {
  const isSame = kept?.node === machine.node && kept.cores === machine.cores;
  const fresh = rows.map(
    (row) =>
      [
        row.id,
        {
          what: row.what,
          measured: rounded(row.measured),
          ...(row.unit !== undefined && { unit: row.unit }),
          target: row.target satisfies Target,
          met: isMet(row),
        },
      ] as const,
  );
  const all = { ...(isSame ? kept.rows : {}), ...Object.fromEntries(fresh) };
  return {
    ...machine,
    rows: Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => a.localeCompare(b))),
  };
}

/** The file's content; undefined where there is none or it is not readable as such. */
export function readResults(file: string): Results | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
