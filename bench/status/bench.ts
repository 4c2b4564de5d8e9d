import { CHANNEL, PEOPLE, type World } from '../../sandbox/world.ts';
import type { Bench, Report } from '../report/row.ts';
import { median } from '../statistics.ts';
import { approve, askFor, setLatency, submit, untilCard, withBot } from '../world/bench-world.ts';
import { callText, vendorCalls, type VendorCall } from '../world/vendor-calls.ts';

const LATENCY_MS = 100;
const ROUNDS = 5;
const SITE = 'Lyon';

interface Look {
  /** From the command to the card's arrival at Slack. */
  readonly ms: number;
  readonly askedAt: number;
  readonly calls: readonly VendorCall[];
}

/** `/sse status` of a connected site. */
export const statusBench: Bench = {
  id: 'status',
  title: `/sse status ${SITE}, every remote call answering in ${LATENCY_MS} ms`,
  async run() {
    const three = await report('option 3', 'dual-wan-zone-redundant');
    const one = await report('option 1', 'single-wan');
    return { rows: [...three.rows, ...one.rows], details: [...three.details, ...one.details] };
  },
};

function report(name: string, option: string): Promise<Report> {
  return withBot({}, async (world) => {
    await askFor(world, SITE, option);
    await approve(world, await submit(world, SITE));
    await untilCard(world, `Onboarded ${SITE}`);
    setLatency(world, LATENCY_MS);
    const looks: Look[] = [];
    for (let round = 0; round < ROUNDS; round += 1) looks.push(await look(world));
    const [shown] = looks.toSorted((a, b) => a.calls.length - b.calls.length).slice(-1);
    if (!shown) throw new Error('no rounds');
    const id = `status.${name.replace(' ', '-')}`;
    return {
      rows: [
        {
          id,
          what: `/sse status, ${name}: wall time ÷ slowest single call`,
          measured: median(looks.map((one) => one.ms / slowest(one.calls))),
          target: { atMost: 1.2 },
        },
        {
          id: `${id}.calls`,
          what: `/sse status, ${name}: calls`,
          measured: shown.calls.length,
          target: { atMost: 5 },
        },
      ],
      details: [
        `${name}: ${looks.map((one) => `${one.ms.toFixed(0)} ms`).join(', ')}; calls:`,
        ...shown.calls.map((call) => `  +${call.at - shown.askedAt} ms ${callText(call)}: ${call.ms} ms`),
      ],
    };
  });
}

async function look(world: World): Promise<Look> {
  const { slack } = world;
  const cards = (): number => slack.world.timeline(CHANNEL).length;
  const before = cards();
  const askedAt = Date.now();
  const started = performance.now();
  const { outcome } = await slack.person(PEOPLE.anna).command(CHANNEL, `/sse status ${SITE}`);
  if (outcome !== 'acked') throw new Error(`not acknowledged: ${outcome}`);
  await slack.world.waitFor(() => cards() > before || undefined, 60_000);
  const ms = performance.now() - started;
  return { ms, askedAt, calls: vendorCalls(world, askedAt) };
}

function slowest(calls: readonly VendorCall[]): number {
  return Math.max(...calls.map((call) => call.ms));
}
