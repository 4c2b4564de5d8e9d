import { expect, test } from 'vitest';
import { createDataPlane } from '../../../sandbox/data-plane/data-plane.ts';
import { Gateways } from '../../../sandbox/entra/gateway.ts';
import { LAN, MAC, makeWorld } from './world.ts';

const G = 'bgpConfig.mssse-wan0';

test('option 1 comes up in order: software, tunnel, BGP, routes', () => {
  const world = makeWorld();
  world.advance(10);
  expect(world.plane.tunnels(MAC)).toEqual([]);
  world.advance(world.timing.softwareInstallMs);
  expect(world.plane.tunnels(MAC)).toMatchObject([
    { name: 'mssse-wan0', up: false, lastEvent: 'connecting' },
  ]);
  world.advance(world.timing.tunnelUpMs);
  expect(world.plane.tunnels(MAC)).toMatchObject([
    {
      up: true,
      node: 'node0',
      wanName: 'wan0',
      localIp: '203.0.113.10',
      peerIp: world.links[0]?.endpoints[0],
      rekeys: 0,
    },
  ]);
  expect(world.plane.bgpPeers(MAC)).toMatchObject([{ state: 'connect', learned: [], announced: [] }]);
  world.advance(world.timing.bgpUpMs / 2);
  expect(world.plane.bgpPeers(MAC)).toMatchObject([{ state: 'open_sent' }]);
  world.advance(world.timing.bgpUpMs);
  const [peer] = world.plane.bgpPeers(MAC);
  expect(peer).toMatchObject({
    neighbor: '10.99.99.2',
    neighborAs: 65476,
    localAs: 65000,
    state: 'established',
  });
  expect(peer?.announced).toEqual([LAN]);
  expect(peer?.learned).toHaveLength(25);
});

test('both sides hear of every change once', () => {
  const world = makeWorld();
  world.settle();
  world.set('wanPorts.0.up', false);
  world.settle();
  expect(world.events).toEqual([
    { type: 'GW_TUNNEL_UP', mac: MAC, tunnel: 'mssse-wan0' },
    { type: 'GW_BGP_NEIGHBOR_UP', mac: MAC, neighbor: '10.99.99.2' },
    { type: 'GW_TUNNEL_DOWN', mac: MAC, tunnel: 'mssse-wan0', reason: 'WAN interface down' },
    { type: 'GW_BGP_NEIGHBOR_DOWN', mac: MAC, neighbor: '10.99.99.2' },
  ]);
  expect(world.health.map(({ status }) => status)).toEqual([
    'tunnelConnected',
    'bgpConnected',
    'tunnelDisconnected',
    'bgpDisconnected',
  ]);
  for (const record of world.health) {
    expect(record).toMatchObject({
      remoteNetworkId: world.network.id,
      sourceIp: '203.0.113.10',
      destinationIp: world.links[0]?.endpoints[0],
      bgpRoutesAdvertisedCount: 0,
      sentBytes: 0,
    });
  }
});

test('an active tunnel is reported alive with the routes that it carries', () => {
  const world = makeWorld();
  world.set(`${G}.local_as`, 65010);
  world.advance(2000);
  world.set(`${G}.local_as`, 65000);
  world.advance(3000);
  const alive = world.health.filter(({ status }) => status === 'remoteNetworkAlive');
  expect(alive.map((record) => record.bgpRoutesAdvertisedCount)).toEqual([0, 25, 25, 25]);
  expect(alive.every(({ sentBytes, receivedBytes }) => sentBytes > 0 && receivedBytes > 0)).toBe(true);
});

test('option 2: both zones over one tunnel, unless the second zone is only behind its own', () => {
  const world = makeWorld({ zones: 2 });
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 2/2');
  world.plane.zone2ThroughZone1 = false;
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/2');
  expect(world.plane.bgpPeers(MAC).map(({ neighbor, state }) => [neighbor, state])).toEqual([
    ['10.99.99.2', 'established'],
    ['10.99.100.2', 'active'],
  ]);
});

test('the second zone’s address is outside the tunnel’s /30 and needs multihop', () => {
  const world = makeWorld({ zones: 2 });
  const once = { neighbor_as: 65476 };
  world.set(`${G}.neighbors`, { '10.99.99.2': once, '10.99.100.2': once });
  world.settle();
  expect(world.plane.bgpPeers(MAC).map(({ state }) => state)).toEqual(['established', 'idle']);
});

test('a zone’s neighbour that is missing looks healthy; one in the wrong range does not', () => {
  const world = makeWorld({ zones: 2 });
  const peer = { neighbor_as: 65476, multihop_ttl: 2 };
  world.set(`${G}.neighbors`, { '10.99.99.2': peer });
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  world.set(`${G}.neighbors`, { '10.99.99.2': peer, '10.99.101.2': peer });
  world.settle();
  expect(world.plane.bgpPeers(MAC).map(({ state }) => state)).toEqual(['established', 'active']);
});

test('option 3 survives the loss of a zone and of a WAN', () => {
  const world = makeWorld({ links: 2, zones: 2 });
  world.settle();
  expect(world.summary()).toBe('tunnels 2/2, BGP 4/4');
  expect(new Set(world.plane.tunnels(MAC).map(({ node }) => node))).toEqual(new Set(['node0', 'node1']));
  world.links[0]?.deadZones.add(2);
  world.store.changed();
  world.settle();
  expect(world.summary()).toBe('tunnels 2/2, BGP 3/4');
  world.set('wanPorts.1.up', false);
  world.settle();
  expect(world.summary()).toBe('tunnels 1/2, BGP 1/4');
  world.links[0]?.deadZones.clear();
  world.store.changed();
  world.set('wanPorts.1.up', true);
  world.settle();
  expect(world.summary()).toBe('tunnels 2/2, BGP 4/4');
});

test('zone 1 gone takes a single tunnel with it; a tunnel per zone keeps the other', () => {
  for (const [topology, expected] of [
    ['single-tunnel', 'tunnels 0/1, BGP 0/2'],
    ['tunnel-per-zone', 'tunnels 1/2, BGP 1/2'],
  ] as const) {
    const world = makeWorld({ zones: 2, topology }, { zone2ThroughZone1: false });
    world.settle();
    world.links[0]?.deadZones.add(1);
    world.store.changed();
    world.settle();
    expect(world.summary()).toBe(expected);
    expect(world.plane.tunnels(MAC)[0]?.lastEvent).toBe('TIMEOUT: peer not responding');
  }
});

test('under a tunnel per zone each zone has its own key', () => {
  const world = makeWorld({ zones: 2, topology: 'tunnel-per-zone' });
  world.set('tunnelConfigs.mssse-wan0-z2.psk', 'key-0');
  world.settle();
  expect(world.plane.tunnels(MAC).map(({ up, lastEvent }) => up || lastEvent)).toEqual([
    true,
    'AUTHENTICATION_FAILED',
  ]);
});

test('a rekey keeps the session and is counted; routes stay', () => {
  const world = makeWorld();
  world.settle();
  const [before] = world.plane.tunnels(MAC);
  world.advance(1800 * 4);
  expect(world.plane.tunnels(MAC)).toEqual([{ ...before, rekeys: 4 }]);
  expect(world.events).toHaveLength(2);
});

test('the scale of time can be changed while the world runs', () => {
  const world = makeWorld();
  world.settle();
  world.timing.saSecondMs = 0.1;
  world.advance(1800);
  const rekeys = world.plane.tunnels(MAC)[0]?.rekeys ?? 0;
  world.advance(1800);
  expect((world.plane.tunnels(MAC)[0]?.rekeys ?? 0) - rekeys).toBe(10);
});

test('by default a new key makes both ends negotiate anew', () => {
  const world = makeWorld();
  world.settle();
  world.store.edit('link', 'lyon-wan0', 'tunnelConfiguration.preSharedKey', 'rotated');
  world.advance(10);
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: false, lastEvent: 'AUTHENTICATION_FAILED' }]);
  world.set('tunnelConfigs.mssse-wan0.psk', 'rotated');
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  expect(world.events.filter(({ type }) => type === 'GW_TUNNEL_UP')).toHaveLength(2);
});

test('where keys wait for a restart, a wrong one goes unnoticed until the tunnel falls', () => {
  const world = makeWorld({}, { reauthentication: 'on-restart' });
  world.settle();
  world.store.edit('link', 'lyon-wan0', 'tunnelConfiguration.preSharedKey', 'rotated');
  world.advance(5000);
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: true, rekeys: 3 }]);
  world.set('wanPorts.0.up', false);
  world.advance(20);
  world.set('wanPorts.0.up', true);
  world.settle();
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: false, lastEvent: 'AUTHENTICATION_FAILED' }]);
});

test('a connector that is removed leaves no row; a deleted device link silences its endpoint', () => {
  const world = makeWorld({ links: 2 });
  world.settle();
  const { 'mssse-wan1': _gone, ...kept } = world.edge.tunnelConfigs;
  world.edge.tunnelConfigs = kept;
  world.advance(10);
  expect(world.plane.tunnels(MAC).map(({ name }) => name)).toEqual(['mssse-wan0']);
  expect(world.events.at(-2)).toEqual({
    type: 'GW_TUNNEL_DOWN',
    mac: MAC,
    tunnel: 'mssse-wan1',
    reason: 'removed',
  });
  world.store.links.delete(world.links[0]?.resource.id ?? '');
  world.store.changed();
  world.settle();
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: false, lastEvent: 'TIMEOUT: peer not responding' }]);
});

test.each([
  ['online', false, 'router offline'],
  ['tunnelConfigs.mssse-wan0.primary.wan_names', ['wan9'], 'WAN interface not found'],
  ['tunnelConfigs.mssse-wan0.provider', 'zscaler-ipsec', 'unsupported provider'],
])('%s = %j: %s', (path, value, reason) => {
  const world = makeWorld();
  world.settle();
  world.set(path, value);
  world.settle();
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: false, lastEvent: reason }]);
});

test('routing policies decide what is learned and announced, the neighbour’s before the group’s', () => {
  const world = makeWorld();
  world.edge.networks.push({ name: 'Guest', subnet: '10.30.0.0/16' });
  world.edge.routingPolicies = {
    'mssse-in': {
      terms: [
        { matching: { prefix: ['52.0.0.0/8-32'] }, actions: { accept: false } },
        { matching: {}, actions: { accept: true } },
      ],
    },
    'mssse-out': { terms: [{ matching: { network: ['Lab'] }, actions: { accept: true } }] },
    nothing: { terms: [] },
  };
  world.set(`${G}.import_policy`, 'mssse-in');
  world.set(`${G}.export_policy`, 'mssse-out');
  world.settle();
  const [peer] = world.plane.bgpPeers(MAC);
  expect(peer?.learned).toHaveLength(21);
  expect(peer?.announced).toEqual([LAN]);
  world.set(`${G}.neighbors`, {
    '10.99.99.2': { neighbor_as: 65476, import_policy: 'nothing', export_policy: 'missing' },
  });
  world.settle();
  expect(world.plane.bgpPeers(MAC)).toMatchObject([{ state: 'established', learned: [], announced: [] }]);
});

test('a profile that is switched off takes the routes, not the session', () => {
  const world = makeWorld();
  world.settle();
  world.store.edit('profile', 'm365', 'state', 'disabled');
  world.settle();
  expect(world.plane.bgpPeers(MAC)).toMatchObject([{ state: 'established', learned: [] }]);
});

test('configuration that makes no sense brings nothing up and nothing down', () => {
  const world = makeWorld();
  world.edge.tunnelConfigs = {
    a: null,
    b: 'x',
    c: { provider: 'custom-ipsec', protocol: 'ipsec', primary: 7 },
    ...world.edge.tunnelConfigs,
  };
  world.edge.bgpConfig = {
    a: null,
    b: { via: 'tunnel', neighbors: [] },
    c: { via: 'lan', neighbors: { x: {} } },
    ...world.edge.bgpConfig,
  };
  world.settle();
  expect(world.summary()).toBe('tunnels 1/4, BGP 1/1');
});

test('it wakes up by itself, answers unknown routers with nothing, and stops', async () => {
  const world = makeWorld();
  world.plane.close();
  const { edge, timing, store } = world;
  Object.assign(timing, { softwareInstallMs: 0, tunnelUpMs: 30, bgpUpMs: 30 });
  const gateways = new Gateways(store, { endpointMs: 0 });
  let events = 0;
  let done: () => void = () => {};
  const established = new Promise<void>((resolve) => (done = resolve));
  const plane = createDataPlane({
    entra: { gatewayInstances: () => gateways.instances(), recordHealth: () => {} },
    mist: {
      wanEdges: () => [edge],
      recordEvent: ({ type }) => {
        events += 1;
        if (type === 'GW_BGP_NEIGHBOR_UP') done();
      },
    },
    timing,
  });
  const alive = setInterval(() => {}, 1000);
  await established;
  clearInterval(alive);
  expect(plane.tunnels('nobody')).toEqual([]);
  expect(plane.bgpPeers('nobody')).toEqual([]);
  plane.close();
  edge.online = false;
  plane.poke();
  expect([events, plane.tunnels(MAC)[0]?.up]).toEqual([2, true]);
});
