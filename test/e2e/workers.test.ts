import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { World } from '../../sandbox/world.ts';
import { noPostgres, onDatabase } from '../support/postgres/postgres.ts';
import { inWorld } from './support/in-world.ts';
import { APPROVE, ASK, cards, mutatingCalls, play } from './support/onboarding.ts';

/** The writes of an undisturbed onboarding with one link. */
const WRITES = 5;

function expectOnce(world: World): void {
  const { store } = world.entra;
  expect([...store.networks.values()].map((n) => n.name)).toEqual(['Lyon']);
  expect([...store.links.values()].map((l) => l.resource.name)).toEqual(['Lyon-wan0']);
  const sent = mutatingCalls(world).map(({ method, path }) => `${method} ${path}`);
  expect(sent, sent.join('\n')).toHaveLength(WRITES);
  expect(cards(world)).toHaveLength(1);
  expect(world.slack.violations).toEqual([]);
}

type System = 'entra' | 'mist';

/** Waits until this call is under way, carried out but not answered yet; the number of the worker that sent it. */
async function senderOf(
  world: World,
  system: System,
  call: { method: string; path: string; delayMs: number },
) {
  const { faults, calls } = world[system];
  const fault = faults.plant({ ...call, action: { kind: 'slow' } });
  await play(world, 'up to the run', [...ASK, APPROVE]);
  while (!calls.some((one) => one.fault === fault.id)) await sleep(5);
  const rows = await onDatabase<{ owner: string | null }>(
    world.env['DATABASE_URL'] ?? '',
    'select owner from runs',
  );
  const pid = Number(rows[0]?.owner?.split(':')[1]);
  const sender = world.workers.list().find((one) => one.pid === pid);
  if (!sender) throw new Error('nobody owns the run');
  return sender.number;
}

describe.skipIf(noPostgres)(
  `two bots on one PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  () => {
    test('one is killed in the middle of a run: the other finishes it, nothing twice', () =>
      inWorld({ workers: 2 }, async (world) => {
        const sender = await senderOf(world, 'mist', {
          method: 'PUT',
          path: '/devices/[^/]+$',
          delayMs: 20_000,
        });
        world.workers.act(sender, 'kill');
        await play(world, 'finished by the other', [{ kind: 'card', text: 'Verified Lyon' }]);
        expectOnce(world);
        expect(
          world.workers
            .list()
            .map((one) => one.state)
            .toSorted(),
        ).toEqual(['ended', 'running']);
      }));

    test('one hangs for longer than its lease: it sends nothing more when it goes on', () =>
      inWorld({ workers: 2 }, async (world) => {
        const sender = await senderOf(world, 'entra', {
          method: 'POST',
          path: '/remoteNetworks$',
          delayMs: 5000,
        });
        world.workers.act(sender, 'freeze');
        await play(world, 'finished by the other', [{ kind: 'card', text: 'Verified Lyon' }]);
        expectOnce(world);
        world.workers.act(sender, 'continue');
        const { output } = world.workers.bot(sender);
        await vi.waitFor(
          () =>
            expect(output.join()).toMatch(
              /another worker has taken the run over|a run could not be journaled/,
            ),
          60_000,
        );
        await sleep(1000);
        expectOnce(world);
      }));

    test('one is asked to end: it finishes its step, the other goes on', () =>
      inWorld({ workers: 2 }, async (world) => {
        const sender = await senderOf(world, 'mist', {
          method: 'PUT',
          path: '/devices/[^/]+$',
          delayMs: 3000,
        });
        expect(await world.workers.bot(sender).stop()).toBe(0);
        const rows = await onDatabase<{ state: string }>(
          world.env['DATABASE_URL'] ?? '',
          "select state from steps where op_id = 'mist.connectors'",
        );
        expect(rows).toEqual([{ state: 'done' }]);
        await play(world, 'finished by the other', [{ kind: 'card', text: 'Verified Lyon' }]);
        expectOnce(world);
      }));
  },
);
