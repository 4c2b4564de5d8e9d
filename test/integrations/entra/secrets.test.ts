import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Entra } from '../../../src/integrations/entra/types.ts';
import type { SimRequest, SimResponse } from '../../../sandbox/http/server.ts';
import { lyonLink } from './links.ts';
import { CLIENT_SECRET, failureOf, tokenAnswer, withServer, withSim } from './rig.ts';

const PSK = 'Zk3vPq9TtR1mW8sXn2bGh5JdLc7YfA4oUe6iVgM0KwQ';
const ZONE_PSK = 'aB4dE6gH8jK1mN3pQ5rS7tU9vW2xY4zA6bC8dE1fG3h';
const FOREIGN = 'foreignKeyOfSomebody';
const TOKEN = 'eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl';

/** Everything that a log, a card or a crash report could make of a value. */
function shown(value: unknown): string {
  const parts = [
    inspect(value, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(value) ?? '',
    String(value),
  ];
  if (value instanceof Error) {
    parts.push(value.stack ?? '', shown({ ...value }));
    if (value.cause !== undefined) parts.push(shown(value.cause));
  }
  return parts.join('\n');
}

function expectNoSecret(value: unknown): void {
  const text = shown(value);
  for (const secret of [PSK, ZONE_PSK, FOREIGN, CLIENT_SECRET, TOKEN]) expect(text).not.toContain(secret);
}

/** Answers that repeat what was sent, keys included, wherever an answer has room for text. */
function echo(status: number): (request: SimRequest) => SimResponse {
  return ({ body, headers }) => {
    const text = `${body.toString('utf8')} ${FOREIGN} ${String(headers.authorization)}`;
    const error = {
      code: FOREIGN + PSK,
      message: text,
      innerError: { 'request-id': PSK, date: PSK },
      details: [{ message: text }],
    };
    return {
      status,
      headers: { 'request-id': PSK, location: `/${PSK}`, 'retry-after': PSK },
      body: { error },
    };
  };
}

const CALLS: readonly [string, (entra: Entra) => Promise<unknown>][] = [
  ['reading', (entra) => entra.remoteNetworks()],
  ['creating', (entra) => entra.createDeviceLink('n', link())],
  ['deleting', (entra) => entra.deleteDeviceLink('n', 'l')],
  ['associating', (entra) => entra.setNetworkProfiles('n', ['p'])],
];

function link(): ReturnType<typeof lyonLink> {
  return lyonLink({
    psk: new Secret(PSK),
    zone2: { microsoftBgp: '10.99.100.2', psk: new Secret(ZONE_PSK) },
  });
}

describe.each(CALLS)('a failure of %s holds no key, although the answer repeats it', (_what, call) => {
  test.each([307, 400, 401, 403, 409, 500, 503])('%i', async (status) => {
    const { entra, events } = await withServer(echo(status), {}, () => tokenAnswer(TOKEN));
    const failure = await failureOf(call(entra));
    expect(failure.status).toBe(status);
    expectNoSecret(failure);
    expectNoSecret(events);
  });

  test('an answer that is not JSON', async () => {
    const { entra } = await withServer((request) => ({
      status: 200,
      body: `<p>${request.body.toString('utf8')} ${FOREIGN}</p>`,
    }));
    expectNoSecret(await failureOf(call(entra)));
  });

  test('a connection that broke off', async () => {
    const { entra, server } = await withServer(() => ({ status: 204 }));
    server.faults.plant({ path: '^/beta', times: -1, action: { kind: 'reset-after' } });
    expectNoSecret(await failureOf(call(entra)));
  });
});

test('an answer of another shape is described without its values', async () => {
  const tunnelConfiguration = { preSharedKey: FOREIGN, '@odata.type': FOREIGN };
  const value = [
    { id: FOREIGN, name: 7, ipAddress: [FOREIGN], bgpConfiguration: { asn: FOREIGN }, tunnelConfiguration },
  ];
  const { entra } = await withServer(() => ({ status: 200, body: { value } }));
  expectNoSecret(await failureOf(entra.deviceLinks('n')));
});

test('keys that Graph returns in clear come out as secrets, ours and foreign ones', async () => {
  const { entra, sim } = await withSim();
  const { network, psks } = sim.store.seedForeignNetwork({ name: 'theirs', links: 2 });
  await entra.createDeviceLink(network.id, link());
  const networks = await entra.remoteNetworks();
  expectNoSecret(networks);
  for (const psk of psks) expect(shown(networks)).not.toContain(psk);
  const keys = networks[0]!.links.map((one) => one.psk?.reveal());
  expect(keys).toEqual([...psks, PSK]);
  expect(networks[0]?.links[2]?.zonePsk?.equals(new Secret(ZONE_PSK))).toBe(true);
});

test('a refused client secret is not in the failure, although the answer repeats it', async () => {
  const refusal = (request: SimRequest): SimResponse => ({
    status: 401,
    body: {
      error: 'invalid_client',
      error_description: `AADSTS7000215: Invalid client secret provided: ${request.body.toString('utf8')} ${CLIENT_SECRET}`,
      error_codes: [7000215],
    },
  });
  const { entra } = await withServer(() => ({ status: 200 }), {}, refusal);
  const failure = await failureOf(entra.checkAccess());
  expectNoSecret(failure);
  expect(failure.message).toBe('Entra gave no token: invalid_client, AADSTS7000215');
});
