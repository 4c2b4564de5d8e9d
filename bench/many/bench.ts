import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import type { Message } from '../../sandbox/slack/world-types.ts';
import { PEOPLE, type World } from '../../sandbox/world.ts';
import type { Bench, Row } from '../report/row.ts';
import { approve, askFor, submit, untilCard, withBot } from '../world/bench-world.ts';
import { addSites } from '../world/many-runs.ts';
import { vendorCalls } from '../world/vendor-calls.ts';

const COUNT = 100;
const LATENCY_MS = 100;
const CLICKS = 5;
const PATIENCE_MS = 300_000;
/** Nobody's limit: what it costs alone. */
const UNLIMITED = 1_000_000;
/** What Mist publishes for a token. */
const MIST_PER_HOUR = 5000;

interface Many {
  readonly oneMs: number;
  readonly allMs: number;
  readonly calls: { readonly entra: number; readonly mist: number };
  /** Seconds of CPU from the first approval to the last end. */
  readonly simulatorsCpu: number;
  readonly botCpu: number;
  /** Runs that were not through when patience was. */
  readonly unfinished: number;
  /** Approvals that were acknowledged too late for Slack; they took effect all the same. */
  readonly late: number;
}

/** A hundred routers are connected at the same time by one bot; their plans stand ready. */
export const manyBench: Bench = {
  id: 'many',
  title: `${COUNT} onboardings at once, both vendors answering in ${LATENCY_MS} ms`,
  async run() {
    const free = await measure(UNLIMITED);
    const limited = await measure(MIST_PER_HOUR);
    return {
      rows: [
        rowOf('many.unlimited', `${COUNT} onboardings at once ÷ one`, free),
        rowOf('many.limited', `the same with Mist's ${MIST_PER_HOUR} calls an hour`, limited),
      ],
      details: [...lines('without limits', free), ...lines(`${MIST_PER_HOUR} calls an hour`, limited)],
    };
  },
};

function rowOf(id: string, what: string, { allMs, oneMs }: Many): Row {
  return { id, what, measured: allMs / oneMs, target: { atMost: 10 } };
}

function lines(name: string, many: Many): string[] {
  const { oneMs, allMs, calls, simulatorsCpu, botCpu, unfinished, late } = many;
  return [
    `${name}: one ${oneMs} ms, ${COUNT} ${allMs} ms; ${calls.entra} calls to Entra, ${calls.mist} to Mist`,
    `${name}: the bot used ${botCpu.toFixed(1)} s of CPU, the simulators ${simulatorsCpu.toFixed(1)} s`,
    ...(unfinished > 0 ? [`${name}: ${unfinished} runs were not through`] : []),
    ...(late > 0 ? [`${name}: ${late} of ${COUNT} approvals were acknowledged too late`] : []),
  ];
}

function measure(mistPerHour: number): Promise<Many> {
  const env = {
    SSE_MAX_NETWORKS: String(2 * COUNT),
    SSE_BANDWIDTH_POOL_MBPS: '100000',
  };
  return withBot(env, (world) => play(world, mistPerHour));
}

async function play(world: World, mistPerHour: number): Promise<Many> {
  world.entra.settings.limits.remoteNetworks = 2 * COUNT;
  world.mist.rate.limit = UNLIMITED;
  const [first = '', ...rest] = addSites(world, COUNT + 1);
  const alone = await plan(world, first);
  const cards: Message[] = [];
  for (const site of rest) cards.push(await plan(world, site));

  world.mist.latencyMs = LATENCY_MS;
  world.entra.http.latencyMs = LATENCY_MS;
  const began = await approve(world, alone);
  await untilCard(world, `Onboarded ${first}`);
  const [one] = await ended(world, began, 1);

  world.mist.rate.limit = mistPerHour;
  for (const token of world.mist.store.tokens) token.requests = 0;
  const cpu = process.cpuUsage();
  const botBefore = cpuOf(world.bot().pid);
  const at = Date.now();
  // More clicks at the same moment than people make would only measure how late an acknowledgement may be.
  const ben = world.slack.person(PEOPLE.ben);
  let late = 0;
  for (let next = 0; next < cards.length; next += CLICKS) {
    const clicks = cards.slice(next, next + CLICKS).map((card) => ben.click(card.ts, 'sse_approve'));
    late += (await Promise.all(clicks)).filter(({ outcome }) => outcome !== 'acked').length;
  }
  const ends = await ended(world, at, COUNT);
  if (ends.length === 0) throw new Error(`none of ${COUNT} runs was through within ${PATIENCE_MS / 1000} s`);
  const { user, system } = process.cpuUsage(cpu);
  const calls = vendorCalls(world, at);
  return {
    oneMs: (one ?? 0) - began,
    allMs: (ends.at(-1) ?? 0) - at,
    calls: {
      entra: calls.filter((call) => call.system === 'entra').length,
      mist: calls.filter((call) => call.system === 'mist').length,
    },
    simulatorsCpu: (user + system) / 1e6,
    botCpu: cpuOf(world.bot().pid) - botBefore,
    unfinished: COUNT - ends.length,
    late,
  };
}

async function plan(world: World, site: string): Promise<Message> {
  await askFor(world, site, 'single-wan');
  return submit(world, site);
}

/** When the runs that began after `from` ended, in order; waits until so many have, or for some minutes. */
async function ended(world: World, from: number, count: number): Promise<readonly number[]> {
  const db = new Database((world.env['DATABASE_URL'] ?? '').slice('sqlite:'.length), { readonly: true });
  const read = db.prepare<[number], { at: number; state: string }>(
    'select ended_at as at, state from runs where started_at >= ? and ended_at is not null order by ended_at',
  );
  try {
    const patience = performance.now() + PATIENCE_MS;
    for (;;) {
      const rows = read.all(from);
      const bad = rows.find((row) => row.state !== 'succeeded');
      if (bad) throw new Error(`a run is ${bad.state}`);
      if (rows.length >= count || performance.now() > patience) return rows.map((row) => row.at);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  } finally {
    db.close();
  }
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  // utime and stime in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
