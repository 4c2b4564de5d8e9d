import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { World } from '../../sandbox/world.ts';
import { inWorld } from './support/in-world.ts';
import { APPROVE, ASK, cards, mutatingCalls, play } from './support/onboarding.ts';

/** The writes of an onboarding with one link; the first test proves that the list is complete. */
const WRITES = [
  { system: 'entra', method: 'POST', path: '/connectivity/remoteNetworks$' },
  { system: 'entra', method: 'POST', path: '/deviceLinks$' },
  { system: 'mist', method: 'POST', path: '/services$' },
  { system: 'mist', method: 'PUT', path: '/devices/[^/]+$', skip: 0 },
  { system: 'mist', method: 'PUT', path: '/devices/[^/]+$', skip: 1 },
] as const;

function expectOnce(world: World): void {
  const { store } = world.entra;
  expect([...store.networks.values()].map((n) => n.name)).toEqual(['Lyon']);
  expect([...store.links.values()].map((l) => l.resource.name)).toEqual(['Lyon-wan0']);
  const services = [...world.mist.store.services.values()].filter((s) => s['name'] === 'Microsoft-SSE');
  expect(services).toHaveLength(1);
  const device = [...world.mist.store.devices.values()].find((d) => d.body.name.startsWith('lyon'));
  const policies = device?.body['service_policies'] as { name?: string }[];
  expect(policies.filter((p) => p.name === 'microsoft-sse')).toHaveLength(1);
  const connectors = Object.keys(device?.body['tunnel_configs'] as object).filter((name) =>
    name.startsWith('mssse-'),
  );
  expect(connectors).toEqual(['mssse-wan0']);
}

describe('kill -9 after a mutating call', () => {
  test('an onboarding that nobody disturbs makes exactly these writes', () =>
    inWorld({}, async (world) => {
      await play(world, 'undisturbed', [...ASK, APPROVE, { kind: 'card', text: 'Verified Lyon' }]);
      expectOnce(world);
      expect(mutatingCalls(world)).toHaveLength(WRITES.length);
    }));

  for (const [index, write] of WRITES.entries()) {
    test(`number ${index + 1}, ${write.method} ${write.path}: the run finishes once, nothing is created twice`, () =>
      inWorld({}, async (world) => {
        const skip = 'skip' in write ? write.skip : 0;
        const { faults, calls } = world[write.system];
        // Carried out at once, answered much later: the bot dies without the answer.
        const fault = faults.plant({
          method: write.method,
          path: write.path,
          skip,
          delayMs: 20_000,
          action: { kind: 'slow' },
        });
        await play(world, `killed at write ${index + 1}`, [...ASK, APPROVE]);
        while (!calls.some((c) => c.fault === fault.id)) await sleep(5);
        await sleep(100);
        const bot = world.bot();
        bot.kill('SIGKILL');
        await bot.exited;
        await world.startBot();
        await play(world, `after write ${index + 1}`, [{ kind: 'card', text: 'Verified Lyon' }]);
        expectOnce(world);
        expect(cards(world)).toHaveLength(1);
      }));
  }
});
