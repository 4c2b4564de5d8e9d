import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BgpPeerState, TunnelState } from '../../../sandbox/data-plane/views.ts';
import { ChangeWatch } from '../../../sandbox/page/changes.ts';
import { networkState } from '../../../sandbox/page/network-state.ts';
import type { NetworkState, SiteLine } from '../../../sandbox/page/page-types.ts';
import { act, Listener } from './support/http.ts';
import { startPageSandbox, type PageSandbox } from './support/page-world.ts';

let sandbox: PageSandbox;
let listener: Listener;
const PSK = 'a-key-that-nobody-may-see';

beforeEach(async () => {
  sandbox = await startPageSandbox();
  listener = new Listener(sandbox.page.url, 'alice');
});

afterEach(async () => {
  listener.close();
  await sandbox.close();
});

function site(state: NetworkState, name: string): SiteLine {
  const found = state.sites.find((one) => one.name === name);
  if (!found) throw new Error(`no site ${name}`);
  return found;
}

/** Gives Lyon a connector of the bot's making. */
function addConnector(): void {
  sandbox.world.mist.portal.editDevice('Lyon', (body) => {
    // The template's group goes through the template's connector, which this one replaces.
    body['bgp_config'] = {};
    body['tunnel_configs'] = {
      'mssse-wan0': {
        provider: 'custom-ipsec',
        protocol: 'ipsec',
        version: '2',
        psk: PSK,
        primary: { wan_names: ['wan0'], hosts: ['198.18.0.1'] },
      },
    };
  });
}

const control = (action: object): ReturnType<typeof act> => act(sandbox.page.url, 'control', action);

test('the switches pull a port and take a device away, and the panel follows', async () => {
  await listener.network((state) => site(state, 'Lyon').ports[0]?.isUp === true);
  expect((await control({ do: 'wan', site: 'Lyon', wan: 'wan0', up: false })).status).toBe(200);
  await listener.network((state) => site(state, 'Lyon').ports[0]?.isUp === false);
  await control({ do: 'device', site: 'Lyon', online: false });
  const away = await listener.network((state) => !site(state, 'Lyon').online);
  expect(site(away, 'Lyon').ports.map((port) => [port.isPlugged, port.isUp])).toEqual([
    [false, false],
    [true, false],
  ]);
});

test('a switch for something that is not there is refused', async () => {
  expect((await control({ do: 'wan', site: 'Atlantis', wan: 'wan0', up: false })).status).toBe(409);
  expect((await control({ do: 'explode' })).status).toBe(400);
});

test('a connector is shown from the moment it is saved, before all other sites and connectors', async () => {
  sandbox.world.timing.configApplyMs = 100_000;
  addConnector();
  const state = await listener.network((s) => s.sites[0]?.name === 'Lyon');
  expect(state.sites[0]?.connectors[0]).toMatchObject({
    name: 'mssse-wan0',
    isOurs: true,
    state: 'not applied',
  });
});

test('a connector that runs shows the router’s own reason for being down', async () => {
  addConnector();
  const state = await listener.network((s) => s.sites[0]?.connectors[0]?.state === 'down');
  expect(state.sites[0]?.connectors[0]).toMatchObject({ wan: 'wan0', peerIp: '198.18.0.1', isUp: false });
  expect(state.sites[0]?.connectors[0]?.detail).not.toBe('');
});

test('tunnels and neighbors of a connector stand together, each node with its own', async () => {
  addConnector();
  await listener.network((s) => s.sites[0]?.connectors[0]?.state === 'down');
  const tunnel: Omit<TunnelState, 'mac' | 'node'> = {
    name: 'mssse-wan0',
    wanName: 'wan0',
    localIp: '203.0.113.10',
    peerIp: '198.18.0.1',
    up: true,
    lastEvent: '',
    rekeys: 2,
  };
  const peer: Omit<BgpPeerState, 'mac' | 'node' | 'state'> = {
    neighbor: '10.0.0.2',
    neighborAs: 65476,
    localAs: 65000,
    tunnel: 'mssse-wan0',
    learned: ['a', 'b', 'c'],
    announced: ['d'],
  };
  const state = networkState(
    sandbox.world,
    {
      tunnels: (mac) => [
        { ...tunnel, mac, node: 'node0' },
        { ...tunnel, mac, node: 'node1', up: false, rekeys: 0, lastEvent: 'no answer' },
      ],
      bgpPeers: (mac) => [
        { ...peer, mac, node: 'node0', state: 'established' },
        { ...peer, mac, node: 'node1', state: 'active' },
      ],
    },
    new ChangeWatch(),
  );
  const line = { asn: 65476, neighbor: '10.0.0.2', learned: 3, announced: 1 };
  expect(site(state, 'Lyon').connectors).toMatchObject([
    { state: 'up', detail: 'rekeyed 2 times', peers: [{ ...line, state: 'established', isUp: true }] },
    { state: 'down', detail: 'no answer', peers: [{ ...line, state: 'active', isUp: false }] },
  ]);
});

test('where nobody looks at the data plane or the device is away, a tunnel is not reported', async () => {
  addConnector();
  await listener.network((s) => s.sites[0]?.connectors[0]?.state === 'down');
  expect(networkState(sandbox.world, undefined, new ChangeWatch()).sites[0]?.connectors[0]?.state).toBe(
    'not reported',
  );
  sandbox.world.mist.portal.setDeviceOnline('Lyon', false);
  await listener.network((s) => site(s, 'Lyon').connectors[0]?.state === 'not reported');
});

test('both portals are shown without any key, ours or another’s', async () => {
  addConnector();
  const planted = sandbox.world.entra.store.seedForeignNetwork({ name: 'Somebody else' });
  sandbox.world.entra.store.changed();
  const state = await listener.network(
    (s) => s.entra.length > 0 && s.mist.some((one) => one.name === 'Lyon'),
  );
  expect(state.entra).toMatchObject([
    { name: 'Somebody else', json: { links: [{ name: expect.any(String) }] } },
  ]);
  expect(state.mist.find((one) => one.name === 'Lyon')?.json).toMatchObject({
    tunnel_configs: { 'mssse-wan0': { provider: 'custom-ipsec' } },
  });
  const told = listener.events.map((event) => event.data).join();
  for (const key of [PSK, ...planted.psks]) expect(told).not.toContain(key);
});

test('Microsoft’s zones can be taken away and brought back', async () => {
  sandbox.world.entra.store.seedForeignNetwork({ name: 'Somebody else' });
  sandbox.world.entra.store.changed();
  const { zones } = await listener.network((state) => state.zones.length > 0);
  const [zone] = zones;
  expect(zone).toMatchObject({ zone: 1, alive: true });
  await control({ do: 'zone', link: zone?.link, zone: 1, alive: false });
  await listener.network((state) => state.zones[0]?.alive === false);
});

test('what else can break is switched, and told as it is', async () => {
  await control({ do: 'tenant', status: 'offboarded' });
  await control({ do: 'zone2-through-zone1', works: false });
  await control({ do: 'fault', on: 'mist', fault: { times: -1, action: { kind: 'answer', status: 503 } } });
  // A fault of one path is not an outage.
  const one = { path: '/token', times: -1, action: { kind: 'answer', status: 500 } };
  await control({ do: 'fault', on: 'entra', fault: one });
  const { conditions } = await listener.network((state) => !state.conditions.mistAnswers);
  expect(conditions).toEqual({
    tenantOnboarded: false,
    zone2ThroughZone1: false,
    entraAnswers: true,
    mistAnswers: false,
    slackAnswers: true,
  });
  await control({ do: 'heal', on: 'mist' });
  await listener.network((state) => state.conditions.mistAnswers);
});

test('what the last change did stands beside the portals, without keys', async () => {
  const before = await listener.network((state) => state.sites.length > 0);
  expect(before.lastChange).toBeNull();
  addConnector();
  const { lastChange } = await listener.network((state) => state.lastChange !== null);
  expect(lastChange?.objects.map(({ side, name }) => [side, name])).toEqual([['Mist', 'Lyon']]);
  expect(lastChange?.objects[0]?.lines).toContainEqual({
    mark: '+',
    path: 'tunnel_configs / mssse-wan0 / provider',
    value: '"custom-ipsec"',
  });
  expect(JSON.stringify(lastChange)).not.toContain(PSK);
});
