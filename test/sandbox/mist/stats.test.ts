import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import * as shapes from '../../../sandbox/contracts/mist/stats.ts';
import { at, FakeDataPlane, get, peerState, put, start, tunnelState, type Body } from './fixtures.ts';

async function withPlane(): Promise<{ sim: Awaited<ReturnType<typeof start>>; plane: FakeDataPlane }> {
  const sim = await start();
  const plane = new FakeDataPlane();
  sim.attach(plane);
  return { sim, plane };
}

async function rows(sim: Awaited<ReturnType<typeof start>>, path: string): Promise<Body[]> {
  const answer = await get(sim, path);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body['results'] as Body[];
}

function fits(schema: z.ZodType, row: unknown): void {
  expect(schema.safeParse(row).error?.issues ?? []).toEqual([]);
}

describe('what the simulated Mist reports', () => {
  it('has no tunnels and no neighbors before a data plane is attached', async () => {
    const sim = await start();
    const org = `/api/v1/orgs/${sim.orgId}/stats`;
    expect(await rows(sim, `${org}/tunnels/search?type=wan`)).toEqual([]);
    expect(await rows(sim, `${org}/bgp_peers/search`)).toEqual([]);
  });

  it('lists WAN tunnels only where the type is asked for, with the keys of the contract', async () => {
    const { sim, plane } = await withPlane();
    const { mac, siteId } = at(sim, 'Lyon');
    plane.tunnelStates = [
      tunnelState(mac),
      tunnelState(at(sim, 'Porto').mac, { up: false, lastEvent: 'no proposal chosen' }),
    ];
    const search = `/api/v1/orgs/${sim.orgId}/stats/tunnels/search`;
    expect(await rows(sim, search)).toEqual([]);
    const all = await rows(sim, `${search}?type=wan`);
    all.forEach((row) => fits(shapes.wanTunnelStats, row));
    expect(all.map((row) => row['up'])).toEqual([true, false]);
    const mine = await rows(sim, `${search}?type=wan&site_id=${siteId}`);
    expect(mine).toMatchObject([
      { mac, node: 'node0', tunnel_name: 'mssse-wan0', wan_name: 'wan0', peer_ip: '192.0.2.10' },
    ]);
    expect(Number(mine[0]?.['uptime'])).toBeGreaterThanOrEqual(60);
    expect((await get(sim, `${search}?type=lan`)).status).toBe(400);
  });

  it('forgets the tunnels of a device that has been away for longer than the window', async () => {
    const { sim, plane } = await withPlane();
    const { mac, deviceId } = at(sim, 'Lyon');
    plane.tunnelStates = [tunnelState(mac)];
    sim.portal.setDeviceOnline('Lyon', false);
    const search = `/api/v1/orgs/${sim.orgId}/stats/tunnels/search?type=wan`;
    expect(await rows(sim, search)).toHaveLength(1);
    const device = sim.store.devices.get(deviceId);
    if (device) device.lastSeen -= 600;
    expect(await rows(sim, search)).toEqual([]);
    expect(await rows(sim, `${search}&duration=1h`)).toHaveLength(1);
  });

  it('repeats a neighbor with what it was, older, within the default day but not within five minutes', async () => {
    const { sim, plane } = await withPlane();
    const { mac, site } = at(sim, 'Lyon');
    plane.peerStates = [peerState(mac)];
    const day = await rows(sim, `${site}/stats/bgp_peers/search`);
    day.forEach((row) => fits(shapes.bgpStats, row));
    expect(day.map((row) => row['state'])).toEqual(['active', 'established']);
    const newest = day.reduce((a, b) => (Number(a['timestamp']) > Number(b['timestamp']) ? a : b));
    expect(newest).toMatchObject({
      state: 'established',
      up: true,
      rx_routes: 2,
      tx_routes: 1,
      neighbor_as: 65_476,
    });
    expect(await rows(sim, `${site}/stats/bgp_peers/search?duration=5m`)).toHaveLength(1);
  });

  it('still shows the last word of a neighbor that is configured no more', async () => {
    const { sim, plane } = await withPlane();
    const { mac } = at(sim, 'Lyon');
    const search = `/api/v1/orgs/${sim.orgId}/stats/bgp_peers/search?duration=10m`;
    plane.peerStates = [peerState(mac)];
    expect(await rows(sim, search)).toHaveLength(1);
    plane.peerStates = [];
    expect(await rows(sim, search)).toMatchObject([{ neighbor: '10.99.99.2', up: true }]);
    expect(await rows(sim, `${search}&mac=000000000000`)).toEqual([]);
  });

  it('adds tunnels and neighbors to a device only where fields asks for them', async () => {
    const { sim, plane } = await withPlane();
    const { mac, site, deviceId } = at(sim, 'Geneva');
    plane.tunnelStates = [
      tunnelState(mac),
      tunnelState(mac, { node: 'node1', wanName: 'wan1', name: 'mssse-wan1' }),
    ];
    plane.peerStates = [peerState(mac)];
    const path = `${site}/stats/devices/${deviceId}`;
    const plain = (await get(sim, path)).body;
    expect(plain).toMatchObject({
      status: 'connected',
      is_ha: true,
      config_status: 'COMMITED',
      model: 'SSR130',
    });
    expect(plain).not.toHaveProperty('tunnels');
    const full = (await get(sim, `${path}?fields=tunnels,bgp_peers`)).body;
    (full['tunnels'] as Body[]).forEach((row) => fits(shapes.gatewayTunnelStats, row));
    (full['bgp_peers'] as Body[]).forEach((row) => fits(shapes.gatewayBgpPeer, row));
    expect((full['tunnels'] as Body[]).map((row) => row['node'])).toEqual(['node0', 'node1']);
    expect((await get(sim, `${path}?fields=*`)).body).toHaveProperty('bgp_peers');
    for (const row of Object.values(full['if_stat'] as Body)) fits(shapes.interfaceStats, row);
  });

  it('shows which addresses the internet sees', async () => {
    const { sim } = await withPlane();
    const seen = async (name: string): Promise<unknown> => {
      const { site, deviceId } = at(sim, name);
      const stats = (await get(sim, `${site}/stats/devices/${deviceId}`)).body;
      const port = (stats['if_stat'] as Record<string, Body>)['ge-0/0/0.0'];
      return [stats['ext_ip'], port?.['address_mode'], port?.['ips'], port?.['nat_addresses']];
    };
    expect(await seen('Lyon')).toEqual(['203.0.113.10', 'Static', ['203.0.113.10'], []]);
    expect(await seen('Turin')).toEqual(['203.0.113.40', 'Dynamic', ['203.0.113.40'], []]);
    expect(await seen('Nice')).toEqual(['203.0.113.50', 'Static', ['192.168.100.2'], ['203.0.113.50']]);
    sim.portal.setPublicIp('Lyon', 'wan0', '203.0.113.99');
    expect(((await seen('Lyon')) as unknown[])[0]).toBe('203.0.113.99');
    sim.portal.setPublicIp('Lyon', 'wan0', null);
    expect(((await seen('Lyon')) as unknown[])[0]).toBe('203.0.113.10');
  });

  it('tells which devices are away', async () => {
    const { sim } = await withPlane();
    const list = `/api/v1/orgs/${sim.orgId}/stats/devices?type=gateway`;
    const away = (await get(sim, `${list}&status=disconnected`)).body;
    expect(away.map((row) => row['name'])).toEqual(['rome-ssr120']);
    expect((await get(sim, `${list}&status=connected`)).body).toHaveLength(8);
    const items = (await get(sim, `/api/v1/orgs/${sim.orgId}/inventory`)).body;
    items.forEach((item) => fits(shapes.inventoryItem, item));
    expect(items.filter((item) => item['connected'] === false)).toHaveLength(1);
  });
});

describe('device events of the simulated Mist', () => {
  it('names tunnel and neighbor in the text and has the keys of the contract', async () => {
    const { sim } = await withPlane();
    const { mac, site } = at(sim, 'Lyon');
    sim.recordEvent({ type: 'GW_TUNNEL_DOWN', mac, tunnel: 'mssse-wan0', reason: 'peer not responding' });
    sim.recordEvent({ type: 'GW_BGP_NEIGHBOR_UP', mac, neighbor: '10.99.99.2' });
    const events = await rows(sim, `${site}/devices/events/search`);
    events.forEach((event) => fits(shapes.deviceEvent, event));
    expect(events.map((event) => event['type'])).toEqual(['GW_BGP_NEIGHBOR_UP', 'GW_TUNNEL_DOWN']);
    expect(events[0]?.['text']).toMatch(/neighbor 10\.99\.99\.2/);
    expect(events[1]).toMatchObject({
      text: expect.stringMatching(/Tunnel mssse-wan0/),
      reason: 'peer not responding',
    });
  });

  it('hears nothing from a device that is away', async () => {
    const { sim } = await withPlane();
    const { mac, site } = at(sim, 'Rome');
    sim.recordEvent({ type: 'GW_TUNNEL_DOWN', mac, tunnel: 't' });
    sim.recordEvent({ type: 'GW_TUNNEL_DOWN', mac: '000000000000', tunnel: 't' });
    expect(await rows(sim, `${site}/devices/events/search`)).toEqual([]);
  });

  it('filters by type, device, text and time', async () => {
    const { sim } = await withPlane();
    const [lyon, porto] = [at(sim, 'Lyon'), at(sim, 'Porto')];
    for (const { mac } of [lyon, porto]) {
      sim.recordEvent({ type: 'GW_TUNNEL_UP', mac, tunnel: 'mssse-wan0' });
      sim.recordEvent({ type: 'GW_BGP_NEIGHBOR_UP', mac, neighbor: '10.99.99.2' });
    }
    sim.portal.setWanUp('Lyon', 'wan0', false);
    const search = `/api/v1/orgs/${sim.orgId}/devices/events/search`;
    expect(await rows(sim, `${search}?type=GW_TUNNEL_UP,GW_PORT_DOWN`)).toHaveLength(3);
    expect(await rows(sim, `${search}?type=GW_TUNNEL_UP&mac=${lyon.mac}`)).toHaveLength(1);
    expect(await rows(sim, `${search}?text=10.99.99.2`)).toHaveLength(2);
    expect(await rows(sim, `${search}?start=${Date.now() / 1000 + 60}`)).toEqual([]);
    expect(await rows(sim, `${search}?start=-1d&end=-1h`)).toEqual([]);
    expect((await get(sim, `${search}?duration=soon`)).status).toBe(400);
  });

  it('pages by a relative next that leads through every event once', async () => {
    const { sim } = await withPlane();
    const { mac, site } = at(sim, 'Lyon');
    for (let i = 0; i < 25; i += 1) sim.recordEvent({ type: 'GW_TUNNEL_UP', mac, tunnel: `t${i}` });
    const texts: unknown[] = [];
    let next: string | undefined = `${site}/devices/events/search?limit=10&end=${Date.now() / 1000 + 60}`;
    let pages = 0;
    while (next !== undefined) {
      const body: Body = (await get(sim, next)).body;
      pages += 1;
      texts.push(...(body['results'] as Body[]).map((event) => event['text']));
      expect(body['total']).toBe(25);
      next = body['next'] as string | undefined;
      if (next !== undefined) expect(next.startsWith('/api/v1/sites/')).toBe(true);
    }
    expect([pages, new Set(texts).size]).toEqual([3, 25]);
    expect((await get(sim, `${site}/devices/events/search?search_after=made-up`)).status).toBe(400);
  });

  it('shows the last configuration of gateways on request', async () => {
    const { sim } = await withPlane();
    const { site, device, mac } = at(sim, 'Lyon');
    await put(sim, device, { type: 'gateway', notes: 'x' });
    const path = `${site}/devices/last_config/search`;
    expect(await rows(sim, path)).toEqual([]);
    expect(await rows(sim, `${path}?device_type=gateway&duration=2w`)).toMatchObject([{ mac }]);
    const definitions = (await get(sim, '/api/v1/const/device_events')).body;
    expect(definitions.map((d) => d['key'])).toContain('GW_CONFIG_FAILED');
  });
});
