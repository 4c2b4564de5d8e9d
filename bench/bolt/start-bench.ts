import { join } from 'node:path';
import { startWorld, type World } from '../../sandbox/world.ts';
import type { Bench } from '../report/row.ts';
import { coveredMs, median } from '../statistics.ts';
import { vendorCalls } from '../world/vendor-calls.ts';
import { startBare, startBot } from './child.ts';

const ROUNDS = 9;

interface Start {
  readonly botMs: number;
  /** For how long of it at least one answer of Entra or Mist was awaited, as the simulators saw it. */
  readonly vendorMs: number;
  readonly bareMs: number;
}

/** The bot's start beside that of a bare Bolt app with a database, in turn. */
export const startBench: Bench = {
  id: 'start',
  title: 'Start to ready, in turn with a bare Bolt app that has a SQLite file open',
  async run() {
    const world = await startWorld({ env: {} });
    try {
      // The first start makes the database and fills the machine's caches.
      await round(world);
      const starts: Start[] = [];
      for (let index = 0; index < ROUNDS; index += 1) starts.push(await round(world));
      const bot = median(starts.map((one) => one.botMs - one.vendorMs));
      const bare = median(starts.map((one) => one.bareMs));
      const ratio = median(starts.map((one) => (one.botMs - one.vendorMs) / one.bareMs));
      const vendor = median(starts.map((one) => one.vendorMs));
      return {
        rows: [
          {
            id: 'start.ready',
            what: 'start to ready, vendor latency subtracted ÷ bare Bolt app with a database',
            measured: ratio,
            target: { atMost: 3 },
          },
        ],
        details: [
          `medians of ${ROUNDS}: bot ${bot.toFixed(0)} ms (after ${vendor.toFixed(0)} ms of vendor latency were taken off), bare ${bare.toFixed(0)} ms`,
        ],
      };
    } finally {
      await world.close();
    }
  },
};

async function round(world: World): Promise<Start> {
  const bare = await startBare(world, join(world.folder, 'bare.db'));
  await bare.stop();
  const bot = await startBot(world);
  await bot.stop();
  const { startedAt, readyMs } = bot;
  const vendorMs = coveredMs(vendorCalls(world, startedAt), startedAt, startedAt + readyMs);
  return { botMs: readyMs, vendorMs, bareMs: bare.readyMs };
}
