import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLANTED_PSKS } from '../../sandbox/mist/seed.ts';
import { startWorld, type World } from '../../sandbox/world.ts';
import { APPROVE, ASK, cards, play } from './support/onboarding.ts';

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

/** Secrets of others in whatever the bot reads at Mist: on the device, in its template and among the site's variables. */
function plantAtMist({ mist }: World): string[] {
  const { store } = mist;
  const secrets = [
    'bgp-auth-key-canary',
    'radius-canary-device',
    'radius-canary-template',
    'site-variable-canary',
  ];
  const [authKey = '', onDevice = '', inTemplate = '', variable = ''] = secrets;
  const radius = (secret: string) => ({ auth_servers: [{ host: '192.0.2.9', port: 1812, secret }] });
  const lyon = [...store.devices.values()].find((one) => one.body.name.startsWith('lyon'));
  const site = store.sites.get(lyon?.siteId ?? '');
  if (!lyon || !site) throw new Error('no Lyon');
  lyon.body['bgp_config'] = {
    'dc-core': {
      type: 'external',
      via: 'lan',
      auth_key: authKey,
      local_as: 65010,
      neighbors: { '10.9.9.9': { neighbor_as: 65020 } },
    },
  };
  lyon.body['radius_config'] = radius(onDevice);
  for (const template of store.templates.values()) template['radius_config'] = radius(inTemplate);
  site.setting['vars'] = { ...(site.setting['vars'] as object), radius_secret: variable };
  return secrets;
}

/** Our keys in a request body: what stands under a key's name. */
function keysIn(body: string): string[] {
  return [...body.matchAll(/"(?:psk|preSharedKey)":"([A-Za-z0-9]{43})"/g)].map(([, key = '']) => key);
}

describe('no key leaves the two APIs and the encrypted column', () => {
  test('ours and foreign ones are in no Slack payload, log line at trace or database byte', async () => {
    const world = await startWorld({ env: { LOG_LEVEL: 'trace' } });
    try {
      const foreign = world.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
      const { entra, mist } = world;
      const planted = plantAtMist(world);
      await world.startBot();
      // Both vendors refuse once and quote the request that they refuse, keys included; then all goes well.
      entra.faults.plant({ method: 'POST', path: '/deviceLinks$', action: { kind: 'echo', status: 400 } });
      await play(world, 'refused by Entra', [...ASK, APPROVE, { kind: 'card', text: 'Rolled back Lyon' }]);
      mist.faults.plant({ method: 'PUT', path: '/devices/', action: { kind: 'echo', status: 400 } });
      await play(world, 'refused by Mist', [...ASK, APPROVE]);
      await world.slack.world.waitFor(
        () => cards(world).filter((c) => c.startsWith('Rolled back')).length === 2,
        30_000,
      );
      await play(world, 'leaks', [...ASK, APPROVE, { kind: 'card', text: 'Verified Lyon' }]);
      for (const line of ['/sse diagnose Lyon', '/sse plan Lyon', '/sse status Lyon']) {
        await play(world, line, [{ kind: 'types', who: 'anna', line }]);
      }
      const own = [...new Set([...entra.calls, ...mist.calls].flatMap((call) => keysIn(call.requestBody)))];
      expect(own).toHaveLength(3);
      const secrets = [
        ...own,
        ...foreign.psks,
        ...Object.values(PLANTED_PSKS),
        ...planted,
        world.mist.token,
        world.entra.clientSecret,
      ];
      // The bot has read what holds the planted ones.
      for (const part of [/\/gatewaytemplates\//, /\/setting$/, /\/devices\/[^/]+$/]) {
        expect(mist.calls.some(({ method, path }) => method === 'GET' && part.test(path))).toBe(true);
      }
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
