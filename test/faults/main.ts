import { parseArgs } from 'node:util';
import { crashMatrix } from './crash-matrix.ts';
import { startDatabases, type Databases } from './databases.ts';
import { faultMatrix, type MatrixOptions, type MatrixRow } from './fault-matrix.ts';
import { countsOf, faultsOf, missedOf, table, type Counts } from './report.ts';
import { CRASHED, FAULTED, OPTIONS, type Scenario } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    /** A part of every matrix, for CI. */
    sample: { type: 'boolean', default: false },
    /** `sqlite` or `postgres`; both where it is missing. */
    store: { type: 'string' },
    /** `faults`, `kills` or `freezes`. */
    only: { type: 'string' },
    /** One change alone, by its name. */
    change: { type: 'string' },
    /** Worlds side by side. */
    width: { type: 'string', default: '4' },
    /** Every n-th case; 1 = all. */
    every: { type: 'string' },
  },
});

interface Matrix {
  readonly name: string;
  readonly part: string;
  readonly store: 'sqlite' | 'postgres';
  readonly scenarios: readonly Scenario[];
  play(scenario: Scenario, options: MatrixOptions): Promise<MatrixRow>;
  /** Every n-th case of a sample. */
  readonly sample: number;
}

const MATRICES: readonly Matrix[] = [
  { name: 'faults', part: 'faults', store: 'sqlite', scenarios: FAULTED, play: faultMatrix, sample: 31 },
  { name: 'kill -9', part: 'kills', store: 'sqlite', scenarios: CRASHED, play: crashMatrix, sample: 37 },
  { name: 'faults', part: 'faults', store: 'postgres', scenarios: FAULTED, play: faultMatrix, sample: 61 },
  { name: 'kill -9', part: 'kills', store: 'postgres', scenarios: CRASHED, play: crashMatrix, sample: 16 },
  {
    name: 'SIGSTOP',
    part: 'freezes',
    store: 'postgres',
    scenarios: CRASHED,
    play: (scenario, options) => crashMatrix(scenario, { ...options, crash: 'freeze' }),
    sample: 16,
  },
];
/** Several workers take a second or more for each turn, so that only the first option is played whole. */
const THINNED = 5;

const width = Number(values.width);
const startedAt = performance.now();
const counts: Counts[] = [];
const faults: string[] = [];

function everyOf({ store, sample }: Matrix, scenario: Scenario): number {
  if (values.every !== undefined) return Number(values.every);
  if (values.sample) return sample;
  return store === 'postgres' && scenario.name !== OPTIONS[0] ? THINNED : 1;
}

async function play(matrix: Matrix, databases: Databases | undefined): Promise<void> {
  for (const [index, scenario] of matrix.scenarios.entries()) {
    if (values.change !== undefined && scenario.name !== values.change) continue;
    // Over PostgreSQL even an undisturbed change takes its time.
    if (values.sample && matrix.store === 'postgres' && scenario.name !== OPTIONS[0]) continue;
    const every = everyOf(matrix, scenario);
    // Each change starts its sample elsewhere, so that the samples together meet every trouble.
    const pick = (at: number): boolean => at % every === (index * 5) % every;
    const began = performance.now();
    const row = await matrix.play(scenario, { width, pick, ...(databases && { databases }) });
    const name = matrix.store === 'postgres' ? `${matrix.name}, PostgreSQL` : matrix.name;
    const line = countsOf(name, row);
    counts.push(line);
    const wrong = faultsOf(name, row);
    faults.push(...wrong);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(
      `${name}, ${scenario.name}: ${row.found} points, ${line.played} cases played in ${seconds} s, ${wrong.length} failed\n`,
    );
    for (const note of new Set([...wrong, ...missedOf(name, row)])) process.stdout.write(`  ${note}\n`);
  }
}

const chosen = MATRICES.filter(
  ({ part, store }) =>
    (values.store === undefined || values.store === store) &&
    (values.only === undefined || values.only === part),
);
if (chosen.length === 0) throw new Error('no matrix is called so');
const server = chosen.some(({ store }) => store === 'postgres') ? await startDatabases() : undefined;
try {
  for (const matrix of chosen)
    await play(matrix, matrix.store === 'postgres' ? server?.databases : undefined);
} finally {
  await server?.stop();
}
process.stdout.write(`\n${table(counts)}\n\n`);
for (const fault of faults) process.stdout.write(`FAILED ${fault}\n`);
const seconds = Math.round((performance.now() - startedAt) / 1000);
process.stdout.write(
  `${faults.length === 0 ? 'Nothing lost, nothing left' : `${faults.length} failed`} in ${seconds} s\n`,
);
process.exit(faults.length === 0 ? 0 : 1);
