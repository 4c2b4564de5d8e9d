import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { createMist, streamUrl } from '../../../src/integrations/mist/client.ts';
import type { Mist } from '../../../src/integrations/mist/types.ts';
import { startMistSim, type MistSim } from '../../../sandbox/mist/mist-sim.ts';
import { ORG, startFakeMist, type FakeMist } from './fake-mist.ts';

describe('against a whole cloud', () => {
  let sim: MistSim;
  let mist: Mist;
  beforeEach(async () => {
    sim = await startMistSim({ timing: { configApplyMs: 20 } });
    mist = createMist({
      baseUrl: sim.origin,
      token: new Secret(sim.token),
      orgId: sim.orgId,
      silenceMs: 200,
      firstMessageMs: 1000,
    });
  });
  afterEach(async () => {
    await mist.close();
    await sim.close();
  });

  async function lyon(): Promise<{ siteId: string; deviceId: string; mac: string }> {
    const site = (await mist.sites()).find(({ name }) => name === 'Lyon')!;
    const [device] = await mist.gateways(site.id);
    return { siteId: site.id, deviceId: device!.id, mac: device!.mac };
  }

  test('reads who it is, sites, devices, template, variables, networks, applications and policies', async () => {
    const self = await mist.self();
    expect(self.privileges).toContainEqual(expect.objectContaining({ scope: 'org', role: 'admin' }));
    const { siteId, deviceId, mac } = await lyon();
    const site = await mist.site(siteId);
    expect(site).toMatchObject({ name: 'Lyon', countryCode: 'FR', latlng: { lat: 45.764, lng: 4.8357 } });
    const device = await mist.device(siteId, deviceId);
    expect(device).toMatchObject({ siteId, mac, model: 'SSR120' });
    expect(device!.config['id']).toBe(deviceId);
    const template = await mist.gatewayTemplate(site!.gatewayTemplateId!);
    expect(Object.keys(template!.config)).toContain('port_config');
    expect((await mist.siteVars(siteId))['site_octet']).toBe('1');
    const networks = await mist.networks();
    expect(networks.find(({ name }) => name === 'Lab')).toMatchObject({ users: ['printers'] });
    expect(networks.find(({ name }) => name === 'Lab')!.subnet).toBeUndefined();
    expect(networks.find(({ name }) => name === 'Warehouse')!.subnet).toBe('10.40.0.0/24');
    const services = await mist.services();
    expect(services.find(({ name }) => name === 'internet-any')).toMatchObject({
      addresses: ['0.0.0.0/0'],
      anyProtocol: true,
    });
    expect(services.find(({ name }) => name === 'public-dns')!.anyProtocol).toBe(false);
    expect((await mist.servicePolicies()).map(({ name }) => name)).toEqual(['dns']);
    expect((await mist.usage()).used).toBeGreaterThan(5);
  });

  test('only gateways count as WAN Edges, although sites have access points', async () => {
    const { siteId } = await lyon();
    expect((await mist.gateways(siteId)).map(({ name }) => name)).toEqual(['lyon-ssr120']);
  });

  test('writes whole root keys, leaves the others, and takes keys away again', async () => {
    const { siteId, deviceId } = await lyon();
    const before = (await mist.device(siteId, deviceId))!.config;
    const policies = { mine: { terms: [{ actions: { accept: false } }] } };
    const written = await mist.putDevice(siteId, deviceId, { routing_policies: policies });
    expect(written.config['routing_policies']).toEqual(policies);
    expect((await mist.device(siteId, deviceId))!.config).toMatchObject({
      ...before,
      routing_policies: policies,
      modified_time: expect.anything(),
    });
    await mist.putDevice(siteId, deviceId, { '-routing_policies': '' });
    expect((await mist.device(siteId, deviceId))!.config).not.toHaveProperty('routing_policies');
  });

  test('makes an application for every protocol and removes it, also twice', async () => {
    const made = await mist.createService({ name: 'Microsoft-SSE', addresses: ['0.0.0.0/1', '128.0.0.0/1'] });
    expect(made).toMatchObject({ name: 'Microsoft-SSE', type: 'custom', anyProtocol: true });
    expect(await mist.services()).toContainEqual(made);
    await mist.deleteService(made.id);
    await mist.deleteService(made.id);
    expect((await mist.services()).some(({ id }) => id === made.id)).toBe(false);
  });

  test('sees a change arrive on the router by events and statistics', async () => {
    const { siteId, deviceId, mac } = await lyon();
    const sinceMs = Date.now();
    await mist.putDevice(siteId, deviceId, { dns_servers: ['9.9.9.9'] });
    const query = { mac, types: ['GW_CONFIGURED', 'GW_CONFIG_FAILED'], sinceMs };
    await expect
      .poll(async () => (await mist.deviceEvents(siteId, query)).map(({ type }) => type))
      .toContain('GW_CONFIGURED');
    const all = await mist.deviceEvents(siteId, { mac, sinceMs });
    expect(all.map(({ atMs }) => atMs)).toEqual(all.map(({ atMs }) => atMs).toSorted((a, b) => b - a));
    const stats = await mist.deviceStats(siteId, deviceId);
    expect(stats).toMatchObject({ connected: true, isSsr: true, isHa: false });
    expect(stats.configTimestampMs).toBeGreaterThan(sinceMs - 5000);
  });

  test('tells an SRX from an SSR, and a pair from a single device', async () => {
    const stats = new Map<string, { isSsr?: boolean; isHa?: boolean }>();
    for (const site of await mist.sites()) {
      const [device] = await mist.gateways(site.id);
      stats.set(site.name, await mist.deviceStats(site.id, device!.id));
    }
    expect(stats.get('Oslo')!.isSsr).toBe(false);
    expect(stats.get('Geneva')).toMatchObject({ isSsr: true, isHa: true });
  });

  test('a router without neighbors is an answer of its own, an offline one is unknown', async () => {
    const { siteId, deviceId } = await lyon();
    const query = { neighbor: '10.99.99.2' };
    expect(await mist.learnedRoutes(siteId, deviceId, query)).toEqual({ answered: false, prefixes: [] });
    expect(await mist.servicePath(siteId, deviceId, { serviceName: 'internet-any' })).toHaveProperty('rows');
    const several = { neighbors: ['10.99.99.2', '10.99.99.10'] };
    const none = several.neighbors.map((neighbor) => [neighbor, []] as const);
    expect(await mist.routesByNeighbor(siteId, deviceId, several)).toEqual({
      answered: true,
      end: 'uncounted',
      prefixes: new Map(none),
    });
    sim.portal.setDeviceOnline('Lyon', false);
    expect(await mist.learnedRoutes(siteId, deviceId, query)).toEqual({ answered: false, prefixes: [] });
    expect(await mist.routesByNeighbor(siteId, deviceId, several)).toEqual({
      answered: false,
      prefixes: new Map(none),
    });
  });

  test('a wrong token is told apart from a token that may only read', async () => {
    const wrong = createMist({ baseUrl: sim.origin, token: new Secret('wrong'), orgId: sim.orgId });
    await expect(wrong.self()).rejects.toMatchObject({ kind: 'unauthorized' });
    sim.addToken('reader', 'read');
    const reader = createMist({ baseUrl: sim.origin, token: new Secret('reader'), orgId: sim.orgId });
    const { siteId, deviceId } = await lyon();
    await expect(reader.putDevice(siteId, deviceId, { routing_policies: {} })).rejects.toMatchObject({
      kind: 'forbidden',
      uncertain: false,
    });
  });
});

describe('statistics', () => {
  let fake: FakeMist | undefined;
  afterEach(() => fake?.close());

  async function answering(results: unknown[]): Promise<Mist> {
    fake = await startFakeMist(() => ({
      status: 200,
      body: { results, limit: 1000, start: 0, end: 1, total: 99 },
    }));
    return fake.mist;
  }

  const peer = {
    mac: '020001c04668',
    site_id: 's',
    node: 'node0',
    neighbor: '10.99.99.2',
    vrf_name: 'default',
  };

  test('give the newest row of each neighbor, whatever their order', async () => {
    const mist = await answering([
      { ...peer, state: 'established', up: true, timestamp: 1000.5, rx_routes: 9 },
      {
        ...peer,
        state: 'Active',
        up: false,
        timestamp: 3000.25,
        rx_routes: 0,
        neighbor_as: '65476',
        local_as: 65000,
      },
      { ...peer, state: 'established', up: true, timestamp: 2000 },
      { ...peer, node: 'node1', state: 'established', up: true, timestamp: 10 },
      { ...peer, vrf_name: 'other', state: 'idle', up: false, timestamp: 10 },
      { neighbor: '10.0.0.1' },
    ]);
    const peers = await mist.bgpPeers({ siteId: 's' });
    expect(peers).toHaveLength(3);
    expect(peers[0]).toEqual({
      mac: peer.mac,
      siteId: 's',
      node: 'node0',
      neighbor: '10.99.99.2',
      neighborAs: 65476,
      localAs: 65000,
      state: 'active',
      up: false,
      rxRoutes: 0,
      atMs: 3_000_250,
    });
  });

  test('ask the organisation for WAN tunnels, narrowed as wanted', async () => {
    const mist = await answering([
      { mac: 'm', tunnel_name: 'mssse-wan0', peer_ip: '198.51.100.1', last_event: 'ike timeout' },
      { mac: 'm', tunnel_name: 'other', up: true, uptime: 7, wan_name: 'wan0', node: null },
      { mac: 'm', tunnel_name: 'third', up: false },
    ]);
    expect(await mist.tunnels({ siteId: 's', mac: 'm' })).toEqual([
      {
        mac: 'm',
        siteId: '',
        name: 'mssse-wan0',
        peerIp: '198.51.100.1',
        lastEvent: 'ike timeout',
      },
      { mac: 'm', siteId: '', name: 'other', up: true, uptimeSeconds: 7, wanName: 'wan0' },
      { mac: 'm', siteId: '', name: 'third', up: false },
    ]);
    const [call] = fake!.server.calls;
    expect(call!.path).toBe(`/api/v1/orgs/${ORG}/stats/tunnels/search`);
    expect(Object.fromEntries(new URLSearchParams(call!.query))).toEqual({
      type: 'wan',
      site_id: 's',
      mac: 'm',
      limit: '1000',
    });
  });

  test('do not lose an event whose time has no fractions', async () => {
    const mist = await answering([
      { type: 'GW_CONFIGURED', timestamp: 1764236687, mac: 'm' },
      { type: 'GW_CONFIG_FAILED', timestamp: 1764236699.5, mac: 'm', text: 'why' },
      { type: 'GW_CONNECTED', timestamp: 1764236690 },
      { timestamp: 1 },
    ]);
    const sinceMs = 1764236687_900;
    const query = { mac: 'm', types: ['GW_CONFIGURED', 'GW_CONFIG_FAILED'], sinceMs };
    expect(await mist.deviceEvents('s', query)).toEqual([
      { atMs: 1764236699_500, type: 'GW_CONFIG_FAILED', mac: 'm', text: 'why' },
      { atMs: 1764236687_000, type: 'GW_CONFIGURED', mac: 'm', text: '' },
    ]);
    const sent = new URLSearchParams(fake!.server.calls[0]!.query);
    expect([sent.get('start'), sent.get('type'), sent.get('mac')]).toEqual([
      '1764236687',
      'GW_CONFIGURED,GW_CONFIG_FAILED',
      'm',
    ]);
  });
});

test.each([
  ['https://api.mist.com', 'wss://api-ws.mist.com/api-ws/v1/stream'],
  ['https://api.gc3.mist.com', 'wss://api-ws.gc3.mist.com/api-ws/v1/stream'],
  ['http://127.0.0.1:8080', 'ws://127.0.0.1:8080/api-ws/v1/stream'],
  ['https://mist.example/', 'wss://mist.example/api-ws/v1/stream'],
])('the stream of %s is %s', (base, url) => {
  expect(streamUrl(base)).toBe(url);
});
