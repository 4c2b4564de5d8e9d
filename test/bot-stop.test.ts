import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../sandbox/world.ts';
import { createLog } from '../src/base/log.ts';
import { createBot } from '../src/bot.ts';
import { readConfig } from '../src/config.ts';
import { APPROVE, ASK, play } from './e2e/support/onboarding.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

describe('a stop', () => {
  it('ends in good time while a run waits for a silent router, and goes on at the next start', async () => {
    const fault = world.mist.faults.plant({
      path: '/show_route$',
      times: -1,
      action: { kind: 'answer', status: 200, body: '{"session":"nobody"}' },
    });
    const bot = await world.startBot();
    await play(world, 'up to the routes', [...ASK, APPROVE]);
    await vi.waitFor(
      () => expect(world.mist.calls.some((call) => call.fault === fault.id)).toBe(true),
      60_000,
    );
    expect(await bot.stop()).toBe(0);
    world.mist.faults.remove(fault.id);
    await world.startBot();
    await play(world, 'to the end', [{ kind: 'card', text: 'Onboarded Lyon' }]);
  });

  it('closes everything else where one part cannot be closed', async () => {
    const config = readConfig({ ...world.env, DATABASE_URL: 'sqlite::memory:', HEALTH_PORT: '0' });
    if (!config.ok) throw new Error(config.failure);
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    let isStoreClosed = false;
    const bot = createBot(config.value, {
      log: createLog({ level: 'info', destination }),
      mist: (mist) => ({ ...mist, close: () => Promise.reject(new Error('the stream does not close')) }),
      store: (store) => ({
        ...store,
        close: async () => {
          isStoreClosed = true;
          await store.close();
        },
      }),
    });
    const starting = bot.start().catch((error: unknown) => error);
    await vi.waitFor(() => expect(bot.healthPort()).toBeTypeOf('number'), 30_000);
    await world.slack.waitForConnections(1);
    await bot.stop();
    await starting;
    expect(isStoreClosed).toBe(true);
    expect(bot.healthPort()).toBeUndefined();
    await world.slack.waitForConnections(0);
    expect(lines.join('')).toContain('the stream does not close');
  });
});
