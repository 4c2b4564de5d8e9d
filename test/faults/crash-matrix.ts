import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestState } from '../../db/types.ts';
import { startSlackSim } from '../../sandbox/slack/slack-sim.ts';
import { ANNA, BEN } from '../flows/support/asking.ts';
import { configuration } from '../flows/support/both-sides.ts';
import { CA, CHANNEL, composeRig, type Rig } from '../flows/support/compose-rig.ts';
import { botEnvironment, startFaultBot, waitFor, type FaultBot } from './bots.ts';
import { isMutating } from './calls.ts';
import { ledgerOf, openReader } from './databases.ts';
import { ENDS, sideBySide, untilMet, type Cell, type MatrixOptions, type MatrixRow } from './fault-matrix.ts';
import { foreignKeys, judge, type Tree, type Verdict } from './judge.ts';
import type { Scenario } from './scenarios.ts';

/**
 * `kill`: kill -9 at the point, then another bot. `freeze`: the bot stands still at the point for longer than its lease, another one takes over,
 * and the first goes on in the middle of the other's work; only where several may share a database.
 */
export type Crash = 'kill' | 'freeze';

export interface CrashOptions extends MatrixOptions {
  readonly crash?: Crash;
  /** For the bots that crash: how a broken executor is brought about. */
  readonly botEnv?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 300_000;
/** A bot that goes on without having lost anything says nothing; it has so long to send what it should not. */
const LATE_MS = 1000;

/** Bots that crash at each of their points in turn, each in a world of its own, and others that find what they left. */
export async function crashMatrix(scenario: Scenario, options: CrashOptions): Promise<MatrixRow> {
  const { points, keys } = await known(scenario, options);
  const chosen = points.filter(
    (point, index) => (options.pick?.(index) ?? true) && (options.only?.test(point) ?? true),
  );
  const cells = await sideBySide(chosen, options.width, (point) =>
    untilMet(() => crashed(scenario, options, point, keys)),
  );
  return { scenario: scenario.name, found: points.length, cells };
}

interface Undisturbed {
  readonly points: readonly string[];
  readonly keys: Tree;
}

const played = new Map<string, Promise<Undisturbed>>();

/** Each change is played undisturbed once over each kind of database. */
function known(scenario: Scenario, options: CrashOptions): Promise<Undisturbed> {
  const key = `${scenario.name} ${options.databases ? 'shared' : 'own'}`;
  const before = played.get(key) ?? undisturbed(scenario, { ...options, botEnv: {} });
  played.set(key, before);
  return before;
}

async function undisturbed(scenario: Scenario, options: CrashOptions): Promise<Undisturbed> {
  return withApproved(scenario, options, async (place) => {
    const pointsFile = join(place.folder, 'points');
    const bot = place.start({ POINTS_FILE: pointsFile });
    const state = await place.ended(bot);
    await bot.end();
    if (state !== scenario.ends) throw new Error(`${scenario.name} undisturbed is ${state}`);
    return { points: readFileSync(pointsFile, 'utf8').trim().split('\n'), keys: foreignKeys(place.rig) };
  });
}

function crashed(scenario: Scenario, options: CrashOptions, point: string, keys: Tree): Promise<Cell> {
  return withApproved(scenario, options, async (place) => {
    const { hit, late, state } = await (options.crash === 'freeze' ? freeze : kill)(place, point);
    const verdict = judge(place.rig, scenario, state, await ledgerOf(place.url), {
      before: place.before,
      keys,
    });
    return { point, hit, verdict: late === undefined ? verdict : withLate(verdict, late) };
  });
}

interface Crashed {
  readonly hit: boolean;
  readonly state: RequestState;
  /** Calls that changed something and came from a bot that had lost its run. */
  readonly late?: readonly string[];
}

async function kill(place: Place, point: string): Promise<Crashed> {
  const first = place.start({ CRASH_AT: point });
  const early = await place.ended(first);
  const hit = (await first.end()) === 'SIGKILL';
  if (!hit) return { hit, state: early };
  const second = place.start({});
  const state = await place.ended(second);
  await second.end();
  return { hit, state };
}

/** The second bot stands still as well while the first one goes on, so that whatever is sent then is the first one's. */
async function freeze(place: Place, point: string): Promise<Crashed> {
  const first = place.start({ CRASH_AT: point, CRASH_SIGNAL: 'SIGSTOP' });
  const early = await place.ended(first);
  // At its very last point the request has ended a moment before.
  if (!(await waitFor(() => first.standsStill(), LATE_MS))) {
    await first.end();
    return { hit: false, state: early };
  }
  const second = place.start({ CRASH_AT: 'safe', CRASH_SIGNAL: 'SIGSTOP' });
  try {
    await place.ended(second);
    const before = place.mutations().length;
    first.signal('SIGCONT');
    await waitFor(() => first.hasSaid(/another worker has taken|could not be journaled/), LATE_MS);
    await sleep(LATE_MS / 4);
    await first.end();
    const late = place.mutations().slice(before);
    second.signal('SIGCONT');
    return { hit: true, late, state: await place.ended(second, { standingStill: true }) };
  } finally {
    await first.end();
    await second.end();
  }
}

function withLate(verdict: Verdict, late: readonly string[]): Verdict {
  const notes = [...verdict.notes, ...late.map((call) => `sent after it was taken over: ${call}`)];
  return { ...verdict, late: late.length, notes };
}

interface Place {
  readonly rig: Rig;
  readonly url: string;
  readonly folder: string;
  readonly before: unknown;
  start(env: Readonly<Record<string, string>>): FaultBot;
  /** Reads beside the bot until the request has ended, or the bot has, or stands still; with `standingStill` in spite of that. */
  ended(bot: FaultBot, options?: { readonly standingStill: boolean }): Promise<RequestState>;
  /** Calls that changed something, in order of arrival at either side. */
  mutations(): readonly string[];
}

/** A world in which the change has been approved and not begun, with its database free for bots. */
async function withApproved<T>(
  scenario: Scenario,
  { databases, botEnv }: CrashOptions,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-crash-'));
  const database = await databases?.();
  const rig = await composeRig({
    patienceMs: PATIENCE_MS,
    ...(database && { postgres: database.url }),
  });
  const slack = await startSlackSim({
    users: [
      { id: ANNA.user, name: 'anna' },
      { id: BEN.user, name: 'ben' },
    ],
    channels: [{ id: CHANNEL, name: 'network-changes', members: [ANNA.user, BEN.user] }],
  });
  try {
    rig.entra.settings.uniqueNames = false;
    if (scenario.ends === 'offboarded') await rig.flows.start();
    const id = await scenario.prepare(rig);
    const before = configuration(rig);
    // Nothing is begun any more once the flows have stopped, so that the approval waits for the bot.
    await rig.flows.stop();
    const answer = await rig.flows.approve(BEN, id);
    if (answer.kind !== 'accepted') throw new Error(answer.message);
    const url = await rig.handOver();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, CA);
    const env = {
      ...botEnvironment(rig, slack, url),
      NODE_EXTRA_CA_CERTS: caFile,
      ...(scenario.refused && { REFUSE_CUTOVER: '1' }),
      ...botEnv,
    };
    let bots = 0;
    return await work({
      rig,
      url,
      folder,
      before,
      start: (more) => startFaultBot({ ...env, ...more }, join(folder, `stands-still-${(bots += 1)}`)),
      ended: (bot, { standingStill } = { standingStill: false }) =>
        untilEnded(url, id, () => bot.isOver() || (!standingStill && bot.standsStill())),
      mutations: () =>
        [...rig.entra.calls, ...rig.mist.calls]
          .filter(isMutating)
          .toSorted((a, b) => a.at - b.at)
          .map(({ method, path }) => `${method} ${path}`),
    });
  } finally {
    await rig.close();
    await slack.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilEnded(url: string, requestId: string, isOver: () => boolean): Promise<RequestState> {
  const reader = await openReader(url);
  try {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const over = isOver() || performance.now() > end;
      const state = await reader.state(requestId);
      if (ENDS.includes(state) || over) return state;
      await sleep(20);
    }
  } finally {
    await reader.close();
  }
}
