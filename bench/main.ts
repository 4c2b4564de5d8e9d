import { parseArgs } from 'node:util';
import { ackBench } from './bolt/ack-bench.ts';
import { startBench } from './bolt/start-bench.ts';
import { fleetBench } from './fleet/bench.ts';
import { manyBench } from './many/bench.ts';
import { onboardingBench } from './onboarding/bench.ts';
import type { Bench, Row } from './report/row.ts';
import { merged, readResults, thisMachine, writeResults } from './report/results.ts';
import { table } from './report/table.ts';
import { resumeBench } from './resume/bench.ts';
import { routesBench } from './routes/bench.ts';
import { statusBench } from './status/bench.ts';
import { takeoverBench } from './takeover/bench.ts';

const RESULTS = new URL('results.json', import.meta.url).pathname;
const BENCHES: readonly Bench[] = [
  onboardingBench,
  ackBench,
  statusBench,
  fleetBench,
  routesBench,
  startBench,
  resumeBench,
  takeoverBench,
  manyBench,
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** `--only=ack,start` picks benches; without it all run. Throws for a name that is none. */
function chosen(args: readonly string[]): readonly Bench[] {
  const { values } = parseArgs({ args: [...args], options: { only: { type: 'string', multiple: true } } });
  const names = values.only?.flatMap((text) => text.split(','));
  if (!names) return BENCHES;
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.id === name));
  if (unknown.length > 0) {
    throw new Error(`no bench "${unknown.join(', ')}"; there are ${BENCHES.map((b) => b.id).join(', ')}`);
  }
  return BENCHES.filter((bench) => names.includes(bench.id));
}

/** Runs the benches one after another. A bench that breaks does not stop the others; missed targets are no failure. */
async function main(): Promise<void> {
  const machine = thisMachine();
  const rows: Row[] = [];
  for (const bench of chosen(process.argv.slice(2))) {
    say(`\n${bench.title}`);
    try {
      const { rows: found, details } = await bench.run();
      rows.push(...found);
      for (const line of details) say(line);
    } catch (error) {
      process.exitCode = 1;
      say(`not measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  say(`\nNode ${machine.node}, ${machine.cores} cores\n`);
  say(table(rows));
  writeResults(RESULTS, merged(readResults(RESULTS), machine, rows));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
