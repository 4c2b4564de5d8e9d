import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlackSim } from '../../sandbox/slack/slack-sim.ts';
import { testKey } from '../db/temp-store.ts';
import { BEN } from '../flows/support/asking.ts';
import { CHANNEL, type Rig } from '../flows/support/compose-rig.ts';

const CHILD = new URL('./crashing-bot.ts', import.meta.url).pathname;

/** One bot as a process that may kill or stop itself at a point. */
export interface FaultBot {
  /** The signal that ended it, or null. */
  readonly exited: Promise<string | null>;
  isOver(): boolean;
  /** Whether it has stopped itself at its point. */
  standsStill(): boolean;
  /** Whether it has said this in its log. */
  hasSaid(text: RegExp): boolean;
  signal(name: 'SIGTERM' | 'SIGCONT'): void;
  /** Asks it to end, also where it stands still, and kills it where it does not. */
  end(): Promise<string | null>;
}

const END_MS = 20_000;

/** Starts one with this environment and nothing of ours. `markFile` is written by it right before it stops itself. */
export function startFaultBot(env: Readonly<Record<string, string>>, markFile: string): FaultBot {
  const child = spawn(process.execPath, [CHILD], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', MARK_FILE: markFile, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise<string | null>((resolve) =>
    child.once('exit', (_code, signal) => resolve(signal)),
  );
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    exited,
    isOver,
    standsStill: () => existsSync(markFile),
    hasSaid: (text) => text.test(said),
    signal: (name) => void child.kill(name),
    async end() {
      if (!isOver()) {
        child.kill('SIGTERM');
        child.kill('SIGCONT');
        const late = setTimeout(() => void child.kill('SIGKILL'), END_MS);
        await exited;
        clearTimeout(late);
      }
      return exited;
    },
  };
}

/** Waits until it is so, or for so long. Whether it was. */
export async function waitFor(isSo: () => boolean, patienceMs: number): Promise<boolean> {
  const end = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await sleep(10);
  }
  return true;
}

/** What a bot needs to work on the rig's request, over this database. */
export function botEnvironment(rig: Rig, slack: SlackSim, url: string): Record<string, string> {
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
    DATABASE_URL: url,
    LOG_LEVEL: 'warn',
  };
}
