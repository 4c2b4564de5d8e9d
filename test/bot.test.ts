import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBot, type BotProcess } from '../sandbox/bot-process.ts';
import { DEFAULT_SCOPES } from '../sandbox/slack/options.ts';
import { freePort } from '../sandbox/http/free-port.ts';
import { startWorld, type World } from '../sandbox/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const started: BotProcess[] = [];
afterAll(async () => {
  await Promise.all(started.map((bot) => bot.stop()));
});

/** A bot of its own database, so that several can be tried in one world. */
async function start(
  env: Readonly<Record<string, string>> = {},
): Promise<{ bot: BotProcess; health: string }> {
  const healthPort = await freePort();
  const bot = startBot({
    env: { ...world.env, DATABASE_URL: 'sqlite::memory:', HEALTH_PORT: String(healthPort), ...env },
    healthPort,
  });
  started.push(bot);
  return { bot, health: `http://127.0.0.1:${healthPort}` };
}

async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const { bot } = await start(env);
  expect(await bot.exited).toBe(2);
  return bot.output.filter((line) => !line.startsWith('{')).join('\n');
}

describe('the process', () => {
  it('becomes ready, says so with its pid and version, counts its calls, and ends on SIGTERM', async () => {
    const { bot, health } = await start();
    await bot.ready();
    const ready = await fetch(`${health}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, pid: bot.pid, version: expect.any(String) });
    expect((await fetch(`${health}/healthz`)).status).toBe(200);
    expect((await fetch(`${health}/nothing`)).status).toBe(404);
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toContain('sse_remote_calls_total{system="mist"');
    expect(metrics).toContain('process_cpu_seconds_total');
    bot.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
    await world.slack.waitForConnections(0);
  });

  it('names every bad variable in one message', async () => {
    const message = await refusal({ SSE_APPROVERS: '', SSE_TZ: 'Mars/Olympus', MIST_BASE_URL: 'mist' });
    for (const name of ['SSE_APPROVERS', 'SSE_TZ', 'MIST_BASE_URL']) expect(message).toContain(name);
  });

  it.each([
    ['a bot token that Slack does not know', { SLACK_BOT_TOKEN: 'xoxb-wrong' }, 'SLACK_BOT_TOKEN'],
    ['an app token that Slack does not know', { SLACK_APP_TOKEN: 'xapp-wrong' }, 'SLACK_APP_TOKEN'],
    ['a client secret that Entra refuses', { AZURE_CLIENT_SECRET: 'wrong' }, 'AZURE_CLIENT_SECRET'],
    ['a token that Mist refuses', { MIST_API_TOKEN: 'wrong' }, 'MIST_API_TOKEN'],
    ['a database that it cannot use', { DATABASE_URL: 'mysql://localhost/sse' }, 'DATABASE_URL'],
  ])('ends with exit code 2 for %s', async (_what, env, named) => {
    expect(await refusal(env)).toContain(named);
  });

  it('ends with exit code 2 where the Entra application lacks its permission', async () => {
    const { roles } = world.entra.settings;
    world.entra.settings.roles = ['NetworkAccess.Read.All'];
    try {
      expect(await refusal({})).toContain('NetworkAccess.ReadWrite.All');
    } finally {
      world.entra.settings.roles = roles;
    }
  });

  it('ends with exit code 2 where the Slack app lacks a scope', async () => {
    const scopes = DEFAULT_SCOPES.filter((scope) => scope !== 'im:write').join(',');
    const { team, bot } = world.slack.world;
    const body = JSON.stringify({ ok: true, team_id: team.id, user_id: bot.userId });
    world.slack.faults.plant({
      path: 'auth.test',
      action: { kind: 'answer', status: 200, body, headers: { 'x-oauth-scopes': scopes } },
    });
    expect(await refusal({})).toContain('im:write');
  });

  it.each([
    ['Slack', () => world.slack.faults, 'auth.test'],
    ['Entra', () => world.entra.faults, '/token'],
    ['Mist', () => world.mist.faults, '/self'],
  ])(
    'stays up without being ready while %s is away, and is ready when it is back',
    async (_name, faults, path) => {
      const fault = faults().plant({ path, times: -1, action: { kind: 'answer', status: 503 } });
      const { bot, health } = await start();
      const hits = () =>
        faults()
          .list()
          .find((entry) => entry.fault.id === fault.id)?.hits;
      await vi.waitFor(() => expect(hits()).toBeGreaterThan(1), 60_000);
      const waiting = await fetch(`${health}/readyz`);
      expect(waiting.status).toBe(503);
      expect(await waiting.json()).toMatchObject({ ready: false, pid: bot.pid });
      faults().remove(fault.id);
      await bot.ready();
      expect(await bot.stop()).toBe(0);
    },
  );

  it('ends on a signal while it is still waiting at its start', async () => {
    const fault = world.slack.faults.plant({
      path: 'auth.test',
      times: -1,
      action: { kind: 'answer', status: 503 },
    });
    const { bot, health } = await start();
    await vi.waitFor(async () => expect((await fetch(`${health}/readyz`)).status).toBe(503), 60_000);
    bot.kill('SIGINT');
    expect(await bot.exited).toBe(0);
    world.slack.faults.remove(fault.id);
  });

  it('refuses the database of another organisation, even while Mist is away', async () => {
    const DATABASE_URL = `sqlite:${join(world.folder, 'own.db')}`;
    const { bot } = await start({ DATABASE_URL });
    await bot.ready();
    await bot.stop();
    const connections = () =>
      world.slack.calls.filter(({ path }) => path.endsWith('connections.open')).length;
    const before = connections();
    const fault = world.mist.faults.plant({ times: -1, action: { kind: 'answer', status: 503 } });
    const message = await refusal({ DATABASE_URL, MIST_ORG_ID: '00000000-0000-4000-8000-000000000009' });
    world.mist.faults.remove(fault.id);
    expect(message).toContain('MIST_ORG_ID differs');
    expect(connections()).toBe(before);
  });

  it('does not bind a new database to an organisation that Mist does not confirm', async () => {
    const DATABASE_URL = `sqlite:${join(world.folder, 'mistyped.db')}`;
    const message = await refusal({ DATABASE_URL, MIST_ORG_ID: '00000000-0000-4000-8000-000000000009' });
    expect(message).toContain('MIST_API_TOKEN');
    const { bot } = await start({ DATABASE_URL });
    await bot.ready();
    expect(await bot.stop()).toBe(0);
  });

  it('prints no token and no secret, at the finest log level', async () => {
    const { bot } = await start({ LOG_LEVEL: 'trace' });
    await bot.ready();
    await bot.stop();
    const output = bot.output.join('\n');
    expect(output).toContain('"msg":"ready"');
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'AZURE_CLIENT_SECRET',
      'MIST_API_TOKEN',
      'SSE_SECRET_KEY',
    ]) {
      expect(output).not.toContain(world.env[name]);
    }
  });
});
