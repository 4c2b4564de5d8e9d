import type { World } from '../../sandbox/world.ts';
import type { Bench } from '../report/row.ts';
import { median } from '../statistics.ts';
import { approve, askFor, submit, untilCard, withBot } from '../world/bench-world.ts';
import { callText, isWrite, vendorCalls, type VendorCall } from '../world/vendor-calls.ts';

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
  await askFor(world, site, 'single-wan');
  const card = await submit(world, site);
  const from = world.entra.calls.length;
  // The answer is long in coming, so that the process dies while it waits.
  const { id } = world.entra.faults.plant({
    method: 'POST',
    path: '/remoteNetworks$',
    delayMs: 500,
    action: { kind: 'slow' },
  });
  await approve(world, card);
  await until(() =>
    world.entra.calls
      .slice(from)
      .some((call) => call.method === 'POST' && /\/remoteNetworks$/.test(call.path)),
  );
  const bot = world.bot();
  const killedAt = Date.now();
  bot.kill('SIGKILL');
  await bot.exited;
  world.entra.faults.remove(id);
  await world.startBot();
  const readyAt = Date.now();
  const first = await until(() => vendorCalls(world, killedAt + 1).find(isOfRun));
  // A run that did not end well would make the figure worthless.
  await untilCard(world, `Onboarded ${site}`);
  return { afterReadyMs: first.at - readyAt, afterKillMs: first.at - killedAt, first };
}

/** Calls by which a bot introduces itself at a start are not the run's. */
export function isOfRun(call: VendorCall): boolean {
  return isWrite(call) || !/\/(self|token|openid-configuration|instance)$/.test(call.path);
}

/** Waits until `look` finds something; throws after half a minute. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error('not within half a minute');
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}
