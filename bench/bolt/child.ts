import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../../sandbox/world.ts';
import { freePort } from '../../sandbox/http/free-port.ts';

/** A started process that answered `/readyz`. */
export interface Child {
  /** From the start of the process to its first good answer, in ms. */
  readonly readyMs: number;
  /** When it was started, epoch ms. */
  readonly startedAt: number;
  /** SIGTERM, and SIGKILL where that does not end it soon; resolves when it has ended. */
  stop(): Promise<void>;
}

const BARE = new URL('../bare-bolt.ts', import.meta.url).pathname;
const BOT = new URL('../../src/main.ts', import.meta.url).pathname;
/** Fine enough beside a start of some hundred ms, coarse enough to take no processor from what is measured. */
const LOOK_EVERY_MS = 5;
const PATIENCE_MS = 30_000;

/** Starts the bot against `world`; several may run after each other, not at once, over one database. */
export async function startBot(world: World): Promise<Child> {
  const port = await freePort();
  return start(BOT, { ...world.env, LOG_LEVEL: 'warn', HEALTH_PORT: String(port) }, port);
}

/** Starts the bare Bolt app against the same Slack; with `database` it opens that SQLite file first. */
export async function startBare(world: World, database?: string): Promise<Child> {
  const port = await freePort();
  const { botToken, appToken, apiUrl } = world.slack;
  const env = {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: apiUrl,
    HEALTH_PORT: String(port),
    ...(database !== undefined && { BARE_DATABASE: database }),
  };
  return start(BARE, env, port);
}

async function start(
  entry: string,
  env: Readonly<Record<string, string>>,
  healthPort: number,
): Promise<Child> {
  const startedAt = Date.now();
  const started = performance.now();
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  async function stop(): Promise<void> {
    if (ended) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
    await exited;
    clearTimeout(kill);
  }
  while (!(await isReady(healthPort))) {
    if (ended) throw new Error(`${entry} ended before it was ready: ${output}`);
    if (performance.now() - started > PATIENCE_MS) {
      await stop();
      throw new Error(`${entry} was not ready in time: ${output}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return { readyMs: performance.now() - started, startedAt, stop };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}
