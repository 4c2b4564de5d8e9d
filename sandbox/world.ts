import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BotProcess } from './bot-process.ts';
import { createDataPlane, type RunningDataPlane } from './data-plane/data-plane.ts';
import { defaultTiming } from './data-plane/timing.ts';
import type { Timing } from './data-plane/views.ts';
import { startEntraSim, type EntraSim } from './entra/entra-sim.ts';
import { freePort } from './http/free-port.ts';
import { startMistSim, type MistSim } from './mist/mist-sim.ts';
import type { UserSeed } from './slack/options.ts';
import { startSlackSim, type SlackSim } from './slack/slack-sim.ts';
import { makeCertificates } from './tls/certificates.ts';
import { createWorkers, type Workers } from './workers.ts';

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
  /** How long Slack waits for an acknowledgement; default its own three seconds. */
  readonly ackTimeoutMs?: number;
  /** Further people, who are in the channel as well. */
  readonly people?: readonly UserSeed[];
  /** Mist tells the bot by webhooks what devices do; default no. */
  readonly webhooks?: boolean;
  /** How many bots share one PostgreSQL that is started for them; default one bot on SQLite. */
  readonly workers?: number;
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
  readonly workers: Workers;
  /** The (first) bot that runs now. */
  bot(): BotProcess;
  /** Starts every bot that does not run and waits until they are ready. */
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
  const hook = options.webhooks
    ? { port: http?.port ?? String(await freePort()), secret: newSecret() }
    : undefined;
  const { people = [] } = options;
  const slack = await startSlackSim({
    ...(http && { http }),
    ...(options.ackTimeoutMs !== undefined && { ackTimeoutMs: options.ackTimeoutMs }),
    users: [
      { id: PEOPLE.anna, name: 'anna', realName: 'Anna Requester' },
      { id: PEOPLE.ben, name: 'ben', realName: 'Ben Approver' },
      { id: PEOPLE.carla, name: 'carla', realName: 'Carla Operator' },
      { id: PEOPLE.stranger, name: 'stranger', teamId: 'T0OTHER0001' },
      ...people,
    ],
    channels: [
      {
        id: CHANNEL,
        name: 'network-changes',
        members: [...Object.values(PEOPLE), ...people.map((p) => p.id)],
      },
    ],
  });
  const entra = await startEntraSim({ tls, timing });
  const mist = await startMistSim({ timing });
  const dataPlane = createDataPlane({ entra, mist, timing });
  mist.attach(dataPlane);
  if (hook) {
    const url = `http://127.0.0.1:${hook.port}/webhooks/mist`;
    mist.addWebhook({ url, secret: hook.secret, topics: ['device-events', 'device-updowns'] });
  }
  const stopWatching = entra.onChange(() => dataPlane.poke());
  const count = options.workers ?? 1;
  const healthPorts: string[] = [];
  for (let n = 0; n < count; n += 1) healthPorts.push(String(await freePort()));
  const postgres = options.workers === undefined ? undefined : await ownDatabase();
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
    ...(hook && { PORT: hook.port, MIST_WEBHOOK_SECRET: hook.secret }),
    DATABASE_URL: postgres?.url ?? `sqlite:${join(folder, 'sse.db')}`,
    HEALTH_PORT: healthPorts[0] ?? '',
    NODE_EXTRA_CA_CERTS: caFile,
    ...options.env,
  };
  const workers = createWorkers({
    count,
    // Several cannot share one port of this machine; with Socket Mode none is needed.
    env: (number) => ({
      ...env,
      HEALTH_PORT: healthPorts[number - 1] ?? '',
      ...(count > 1 && !http && { PORT: '0' }),
    }),
    onLine: (line, number) => options.onBotLine?.(count > 1 ? `${number}: ${line}` : line),
  });
  return {
    slack,
    entra,
    mist,
    dataPlane,
    timing,
    folder,
    env,
    workers,
    bot: () => workers.bot(),
    async startBot() {
      await workers.startAll();
      return workers.bot();
    },
    async close() {
      await workers.stop();
      await postgres?.stop();
      stopWatching();
      dataPlane.close();
      await Promise.all([slack.close(), entra.close(), mist.close()]);
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function wayInOverHttp(): Promise<{ requestUrl: string; signingSecret: string; port: string }> {
  const port = String(await freePort());
  const signingSecret = newSecret();
  return { requestUrl: `http://127.0.0.1:${port}/slack/events`, signingSecret, port };
}

function newSecret(): string {
  return randomBytes(16).toString('hex');
}

/** Loaded only where it is asked for: the server's binary is large. */
async function ownDatabase(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { startPostgres } = await import('./postgres/server.ts');
  const server = await startPostgres();
  await server.createDatabase('sse');
  return { url: server.url('sse'), stop: () => server.stop() };
}
