import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CHANNEL, type World, type WorldOptions } from '../../sandbox/world.ts';
import { noPostgres } from '../support/postgres/postgres.ts';
import { inWorld } from './support/in-world.ts';
import { APPROVE, ASK, cards, mutatingCalls, play } from './support/onboarding.ts';

/** Whether the router runs the cutover: the run has done its last write. */
function isCutOver(world: World): boolean {
  const lyon = [...world.mist.store.devices.values()].find((one) => one.body.name.startsWith('lyon'));
  const policies = (lyon?.running.keys['service_policies'] ?? []) as { name?: string }[];
  return policies.some((policy) => policy.name === 'microsoft-sse');
}

/** Approved, and once the run writes Slack is away in this way, until everything is done. */
async function awayDuringTheRun(world: World, begin: () => () => void): Promise<void> {
  await play(world, 'up to the plan', ASK);
  await play(world, 'approved', [APPROVE]);
  // Who may approve is asked of Slack itself, so before that nothing begins.
  while (!mutatingCalls(world).length) await sleep(5);
  const end = begin();
  while (!isCutOver(world)) await sleep(20);
  await sleep(500);
  end();
  await play(world, 'caught up', [{ kind: 'card', text: 'Verified Lyon' }]);
}

/** One message, and never edited more often than once a second, by the simulated Slack's own list of calls. */
function expectOneCard(world: World): void {
  expect(cards(world)).toEqual([expect.stringMatching(/^Verified Lyon/)]);
  const edits = world.slack.calls
    .filter(({ path, status }) => path.endsWith('chat.update') && status === 200)
    .map(({ at }) => at);
  const seconds = Math.ceil(((edits.at(-1) ?? 0) - (edits[0] ?? 0)) / 1000);
  expect(edits.length).toBeGreaterThan(0);
  expect(edits.length).toBeLessThanOrEqual(seconds + 1);
  expect(world.slack.violations).toEqual([]);
  const notes = [...world.slack.world.messages].filter((m) => m.channel === CHANNEL && m.threadTs);
  expect(new Set(notes.map(({ text }) => text)).size).toBe(notes.length);
}

type Away = readonly [how: string, options: WorldOptions, begin: (world: World) => () => void];

function failing(world: World, action: Parameters<World['slack']['faults']['plant']>[0]['action']) {
  const fault = world.slack.faults.plant({ path: '/api/chat\\.', times: -1, action });
  return () => world.slack.faults.remove(fault.id);
}

const WAYS: readonly Away[] = [
  ['its connections are cut, Socket Mode', {}, (world) => world.slack.outage()],
  ['its connections are cut, HTTP', { transport: 'http' }, (world) => world.slack.outage()],
  ['it answers 503', {}, (world) => failing(world, { kind: 'answer', status: 503 })],
  [
    'it limits us',
    {},
    (world) => failing(world, { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }),
  ],
  [
    'it carries edits out and does not answer',
    { transport: 'http' },
    (world) => failing(world, { kind: 'reset-after' }),
  ],
];

describe('a run goes on while Slack is away, and its card catches up', () => {
  test.each(WAYS)('%s', async (_how, options, begin) => {
    await inWorld(options, async (world) => {
      await awayDuringTheRun(world, () => begin(world));
      expectOneCard(world);
    });
  });

  test.skipIf(noPostgres)('of two bots one draws it', async () => {
    await inWorld({ workers: 2 }, async (world) => {
      await awayDuringTheRun(world, () => world.slack.outage());
      expectOneCard(world);
    });
  });
});
