import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBot, type BotProcess } from './bot-process.ts';
import { createDataPlane, type RunningDataPlane } from './data-plane/data-plane.ts';
import { defaultTiming } from './data-plane/timing.ts';
import type { Timing } from './data-plane/views.ts';
import { startEntraSim, type EntraSim } from './entra/entra-sim.ts';
import { startMistSim, type MistSim } from './mist/mist-sim.ts';
import { startSlackSim, type SlackSim } from './slack/slack-sim.ts';
import { makeCertificates } from './tls/certificates.ts';

/** The people and the channel of every sandbox. */
export const PEOPLE = {
  anna: 'U0ANNA0001',
  ben: 'U0BEN00001',
  carla: 'U0CARLA001',
  stranger: 'U0STRANGER',
} as const;
export const CHANNEL = 'C0NETWORK1';

export interface WorldOptions {
  readonly timing?: Partial<Timing>;
  /** How Slack reaches the bot; default `socket`. */
  readonly transport?: 'socket' | 'http';
  /** Added to or replacing the bot's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the database lives; default a new temporary folder that `close` removes. */
  readonly folder?: string;
  readonly onBotLine?: (line: string) => void;
}

/** A whole simulated world with one bot: Slack, Entra, Mist and the data plane between them. */
export interface World {
  readonly slack: SlackSim;
  readonly entra: EntraSim;
  readonly mist: MistSim;
  /** Tunnels and BGP sessions as they are. */
  readonly dataPlane: RunningDataPlane;
  readonly timing: Timing;
  readonly folder: string;
  /** What the bot is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** The bot that runs now. */
  bot(): BotProcess;
  /** Starts a bot (again) and waits until it is ready. */
  startBot(): Promise<BotProcess>;
  close(): Promise<void>;
}

/** Starts the simulators and prepares the bot's environment; the bot itself is started by `startBot`. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const timing: Timing = { ...defaultTiming(), ...options.timing };
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sse-sandbox-'));
  const tls = await makeCertificates();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, tls.ca);
  const http = options.transport === 'http' ? await wayInOverHttp() : undefined;
  const slack = await startSlackSim({
    ...(http && { http }),
    users: [
      { id: PEOPLE.anna, name: 'anna', realName: 'Anna Requester' },
      { id: PEOPLE.ben, name: 'ben', realName: 'Ben Approver' },
      { id: PEOPLE.carla, name: 'carla', realName: 'Carla Operator' },
      { id: PEOPLE.stranger, name: 'stranger', teamId: 'T0OTHER0001' },
    ],
    channels: [{ id: CHANNEL, name: 'network-changes', members: Object.values(PEOPLE) }],
  });
  const entra = await startEntraSim({ tls, timing });
  const mist = await startMistSim({ timing });
  const dataPlane = createDataPlane({ entra, mist, timing });
  mist.attach(dataPlane);
  const stopWatching = entra.onChange(() => dataPlane.poke());
  const healthPort = await freePort();
  const env: Record<string, string> = {
    SLACK_BOT_TOKEN: slack.botToken,
    ...(http
      ? { SLACK_SIGNING_SECRET: http.signingSecret, PORT: http.port }
      : { SLACK_APP_TOKEN: slack.appToken }),
    SLACK_API_URL: slack.apiUrl,
    SSE_CHANNEL: CHANNEL,
    SSE_APPROVERS: PEOPLE.ben,
    SSE_OPERATORS: '*',
    SSE_PEERING_POOL: '10.99.96.0/20',
    SSE_BANDWIDTH_POOL_MBPS: '5000',
    SSE_POLL_INTERVAL: '150ms',
    SSE_REKEY_CHECK: '3s',
    SSE_SECRET_KEY: randomBytes(32).toString('base64'),
    AZURE_TENANT_ID: entra.tenantId,
    AZURE_CLIENT_ID: entra.clientId,
    AZURE_CLIENT_SECRET: entra.clientSecret,
    AZURE_AUTHORITY_HOST: entra.authorityHost,
    GRAPH_BASE_URL: entra.origin,
    MIST_API_TOKEN: mist.token,
    MIST_ORG_ID: mist.orgId,
    MIST_BASE_URL: mist.origin,
    MIST_WS_URL: mist.wsUrl,
    DATABASE_URL: `sqlite:${join(folder, 'sse.db')}`,
    HEALTH_PORT: String(healthPort),
    NODE_EXTRA_CA_CERTS: caFile,
    ...options.env,
  };
  let bot: BotProcess | undefined;
  return {
    slack,
    entra,
    mist,
    dataPlane,
    timing,
    folder,
    env,
    bot() {
      if (!bot) throw new Error('no bot is running');
      return bot;
    },
    async startBot() {
      bot = startBot({ env, healthPort, ...(options.onBotLine && { onLine: options.onBotLine }) });
      await bot.ready();
      return bot;
    },
    async close() {
      await bot?.stop();
      stopWatching();
      dataPlane.close();
      await Promise.all([slack.close(), entra.close(), mist.close()]);
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function wayInOverHttp(): Promise<{ requestUrl: string; signingSecret: string; port: string }> {
  const port = String(await freePort());
  const signingSecret = randomBytes(16).toString('hex');
  return { requestUrl: `http://127.0.0.1:${port}/slack/events`, signingSecret, port };
}

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
