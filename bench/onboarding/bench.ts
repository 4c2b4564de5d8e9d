import type { World } from '../../sandbox/world.ts';
import type { Bench, Report, Row } from '../report/row.ts';
import { median } from '../statistics.ts';
import { approve, askFor, setLatency, submit, untilCard, withBot } from '../world/bench-world.ts';
import { callText, endOf, isWrite, vendorCalls, type VendorCall } from '../world/vendor-calls.ts';
import { countCalls } from './call-counts.ts';
import { criticalPath } from './critical-path.ts';
import { chainIn, REQUIRED_CHAIN } from './required-chain.ts';

const LATENCY_MS = 100;
const ROUNDS = 3;
const SITE = 'Lyon';

/** One onboarding, played by people at a simulated Slack against a bot process. */
interface Onboarding {
  /** Calls by which step 2 of the form was filled in, and those from its submission to the plan card. */
  readonly form: readonly VendorCall[];
  readonly preflight: readonly VendorCall[];
  /** From the approval on. */
  readonly run: readonly VendorCall[];
  readonly approvedAt: number;
  readonly readBack: VendorCall;
  /** From the click on Approve to the answer of `readBack`. */
  readonly ms: number;
}

/** Approval to the last write read back, and how many calls that takes. */
export const onboardingBench: Bench = {
  id: 'onboarding',
  title: `Onboarding, every remote call answering in ${LATENCY_MS} ms`,
  async run() {
    const three = await report('option 3', 'dual-wan-zone-redundant');
    const one = await report('option 1', 'single-wan');
    return { rows: [...three.rows, ...one.rows], details: [...three.details, ...one.details] };
  },
};

async function report(name: string, option: string): Promise<Report> {
  const rounds: Onboarding[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await withBot({}, (world) => onboard(world, option)));
  }
  const ms = median(rounds.map((round) => round.ms));
  const shown = rounds.find((round) => round.ms === ms) ?? rounds[0];
  if (!shown) throw new Error('no rounds');
  const id = `onboarding.${name.replace(' ', '-')}`;
  const row: Row = {
    id,
    what: `onboarding, ${name}: approve → last write read back ÷ (${REQUIRED_CHAIN.length} × ${LATENCY_MS} ms)`,
    measured: ms / (REQUIRED_CHAIN.length * LATENCY_MS),
    target: { atMost: 1.1 },
  };
  return {
    rows: [row, ...countRows(id, name, shown)],
    details: [
      `${name}: ${rounds.map((round) => `${round.ms} ms`).join(', ')}; the chain that the order requires:`,
      ...chainLines(shown),
      `${name}: where the ${shown.ms} ms went (call, its duration, waiting before it):`,
      ...pathLines(shown),
      `${name}: the counted calls:`,
      ...countLines(shown),
    ],
  };
}

async function onboard(world: World, option: string): Promise<Onboarding> {
  setLatency(world, LATENCY_MS);
  const started = Date.now();
  await askFor(world, SITE, option);
  const submittedAt = Date.now();
  const card = await submit(world, SITE);
  const plannedAt = Date.now();
  const approvedAt = await approve(world, card);
  await untilCard(world, `Onboarded ${SITE}`);
  const run = vendorCalls(world, approvedAt);
  const readBack = readBackOf(run);
  return {
    form: vendorCalls(world, started).filter((call) => call.at < submittedAt),
    preflight: vendorCalls(world, submittedAt).filter((call) => call.at < plannedAt),
    run,
    approvedAt,
    readBack,
    ms: endOf(readBack) - approvedAt,
  };
}

/** The first read of the device, its events or its state after the last write was answered. */
function readBackOf(run: readonly VendorCall[]): VendorCall {
  const last = run.findLast(isWrite);
  const proves = REQUIRED_CHAIN.at(-1);
  const found = last && run.find((call) => call.at >= endOf(last) && proves?.matches(call));
  if (found) return found;
  throw new Error('the last write was not read back');
}

function countRows(id: string, name: string, { form, preflight, run }: Onboarding): Row[] {
  const { rereads, writes, looks, polls, verification } = countCalls(run);
  const count = (key: string, what: string, calls: readonly unknown[], atMost: number): Row => ({
    id: `${id}.${key}`,
    what: `calls, ${name}: ${what}`,
    measured: calls.length,
    target: { atMost },
  });
  return [
    count('preflight', `preflight reads (${form.length} more to fill in the form)`, preflight, 25),
    count('reread-entra', 'read again before the first write to Entra', rereads.entra, 10),
    count('reread-mist', 'read again before the first write to Mist', rereads.mist, 10),
    count('writes', 'writes', writes, 8),
    count('looks', 'looks between them', looks, 8),
    count('verification', `verification (${polls.length} polls not counted)`, verification, 8),
  ];
}

function countLines({ preflight, run }: Onboarding): string[] {
  const { rereads, writes, looks, polls, verification } = countCalls(run);
  const line = (what: string, calls: readonly VendorCall[]): string => {
    const times = new Map<string, number>();
    for (const call of calls) times.set(callText(call), (times.get(callText(call)) ?? 0) + 1);
    const texts = [...times].map(([text, count]) => (count === 1 ? text : `${text} × ${count}`));
    return `  ${what} (${calls.length}): ${texts.join('; ')}`;
  };
  return [
    line('preflight', preflight),
    line('read again, Entra', rereads.entra),
    line('read again, Mist', rereads.mist),
    line('writes', writes),
    line('looks', looks),
    line('polls', polls),
    line('verification', verification),
  ];
}

function chainLines({ run, approvedAt }: Onboarding): string[] {
  const made = chainIn(run);
  return REQUIRED_CHAIN.map(({ what, because }, index) => {
    const call = made[index];
    const seen = call ? `${callText(call)}, +${call.at - approvedAt} ms` : 'NOT SEEN in this order';
    return `  ${String(index + 1).padStart(2)}. ${what} (${because}): ${seen}`;
  });
}

function pathLines({ run, approvedAt, readBack, ms }: Onboarding): string[] {
  const path = criticalPath(run, approvedAt, readBack);
  const waited = path.reduce((sum, step) => sum + step.gapMs, 0);
  return [
    ...path.map(
      ({ call, gapMs }, index) =>
        `  ${String(index + 1).padStart(2)}. ${callText(call)}: ${call.ms} ms, after ${gapMs} ms`,
    ),
    `  ${path.length} calls one after another take ${ms - waited} ms; between them ${waited} ms pass`,
  ];
}
