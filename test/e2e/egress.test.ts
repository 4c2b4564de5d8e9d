import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { APPROVE, ASK, play } from './support/onboarding.ts';

const RECORDER = new URL('./support/record-connections.ts', import.meta.url).href;

/** `host:port` of every address that the environment names. */
function configured({ env }: World): string[] {
  const names = ['SLACK_API_URL', 'AZURE_AUTHORITY_HOST', 'GRAPH_BASE_URL', 'MIST_BASE_URL', 'MIST_WS_URL'];
  return [...new Set(names.map((name) => new URL(env[name] ?? '').host))].toSorted();
}

describe.concurrent.each(['socket', 'http'] as const)('over %s', (transport) => {
  test('a site from the command to its removal contacts the configured addresses and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sse-egress-'));
    const file = join(folder, 'connections');
    const world = await startWorld({
      transport,
      webhooks: true,
      env: { NODE_OPTIONS: `--import ${RECORDER}`, RECORD_CONNECTIONS: file, SSE_REKEY_CHECK: '0' },
    });
    try {
      await world.startBot();
      await play(world, 'onboards', [...ASK, APPROVE, { kind: 'card', text: 'Onboarded Lyon' }]);
      for (const line of ['/sse status Lyon', '/sse routes Lyon', '/sse diagnose Lyon', '/sse plan Lyon']) {
        await play(world, line, [{ kind: 'types', who: 'anna', line }]);
      }
      await play(world, 'offboards', [
        { kind: 'types', who: 'anna', line: '/sse offboard Lyon' },
        { kind: 'card', text: 'Plan Lyon' },
        APPROVE,
        { kind: 'card', text: 'Offboarded Lyon' },
      ]);
      await world.bot().stop();
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      const of = (kind: string) =>
        [
          ...new Set(lines.filter((l) => l.startsWith(`${kind} `)).map((l) => l.slice(kind.length + 1))),
        ].toSorted();
      expect(of('connect')).toEqual(configured(world));
      // Names are resolved for those addresses alone, and none is asked of a name server.
      expect(of('lookup').filter((name) => !['localhost', '127.0.0.1'].includes(name))).toEqual([]);
    } finally {
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
