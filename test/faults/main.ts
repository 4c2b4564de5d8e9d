import { parseArgs } from 'node:util';
import { crashMatrix } from './crash-matrix.ts';
import { faultMatrix, type MatrixRow } from './fault-matrix.ts';
import { countsOf, faultsOf, table, type Counts } from './report.ts';
import { CRASHED, FAULTED, type Scenario } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    /** A part of every matrix, for CI. */
    sample: { type: 'boolean', default: false },
    /** `faults` or `crashes`. */
    only: { type: 'string' },
    /** One change alone, by its name. */
    change: { type: 'string' },
    /** Worlds side by side. */
    width: { type: 'string', default: '4' },
    /** Every n-th case; 1 = all. */
    every: { type: 'string' },
  },
});
const width = Number(values.width);
const every = Number(values.every ?? (values.sample ? 23 : 1));
const startedAt = performance.now();
const counts: Counts[] = [];
const faults: string[] = [];

async function play(
  matrix: string,
  scenarios: readonly Scenario[],
  make: (scenario: Scenario, index: number) => Promise<MatrixRow>,
): Promise<void> {
  for (const [index, scenario] of scenarios.entries()) {
    if (values.change !== undefined && scenario.name !== values.change) continue;
    const row = await make(scenario, index);
    const line = countsOf(matrix, row);
    counts.push(line);
    faults.push(...faultsOf(matrix, row));
    process.stdout.write(
      `${matrix} ${scenario.name}: ${line.played} of ${row.found} points and more played\n`,
    );
  }
}

// Each change starts its sample elsewhere, so that the samples together meet every trouble.
const pick = (offset: number) => (at: number) => at % every === (offset * 5) % every;
if (values.only !== 'crashes') {
  await play('faults', FAULTED, (scenario, at) => faultMatrix(scenario, { width, pick: pick(at) }));
}
if (values.only !== 'faults') {
  await play('kill -9', CRASHED, (scenario, at) => crashMatrix(scenario, { width, pick: pick(at) }));
}
process.stdout.write(`\n${table(counts)}\n\n`);
for (const fault of faults) process.stdout.write(`FAILED ${fault}\n`);
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(
  `${faults.length === 0 ? 'Nothing lost, nothing left' : `${faults.length} failed`} in ${seconds} s\n`,
);
process.exit(faults.length === 0 ? 0 : 1);
