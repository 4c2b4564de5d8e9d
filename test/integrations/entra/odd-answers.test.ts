import { describe, expect, test } from 'vitest';
import { createEntra } from '../../../src/integrations/entra/client.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Entra } from '../../../src/integrations/entra/types.ts';
import type { SimResponse } from '../../../sandbox/http/server.ts';
import { failureOf, withServer, withSim } from './rig.ts';

function json(body: object, status = 200): SimResponse {
  return { status, body };
}

const LINK = {
  id: 'l1',
  name: 'Lyon-wan0',
  ipAddress: '203.0.113.10',
  deviceVendor: 'other',
  bgpConfiguration: { asn: 65000, localIpAddress: '10.99.99.2', peerIpAddress: '10.99.99.1' },
  tunnelConfiguration: { '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default' },
};

describe('an answer that lacks what is relied on is a bad response that names the field', () => {
  const CASES: readonly [string, object, (entra: Entra) => Promise<unknown>, string][] = [
    [
      'a link without an ASN',
      { value: [{ ...LINK, bgpConfiguration: {} }] },
      (e) => e.deviceLinks('n'),
      'value.0.bgpConfiguration.asn',
    ],
    [
      'a link without a name',
      { value: [LINK, { ...LINK, name: undefined }] },
      (e) => e.deviceLinks('n'),
      'value.1.name',
    ],
    ['a list that is none', { value: {} }, (e) => e.remoteNetworks(), 'value'],
    ['a network without an id', { name: 'a', region: 'b' }, (e) => e.remoteNetwork('n'), 'id'],
    ['a status of another type', { onboardingStatus: null }, (e) => e.tenantStatus(), 'onboardingStatus'],
    [
      'a profile without a type',
      { value: [{ id: 'p', state: 'enabled' }] },
      (e) => e.forwardingProfiles(),
      'value.0.trafficForwardingType',
    ],
    ['links of another shape', { links: [{ id: 'l' }] }, (e) => e.connectivity('n'), 'links.0.displayName'],
  ];
  test.each(CASES)('%s', async (_name, body, call, field) => {
    const { entra } = await withServer(() => json(body));
    const failure = await failureOf(call(entra));
    expect(failure).toMatchObject({ kind: 'bad-response', code: 'entra.bad_response', uncertain: false });
    expect(failure.message).toContain(field);
  });

  test('an empty answer where there should be one', async () => {
    const { entra } = await withServer(() => ({ status: 200 }));
    expect((await failureOf(entra.deviceLinks('n'))).message).toContain('the whole answer');
  });

  test('a page of a proxy', async () => {
    const { entra } = await withServer(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Sign in</h1>',
    }));
    expect(await failureOf(entra.tenantStatus())).toMatchObject({ kind: 'bad-response' });
  });

  test('a new network without an id, whose creation is then uncertain', async () => {
    const { entra, graphCalls } = await withServer(() => json({}, 201));
    const failure = await failureOf(entra.createRemoteNetwork({ name: 'a', region: 'b', profileIds: [] }));
    expect(failure).toMatchObject({ kind: 'bad-response', uncertain: true });
    expect(graphCalls()).toHaveLength(1);
  });
});

describe('an answer that contradicts what was asked', () => {
  test('a network that is another one', async () => {
    const { entra } = await withServer(() => json({ id: 'other', name: 'a', region: 'b' }));
    expect(await failureOf(entra.remoteNetwork('n'))).toMatchObject({ kind: 'bad-response' });
  });

  test('a new network of another name is uncertain, and its ID is not believed', async () => {
    const { entra } = await withServer(() => json({ id: 'x', name: 'z' }, 201));
    const failure = await failureOf(entra.createRemoteNetwork({ name: 'a', region: 'b', profileIds: [] }));
    expect(failure).toMatchObject({ kind: 'bad-response', uncertain: true });
  });

  test('a page that says 404 is not an absent network, nor a removed one', async () => {
    const { entra } = await withServer(() => ({ status: 404, body: '<h1>Not Found</h1>' }));
    for (const call of [() => entra.remoteNetwork('n'), () => entra.deleteRemoteNetwork('n')])
      expect(await failureOf(call())).toMatchObject({ kind: 'bad-response', retryable: true });
  });

  test('a link that is listed twice is one', async () => {
    const { entra } = await withServer(() => json({ value: [LINK, LINK, { ...LINK, id: 'l2' }] }));
    expect((await entra.deviceLinks('n')).map(({ id }) => id)).toEqual(['l1', 'l2']);
  });
});

describe('a next page', () => {
  test.each([
    ['on another host', 'https://graph.example.com/beta/networkAccess/forwardingProfiles?$skiptoken=1'],
    ['on another port', 'https://localhost:1/beta/networkAccess/forwardingProfiles?$skiptoken=1'],
    ['over http', 'http://localhost/beta/networkAccess/forwardingProfiles?$skiptoken=1'],
    ['outside of beta', 'ORIGIN/v1.0/users'],
    ['that is no address', 'next'],
  ])('%s is not followed', async (_name, link) => {
    const { entra, server, graphCalls } = await withServer(() =>
      json({ value: [], '@odata.nextLink': link.replace('ORIGIN', server.origin) }),
    );
    const failure = await failureOf(entra.forwardingProfiles());
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(failure.message).not.toContain('skiptoken');
    expect(graphCalls()).toHaveLength(1);
  });

  test('is followed with the header that keeps new enum members', async () => {
    const { entra, server, headers, graphCalls } = await withServer(({ query }) => {
      const next = `${server.origin}/beta/networkAccess/forwardingProfiles?$skiptoken=a%2Fb%3D%3D&$top=1`;
      const value = [{ id: 'p', name: '', state: 'enabled', trafficForwardingType: 'm365' }];
      return json({ value, ...(!query.has('$skiptoken') && { '@odata.nextLink': next }) });
    });
    expect(await entra.forwardingProfiles()).toHaveLength(2);
    expect(headers.map((one) => one['prefer'])).toEqual(Array(2).fill('include-unknown-enum-members'));
    expect(graphCalls()[1]?.query).toContain('$skiptoken=a%2Fb%3D%3D');
  });

  test('that never ends is given up, and of a log the newest rows are kept', async () => {
    const { entra, server, graphCalls } = await withServer(({ path }) => {
      const row = {
        remoteNetworkId: 'n',
        createdDateTime: '2026-03-01T10:00:00Z',
        status: 'remoteNetworkAlive',
      };
      const value = path.includes('logs') ? [row] : [];
      return json({ value, '@odata.nextLink': `${server.origin}${path}?$skiptoken=1` });
    });
    expect(await failureOf(entra.forwardingProfiles())).toMatchObject({ kind: 'bad-response' });
    expect(graphCalls()).toHaveLength(50);
    expect(await entra.healthEvents({ sinceMs: 0 })).toHaveLength(50);
  });
});

describe('what an answer leaves out is asked for, not taken as none', () => {
  test('links and profiles of a network', async () => {
    const profile = { id: 'p', name: 'm', state: 'enabled', trafficForwardingType: 'm365' };
    const { entra } = await withServer(({ path }) => {
      if (path.endsWith('/deviceLinks')) return json({ value: [LINK] });
      if (path.endsWith('/forwardingProfiles')) return json({ value: [profile] });
      return json({ id: 'n', name: 'Lyon', region: 'franceCentral' });
    });
    const network = await entra.remoteNetwork('n');
    expect(network?.links.map((link) => link.name)).toEqual(['Lyon-wan0']);
    expect(network?.profiles.map((one) => one.id)).toEqual(['p']);
  });

  test('links of a network of which the first page came along', async () => {
    const { entra, server } = await withServer(({ path }) => {
      if (path.endsWith('/deviceLinks')) return json({ value: [LINK, { ...LINK, id: 'l2' }] });
      const next = { 'deviceLinks@odata.nextLink': `${server.origin}/beta/x` };
      return json({
        value: [{ id: 'n', name: 'a', region: 'b', deviceLinks: [LINK], ...next, forwardingProfiles: [] }],
      });
    });
    expect((await entra.remoteNetworks())[0]?.links).toHaveLength(2);
  });

  test('links of the connectivity configuration, and an instance counts when it is complete', async () => {
    const { entra } = await withServer(({ path }) => {
      if (!path.endsWith('/links')) return json({ remoteNetworkId: 'n', remoteNetworkName: 'Lyon' });
      const whole = { endpoint: '20.1.1.1', asn: 65476, bgpAddress: '10.99.99.2', region: 'franceCentral' };
      const localConfigurations = [whole, { ...whole, endpoint: null }, { ...whole, bgpAddress: '' }, null];
      return json({
        value: [{ id: 'l', displayName: 'Lyon-wan0', localConfigurations, peerConfiguration: null }],
      });
    });
    const [link] = await entra.connectivity('n');
    expect(link?.instances).toEqual([
      { endpoint: '20.1.1.1', asn: 65476, bgpAddress: '10.99.99.2', region: 'franceCentral' },
    ]);
    expect(link?.device).toEqual({ endpoint: '', asn: 0, bgpAddress: '' });
  });

  test('a health row that cannot be read hides no other', async () => {
    const row = { remoteNetworkId: 'n', createdDateTime: '2026-03-01T10:00:00Z', status: 'someNewStatus' };
    const { entra } = await withServer(() =>
      json({ value: [{ ...row, createdDateTime: 'soon' }, row, null] }),
    );
    expect((await entra.healthEvents({ sinceMs: 0 })).map((event) => event.status)).toEqual([
      'someNewStatus',
    ]);
  });

  test('policies that were not expanded leave the prefixes unknown', async () => {
    const { entra } = await withServer(() => json({ value: [{ id: 'l', state: 'enabled' }] }));
    expect(await entra.profilePrefixes('p')).toBeUndefined();
  });
});

describe('refusals say what to do', () => {
  test.each([
    ['NetworkAccess.ReadWrite.All', (e: Entra) => e.deleteRemoteNetwork('n')],
    ['NetworkAccess.Read.All', (e: Entra) => e.remoteNetworks()],
    ['NetworkAccess-Reports.Read.All', (e: Entra) => e.healthEvents({ sinceMs: 0 })],
  ])('a missing permission: %s', async (permission, call) => {
    const { entra } = await withSim({}, { settings: { roles: [] } });
    const failure = await failureOf(call(entra));
    expect(failure).toMatchObject({ kind: 'forbidden', status: 403, retryable: false });
    expect(failure.hint).toContain(permission);
    expect(failure.hint).toContain('admin consent');
    expect(failure.message).toContain('Authorization_RequestDenied');
    expect(failure.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  test("the id of the request is the one in Graph's answer, and reported with the call", async () => {
    const { entra, events } = await withServer(() => ({
      status: 400,
      headers: { 'request-id': 'from-graph-1' },
    }));
    expect((await failureOf(entra.tenantStatus())).requestId).toBe('from-graph-1');
    expect(events).toEqual([
      {
        method: 'GET',
        path: '/networkAccess/tenantStatus',
        status: 400,
        dateMs: expect.any(Number),
        attempt: 1,
        requestId: 'from-graph-1',
        ms: expect.any(Number),
      },
    ]);
  });

  test('without an answer the id is the one that was sent along', async () => {
    const { entra, server, headers } = await withServer(() => json({}));
    server.faults.plant({ method: 'DELETE', action: { kind: 'reset-after' } });
    const failure = await failureOf(entra.deleteRemoteNetwork('n'));
    expect(failure.requestId).toBe(headers[0]?.['client-request-id']);
  });
});

test("the token goes to the configured host, and the scope is Microsoft's on loopback", async () => {
  const { entra, headers, tokenCalls } = await withServer(() => json({ onboardingStatus: 'onboarded' }));
  await entra.tenantStatus();
  expect(headers[0]?.authorization).toBe('Bearer opaque');
  expect(new URLSearchParams(tokenCalls()[0]?.requestBody).get('scope')).toContain(
    'https://graph.microsoft.com/.default',
  );
});

test('a host for which no token may be sent gets no call at all', async () => {
  const { server, graphCalls } = await withServer(() => json({}));
  const entra = createEntra({
    credential: { kind: 'secret', tenantId: 't', clientId: 'c', clientSecret: new Secret('s') },
    authorityHost: server.origin,
    graphBaseUrl: `https://[::1]:${server.port}`,
    deviceVendor: 'other',
  });
  const failure = await failureOf(entra.deleteRemoteNetwork('n'));
  expect(failure).toMatchObject({ kind: 'network', uncertain: false });
  expect(graphCalls()).toEqual([]);
});
