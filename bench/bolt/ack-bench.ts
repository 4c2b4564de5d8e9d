import { startWorld, type World } from '../../sandbox/world.ts';
import type { Bench } from '../report/row.ts';
import { percentile } from '../statistics.ts';
import { ENDLESS, startRuns } from '../world/many-runs.ts';
import { startBare, startBot } from './child.ts';
import { takeTurns, type Side } from './turns.ts';

const SAMPLES_EACH = 3000;
/** Both processes compile what is hot before anything counts. */
const WARM_UP_EACH = 300;
const RUNS = 20;

type Samples = Record<Side, number[]>;

/** The bot's acknowledgement of a command beside that of a bare Bolt app, in turn in one workspace. */
export const ackBench: Bench = {
  id: 'ack',
  title: 'Acknowledging a command, in turn with a bare Bolt app in the same workspace',
  async run() {
    const idle = await measure(0);
    const busy = await measure(RUNS);
    return {
      rows: [
        {
          id: 'ack.p99',
          what: `acknowledging a command, ${RUNS} runs going on: p99 ÷ p99 of a bare Bolt app`,
          measured: ratio(busy),
          target: { atMost: 2 },
        },
        {
          id: 'ack.p99-idle',
          what: 'the same without runs',
          measured: ratio(idle),
          target: { atMost: 2 },
        },
      ],
      details: [
        `${SAMPLES_EACH} samples each; the ${RUNS} runs look at their tunnels once a second; the watch of a fleet is not among the load`,
        ...lines('with runs', busy),
        ...lines('idle', idle),
      ],
    };
  },
};

/** A world of its own, because runs cannot be told to end. */
async function measure(runs: number): Promise<Samples> {
  const world = await startWorld(ENDLESS);
  try {
    const bot = await startBot(world);
    try {
      if (runs > 0) await startRuns(world, runs);
      // Second: while it is connected as well it takes every other click.
      const bare = await startBare(world);
      try {
        return await take(world);
      } finally {
        await bare.stop();
      }
    } finally {
      await bot.stop();
    }
  } finally {
    await world.close();
  }
}

async function take(world: World): Promise<Samples> {
  await world.slack.waitForConnections(2);
  const turns = await takeTurns(world);
  const samples: Samples = { bot: [], bare: [] };
  for (let index = 0; index < 2 * WARM_UP_EACH; index += 1) await turns.next();
  while (samples.bot.length < SAMPLES_EACH || samples.bare.length < SAMPLES_EACH) {
    const { side, ms } = await turns.next();
    samples[side].push(ms);
  }
  return samples;
}

function ratio({ bot, bare }: Samples): number {
  return percentile(bot, 0.99) / percentile(bare, 0.99);
}

function lines(name: string, samples: Samples): string[] {
  return (['bot', 'bare'] as const).map((side) => {
    const at = (p: number): string => percentile(samples[side], p).toFixed(2);
    return `  ${name}, ${side}: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  });
}
