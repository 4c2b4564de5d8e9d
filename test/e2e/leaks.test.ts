import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLANTED_PSKS } from '../../sandbox/mist/seed.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { APPROVE, ASK, play } from './support/onboarding.ts';

/** Every place where a secret could have gone, as text. The two vendors' own APIs are where keys belong. */
function places(world: World): Map<string, string> {
  const found = new Map<string, string>();
  found.set('Slack calls', world.slack.calls.map((c) => c.requestBody + c.query).join('\n'));
  found.set('answers to Slack', JSON.stringify(world.slack.envelopes));
  found.set('log', world.bot().output.join('\n'));
  for (const file of readdirSync(world.folder)) {
    if (file.startsWith('sse.db')) found.set(file, readFileSync(join(world.folder, file), 'latin1'));
  }
  return found;
}

/** Names of the places that hold this secret as it is, in base64 or in hex. */
function whereIs(secret: string, searched: ReadonlyMap<string, string>): string[] {
  const bytes = Buffer.from(secret);
  const forms = [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
  return [...searched].filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => name);
}

describe('no key leaves the two APIs and the encrypted column', () => {
  test('ours and foreign ones are in no Slack payload, log line at trace or database byte', async () => {
    const world = await startWorld({ env: { LOG_LEVEL: 'trace' } });
    try {
      const foreign = world.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
      // Both vendors' refusals quote the request that they refuse, keys included.
      world.mist.faults.plant({
        method: 'PUT',
        path: '/devices/',
        action: { kind: 'answer-after', status: 500, body: 'x' },
      });
      await world.startBot();
      await play(world, 'leaks', [...ASK, APPROVE, { kind: 'card', text: 'Verified Lyon' }]);
      const own = [...world.entra.store.links.values()]
        .filter((l) => l.resource.name.startsWith('Lyon'))
        .flatMap((l) => l.resource.tunnelConfiguration.preSharedKey ?? []);
      expect(own).toHaveLength(1);
      const secrets = [
        ...own,
        ...foreign.psks,
        ...Object.values(PLANTED_PSKS),
        world.mist.token,
        world.entra.clientSecret,
      ];
      const searched = places(world);
      for (const secret of secrets) expect(whereIs(secret, searched), 'a secret leaked').toEqual([]);
      // The search finds what is there: the same secret planted in the log and in a database file.
      const [psk = ''] = own;
      searched.set('log', `${searched.get('log') ?? ''}\n{"body":"${Buffer.from(psk).toString('base64')}"}`);
      searched.set('sse.db', `${searched.get('sse.db') ?? ''}${psk}`);
      expect(whereIs(psk, searched)).toEqual(['log', 'sse.db']);
    } finally {
      await world.close();
    }
  });
});
