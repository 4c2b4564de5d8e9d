import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { openStore } from '../../db/open.ts';
import type { RequestState } from '../../db/types.ts';
import { startSlackSim, type SlackSim } from '../../sandbox/slack/slack-sim.ts';
import { testKey } from '../db/temp-store.ts';
import { ANNA, BEN } from '../flows/support/asking.ts';
import { configuration } from '../flows/support/both-sides.ts';
import { CA, CHANNEL, composeRig, type Rig } from '../flows/support/compose-rig.ts';
import { sideBySide, type Cell, type MatrixOptions, type MatrixRow } from './fault-matrix.ts';
import { foreignKeys, judge, type Tree } from './judge.ts';
import type { Scenario } from './scenarios.ts';

const CHILD = new URL('./crashing-bot.ts', import.meta.url).pathname;
const PATIENCE_MS = 120_000;
const ENDS: readonly string[] = [
  'onboarded',
  'offboarded',
  'rolled-back',
  'failed',
  'needs-decision',
  'void',
];

/** A bot that is killed at each of its points in turn, each in a world of its own, and one that finds what it left. */
export async function crashMatrix(scenario: Scenario, options: MatrixOptions): Promise<MatrixRow> {
  const { points, keys } = await undisturbed(scenario);
  const all = points.map((name, index) => ({ name, at: index + 1 }));
  const chosen = all.filter(
    ({ name, at }) => (options.pick?.(at - 1) ?? true) && (options.only?.test(name) ?? true),
  );
  const cells = await sideBySide(chosen, options.width, ({ name, at }) => killed(scenario, name, at, keys));
  return { scenario: scenario.name, found: points.length, cells };
}

async function undisturbed(scenario: Scenario): Promise<{ points: readonly string[]; keys: Tree }> {
  return withApproved(scenario, async (place) => {
    const { state } = await place.run({ POINTS_FILE: place.pointsFile });
    if (state !== scenario.ends) throw new Error(`${scenario.name} undisturbed is ${state}`);
    const points = readFileSync(place.pointsFile, 'utf8').trim().split('\n');
    return { points, keys: foreignKeys(place.rig) };
  });
}

async function killed(scenario: Scenario, name: string, at: number, keys: Tree): Promise<Cell> {
  return withApproved(scenario, async (place) => {
    const first = await place.run({ CRASH_AT: String(at) });
    const hit = first.signal === 'SIGKILL';
    const { state } = hit ? await place.run({}) : first;
    const store = await openStore({ url: `sqlite:${place.file}`, key: testKey() });
    try {
      const ledger = await store.ledger.live();
      const verdict = judge(place.rig, scenario, state, ledger, { before: place.before, keys });
      return { point: `${at} ${name}`, hit, verdict };
    } finally {
      await store.close();
    }
  });
}

interface Place {
  readonly rig: Rig;
  readonly file: string;
  readonly pointsFile: string;
  readonly before: unknown;
  /** Runs one bot process until it dies or the request has come to an end. */
  run(env: Readonly<Record<string, string>>): Promise<{ state: RequestState; signal: string | null }>;
}

/** A world in which the change has been approved and not begun, with its database free for a bot. */
async function withApproved<T>(scenario: Scenario, work: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sse-crash-'));
  const rig = await composeRig({ patienceMs: PATIENCE_MS });
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
    const { file } = await rig.handOver();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, CA);
    const env = { ...environment(rig, slack, file), NODE_EXTRA_CA_CERTS: caFile };
    const refused = scenario.refused ? { REFUSE_CUTOVER: '1' } : {};
    return await work({
      rig,
      file,
      before,
      pointsFile: join(folder, 'points'),
      run: (more) => runBot({ ...env, ...refused, ...more }, file, id),
    });
  } finally {
    await rig.close();
    await slack.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runBot(
  env: Readonly<Record<string, string>>,
  file: string,
  requestId: string,
): Promise<{ state: RequestState; signal: string | null }> {
  const child = spawn(process.execPath, [CHILD], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise<string | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  const state = await stateAtEnd(file, requestId, child);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  return { state, signal: await exited };
}

/** Reads beside the bot until the request has ended or the bot has. */
async function stateAtEnd(file: string, requestId: string, child: ChildProcess): Promise<RequestState> {
  const db = new Database(file, { readonly: true });
  const read = db.prepare<[string], { state: RequestState }>('select state from requests where id = ?');
  try {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = read.get(requestId)?.state ?? 'failed';
      const isOver = child.exitCode !== null || child.signalCode !== null || performance.now() > end;
      if (ENDS.includes(state) || isOver) return state;
      await sleep(20);
    }
  } finally {
    db.close();
  }
}

function environment(rig: Rig, slack: SlackSim, file: string): Record<string, string> {
  const { entra, mist } = rig;
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    SSE_CHANNEL: CHANNEL,
    SSE_APPROVERS: BEN.user,
    SSE_OPERATORS: '*',
    SSE_PEERING_POOL: '10.99.96.0/20',
    SSE_BANDWIDTH_POOL_MBPS: '5000',
    SSE_POLL_INTERVAL: '20ms',
    SSE_REKEY_CHECK: '0',
    SSE_SECRET_KEY: testKey().reveal(),
    AZURE_TENANT_ID: entra.tenantId,
    AZURE_CLIENT_ID: entra.clientId,
    AZURE_CLIENT_SECRET: entra.clientSecret,
    AZURE_AUTHORITY_HOST: entra.authorityHost,
    GRAPH_BASE_URL: entra.origin,
    MIST_API_TOKEN: mist.token,
    MIST_ORG_ID: mist.orgId,
    MIST_BASE_URL: mist.origin,
    MIST_WS_URL: mist.wsUrl,
    DATABASE_URL: `sqlite:${file}`,
    LOG_LEVEL: 'fatal',
  };
}
