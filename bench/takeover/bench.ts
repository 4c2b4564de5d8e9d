import pg from 'pg';
import type { World } from '../../sandbox/world.ts';
import type { Bench } from '../report/row.ts';
import { median } from '../statistics.ts';
import { untilCard, withBot } from '../world/bench-world.ts';
import { isOfRun, until, untilCreating } from '../world/mid-run.ts';
import { addSites } from '../world/many-runs.ts';
import { callText, vendorCalls, type VendorCall } from '../world/vendor-calls.ts';

const ROUNDS = 7;

interface Takeover {
  /** From kill -9 to the first call that the other worker makes for the run. */
  readonly ms: number;
  readonly first: VendorCall;
}

/** Two workers on one PostgreSQL; the one that works on the run is killed while it creates the remote network. */
export const takeoverBench: Bench = {
  id: 'takeover',
  title: 'Taking over the run of a worker that was killed',
  async run() {
    const rounds = await withBot({ SSE_MAX_NETWORKS: '100' }, playAll, { workers: 2 });
    const times = rounds.map((round) => round.ms);
    return {
      rows: [
        {
          id: 'takeover.longest',
          what: `takeover: kill -9 → next step by another worker, longest of ${ROUNDS}`,
          measured: Math.max(...times) / 1000,
          unit: 's',
          target: { atMost: 12 },
        },
        {
          id: 'takeover.median',
          what: `the same, median of ${ROUNDS}`,
          measured: median(times) / 1000,
          unit: 's',
          target: { atMost: 12 },
        },
      ],
      details: rounds.map(({ ms, first }) => `${callText(first)}: ${ms} ms after the kill`),
    };
  },
};

async function playAll(world: World): Promise<readonly Takeover[]> {
  world.entra.settings.limits.remoteNetworks = ROUNDS;
  const rounds: Takeover[] = [];
  for (const site of addSites(world, ROUNDS)) rounds.push(await takeOver(world, site));
  return rounds;
}

async function takeOver(world: World, site: string): Promise<Takeover> {
  const { goOn } = await untilCreating(world, site);
  const pid = await ownerOf(world);
  const owner = world.workers.list().find((worker) => worker.pid === pid);
  if (!owner) throw new Error('nobody works on the run');
  const killedAt = Date.now();
  world.workers.act(owner.number, 'kill');
  goOn();
  const first = await until(() => vendorCalls(world, killedAt + 1).find(isOfRun));
  await untilCard(world, `Onboarded ${site}`);
  await world.workers.start(owner.number);
  return { ms: first.at - killedAt, first };
}

/** Process that owns the one run that goes on. */
async function ownerOf(world: World): Promise<number> {
  const client = new pg.Client({ connectionString: world.env['DATABASE_URL'] });
  await client.connect();
  try {
    const { rows } = await client.query<{ owner: string }>(
      "select owner from runs where state = 'active' and owner is not null",
    );
    return Number(rows[0]?.owner.split(':')[1]);
  } finally {
    await client.end();
  }
}
