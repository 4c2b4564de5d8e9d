import { expect, test, vi } from 'vitest';
import { startWorld } from '../../sandbox/world.ts';

const RECORDER = new URL('./support/throw-later.ts', import.meta.url).href;
const PSK = 'canaryCANARYcanaryCANARYcanaryCANARYcanary1';
const RADIUS = 'radius-canary-of-somebody-else';

test('what a crash prints holds no token, no key and no body, and is printed', async () => {
  const world = await startWorld({
    env: {
      NODE_OPTIONS: `--import ${RECORDER}`,
      PLANTED_BODY: JSON.stringify({ psk: PSK, auth_servers: [{ host: 'h', secret: RADIUS }] }),
      LOG_LEVEL: 'trace',
    },
  });
  try {
    const bot = await world.startBot();
    process.kill(bot.pid, 'SIGUSR2');
    expect(await bot.exited).toBe(1);
    await vi.waitFor(() => expect(bot.output.join('\n')).toContain('uncaught exception'), 30_000);
    const output = bot.output.join('\n');
    expect(output).toContain('unhandled rejection');
    expect(output).toContain('answered 400');
    for (const secret of [PSK, RADIUS, world.env['MIST_API_TOKEN'], world.env['SSE_SECRET_KEY']]) {
      expect(output).not.toContain(secret);
    }
  } finally {
    await world.close();
  }
});
