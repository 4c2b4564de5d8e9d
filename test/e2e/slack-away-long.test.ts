import Database from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';
import type { BotProcess } from '../../sandbox/bot-process.ts';
import { CHANNEL, type World } from '../../sandbox/world.ts';
import { inWorld } from './support/in-world.ts';
import { APPROVE, ASK, cards, mutatingCalls, play } from './support/onboarding.ts';

/*
 * Longer than everything that the bot does by itself: a call's time-out (10 s), the pause between two connections (10 s), between two tries
 * at start (15 s) and between two of a card (30 s). The bot's own log says when that has passed.
 */
const WHOLE_TEST_MS = 300_000;
const PATIENCE = { timeout: 120_000, interval: 50 };

async function untilTheFirstWrite(world: World): Promise<void> {
  await play(world, 'up to the plan', ASK);
  await play(world, 'approved', [APPROVE]);
  await vi.waitFor(() => expect(mutatingCalls(world)).not.toEqual([]), PATIENCE);
}

async function reaches(world: World, state: string): Promise<void> {
  const path = (world.env['DATABASE_URL'] ?? '').slice('sqlite:'.length);
  const file = new Database(path, { readonly: true });
  try {
    const read = file.prepare('select state from requests').pluck();
    await vi.waitFor(() => expect(read.get()).toBe(state), PATIENCE);
  } finally {
    file.close();
  }
}

/** Until the bot has said so often that it waits so long before it tries this again. */
async function hasPaused(bot: BotProcess, what: string, ms: number, times = 1): Promise<void> {
  const said = (line: string): boolean => line.includes(what) && line.includes(`"pauseMs":${ms}`);
  await vi.waitFor(() => expect(bot.output.filter(said).length).toBeGreaterThanOrEqual(times), PATIENCE);
}

async function caughtUp(world: World, card: string): Promise<void> {
  await vi.waitFor(() => expect(cards(world)).toEqual([expect.stringContaining(card)]), PATIENCE);
  const notes = world.slack.world.messages.filter((m) => m.channel === CHANNEL && m.threadTs);
  expect(new Set(notes.map(({ text }) => text)).size).toBe(notes.length);
  expect(world.slack.violations).toEqual([]);
}

describe.concurrent('Slack goes away in the middle of a run and comes back long after its end', () => {
  test(
    'for a minute, first failing, then refusing connections, then cutting them: one card catches up',
    async () =>
      inWorld({}, async (world) => {
        await untilTheFirstWrite(world);
        const bot = world.bot();
        const works = world.slack.outage('failing');
        await reaches(world, 'verified');
        const comeBack = world.slack.vanish();
        works();
        await hasPaused(bot, 'no connection to Slack', 10_000);
        const isWhole = world.slack.outage('cut');
        await comeBack();
        await hasPaused(bot, 'card not drawn, trying again', 30_000, 2);
        expect(cards(world)).not.toEqual([expect.stringContaining('Verified')]);
        isWhole();
        await caughtUp(world, 'Verified Lyon');
        await world.slack.waitForConnections(1, PATIENCE.timeout);
      }),
    WHOLE_TEST_MS,
  );

  test(
    'HTTP: what a run asked for meanwhile stands on its card, and is decided there',
    async () =>
      inWorld({ transport: 'http', env: { SSE_VERIFY_TIMEOUT: '2s' } }, async (world) => {
        await untilTheFirstWrite(world);
        world.mist.portal.setWanUp('Lyon', 'wan0', false);
        const works = world.slack.outage('failing');
        await reaches(world, 'needs-decision');
        await hasPaused(world.bot(), 'card not drawn, trying again', 30_000);
        works();
        await caughtUp(world, 'Needs decision Lyon');
        await play(world, 'decided', [{ kind: 'clicks', who: 'ben', action: 'sse_rollback' }]);
        await caughtUp(world, 'Rolled back Lyon');
        expect(world.entra.store.networks.size).toBe(0);
      }),
    WHOLE_TEST_MS,
  );

  test(
    'a bot that is killed and started meanwhile finishes the run, and its card catches up',
    async () =>
      inWorld({}, async (world) => {
        await untilTheFirstWrite(world);
        const comeBack = world.slack.vanish();
        world.bot().kill('SIGKILL');
        await world.bot().exited;
        world.workers.act(1, 'start');
        await reaches(world, 'verified');
        await hasPaused(world.bot(), '"what":"Slack"', 15_000);
        await comeBack();
        await caughtUp(world, 'Verified Lyon');
        await world.slack.waitForConnections(1, PATIENCE.timeout);
        expect(world.entra.store.networks.size).toBe(1);
      }),
    WHOLE_TEST_MS,
  );
});
