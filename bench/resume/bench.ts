import type { World } from '../../sandbox/world.ts';
import type { Bench } from '../report/row.ts';
import { median } from '../statistics.ts';
import { untilCard, withBot } from '../world/bench-world.ts';
import { isOfRun, until, untilCreating } from '../world/mid-run.ts';
import { callText, vendorCalls, type VendorCall } from '../world/vendor-calls.ts';

/** Plain sites with one router; one for each round. */
const SITES = ['Lyon', 'Porto', 'Bruges'];

interface Resumed {
  /** From `/readyz` to the first call of the run; negative where the run went on before. */
  readonly afterReadyMs: number;
  readonly afterKillMs: number;
  readonly first: VendorCall;
}

/** kill -9 while the remote network is being created; then how soon the run goes on after a new start. */
export const resumeBench: Bench = {
  id: 'resume',
  title: 'Going on after kill -9 in the middle of an onboarding',
  async run() {
    const rounds = await withBot({}, async (world) => {
      const all: Resumed[] = [];
      for (const site of SITES) all.push(await crash(world, site));
      return all;
    });
    return {
      rows: [
        {
          id: 'resume.embedded',
          what: 'resume after kill -9: ready → next step',
          measured: Math.max(0, median(rounds.map((one) => one.afterReadyMs))) / 1000,
          unit: 's',
          target: { atMost: 1 },
        },
      ],
      details: rounds.map(
        ({ afterReadyMs, afterKillMs, first }) =>
          `${callText(first)}: ${afterReadyMs} ms after ready, ${afterKillMs} ms after the kill`,
      ),
    };
  },
};

async function crash(world: World, site: string): Promise<Resumed> {
  const { goOn } = await untilCreating(world, site);
  const bot = world.bot();
  const killedAt = Date.now();
  bot.kill('SIGKILL');
  await bot.exited;
  goOn();
  await world.startBot();
  const readyAt = Date.now();
  const first = await until(() => vendorCalls(world, killedAt + 1).find(isOfRun));
  // A run that did not end well would make the figure worthless.
  await untilCard(world, `Onboarded ${site}`);
  return { afterReadyMs: first.at - readyAt, afterKillMs: first.at - killedAt, first };
}
