import { describe, expect, test } from 'vitest';
import { statusLine } from '../../src/flows/status/status-line.ts';
import { askAndApprove, failureOf, valueOf, type Wish } from './support/asking.ts';
import { eventually, startRig, type Rig } from './support/rig.ts';

/** A site that was onboarded and whose neighbors Mist reports. */
async function connected(wish: Wish = {}): Promise<Rig> {
  const rig = await startRig();
  await rig.until(await askAndApprove(rig, wish), 'onboarded');
  return rig;
}

const statusOf = async (rig: Rig, site = 'Lyon') => valueOf(await rig.flows.status(rig.site(site)));

function refuse(rig: Rig, system: 'entra' | 'mist', path: string): void {
  rig[system].faults.plant({ path, times: -1, action: { kind: 'answer', status: 403 } });
}

describe('a site as both sides report it', () => {
  test('up: every tunnel with its neighbors, and what Entra logged last of each', async () => {
    const rig = await connected({ option: 'dual-wan-zone-redundant' });
    const status = await statusOf(rig);
    expect(status).toMatchObject({
      site: { name: 'Lyon' },
      tunnelsUp: 2,
      neighborsUp: 4,
      neighborsExpected: 4,
      routes: 25,
      unread: [],
      verdict: 'Up: every tunnel and neighbor, with routes.',
      line: 'Lyon: tunnels 2/2, BGP 4/4, routes 25',
    });
    expect(status.tunnels.map((t) => [t.name, t.wan, t.up])).toEqual([
      ['mssse-wan0', 'wan0', true],
      ['mssse-wan1', 'wan1', true],
    ]);
    const established = { state: 'established', up: true, rxRoutes: 25, txRoutes: 2 };
    expect(status.tunnels[0]?.neighbors[0]).toMatchObject(established);
    const pairs = status.entra.map((e) => `${e.deviceIp} ${e.microsoftIp}`);
    expect(pairs.length).toBeGreaterThan(0);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  test('one tunnel down is degraded, with the reason in its row', async () => {
    const rig = await connected({ option: 'dual-wan' });
    rig.mist.portal.setWanUp('Lyon', 'wan1', false);
    const status = await statusOf(rig);
    expect(status.verdict).toBe('Degraded: mssse-wan1 is down.');
    expect(status.line).toMatch(/^Lyon: tunnels 1\/2, BGP 1\/2, routes /);
    expect(status.tunnels[1]?.lastEvent).toBe('WAN interface down');
  });

  test('every tunnel down is down', async () => {
    const rig = await connected({ option: 'dual-wan' });
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    rig.mist.portal.setWanUp('Lyon', 'wan1', false);
    const status = await statusOf(rig);
    expect(status.verdict).toBe('Down: no tunnel is up.');
    expect(status.line).toMatch(/^Lyon: tunnels 0\/2, BGP 0\/2/);
  });

  test('a neighbor that is not established is named', async () => {
    const rig = await connected({ option: 'single-wan-zone-redundant' });
    const [link] = rig.entra.store.links.values();
    rig.entra.setZoneAlive(link!.resource.id, 2, false);
    const status = await eventually(async () => {
      const now = await statusOf(rig);
      return now.neighborsUp === 1 && now;
    });
    expect(status.verdict).toBe('Degraded: neighbor 10.99.96.10 is not established.');
  });

  test('up without a route is degraded', async () => {
    const rig = await connected();
    for (const profile of rig.entra.store.profiles) profile.associations = [];
    rig.entra.store.changed();
    const status = await statusOf(rig);
    expect(status.routes).toBe(0);
    expect(status.verdict).toBe('Degraded: everything is up, but no route is learned.');
  });

  test('a site that is not connected is said so', async () => {
    const rig = await startRig({ start: false });
    expect(failureOf(await rig.flows.status(rig.site('Lyon'))).code).toBe('flow.site_not_connected');
  });
});

describe('what cannot be read is unknown, never down', () => {
  test('nothing at all can be read', async () => {
    const rig = await connected({ option: 'dual-wan' });
    refuse(rig, 'mist', '.');
    refuse(rig, 'entra', '.');
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels ?/2, BGP ?/2, routes ?');
    expect(status.verdict).toBe('Not everything could be read; what is missing is listed.');
    expect(status.unread.map((u) => u.what)).toEqual([
      'Mist device',
      'Mist tunnels',
      'Mist BGP neighbors',
      'Entra health log',
      'learned routes',
      'the two configurations',
    ]);
    expect(status.unread.every((u) => u.failure.hint !== '')).toBe(true);
    expect(status.tunnels.every((t) => t.up === undefined)).toBe(true);
    expect(status.tunnels.flatMap((t) => t.neighbors).every((n) => n.up === undefined)).toBe(true);
    expect(JSON.stringify(status)).not.toMatch(/\bdown\b/i);
  });

  test.each([
    ['mist', '/stats/devices/', 'Mist device', 'tunnels 1/1, BGP 1/1, routes 25'],
    ['mist', '/show_route', 'learned routes', 'tunnels 1/1, BGP 1/1, routes ?'],
    ['entra', '/logs/', 'Entra health log', 'tunnels 1/1, BGP 1/1, routes 25'],
  ] as const)('%s %s is away: the rest is shown', async (system, path, what, line) => {
    const rig = await connected();
    refuse(rig, system, path);
    const status = await statusOf(rig);
    expect(status.line).toBe(`Lyon: ${line}`);
    expect(status.unread.map((u) => u.what)).toEqual([what]);
    expect(status.verdict).toBe('Not everything could be read; what is missing is listed.');
  });

  test('a tunnel that is down says so although other things could not be read', async () => {
    const rig = await connected({ option: 'dual-wan' });
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    refuse(rig, 'mist', '/stats/(bgp_peers|devices)');
    const status = await statusOf(rig);
    expect(status.verdict).toBe('Degraded: mssse-wan0 is down.');
    expect(status.line).toMatch(/^Lyon: tunnels 1\/2, BGP \?\/2/);
  });

  test('a router that does not print its routes', async () => {
    const rig = await connected();
    const never = { kind: 'answer', status: 200, body: '{"session":"never"}' } as const;
    rig.mist.faults.plant({ path: '/show_route$', times: -1, action: never });
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels 1/1, BGP 1/1, routes ?');
    expect(status.verdict).toBe('Tunnels and neighbors are up; the routes could not be read.');
  });

  test('tunnels and neighbors that Mist does not report', async () => {
    const rig = await connected();
    rig.plane.tunnels = () => [];
    rig.plane.bgpPeers = () => [];
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels ?/1, BGP ?/1, routes ?');
    expect(status.verdict).not.toMatch(/\bdown\b/i);
    expect(status.unread).toEqual([]);
  });
});

describe('the fleet', () => {
  test('is the sites that the bot has connected, worst first, equals by name', async () => {
    const rig = await startRig();
    for (const site of ['Porto', 'Lyon', 'Bruges', 'Nice']) {
      await rig.until(await askAndApprove(rig, { site, option: 'dual-wan' }), 'onboarded');
    }
    rig.mist.portal.setWanUp('Porto', 'wan0', false);
    rig.mist.portal.setWanUp('Porto', 'wan1', false);
    rig.mist.portal.setWanUp('Nice', 'wan1', false);
    const calls = rig.mist.calls.length;
    const fleet = valueOf(await rig.flows.fleet());
    expect(fleet.sites.map((s) => s.site.name)).toEqual(['Porto', 'Nice', 'Bruges', 'Lyon']);
    expect(fleet.counts).toEqual({ down: 1, degraded: 1, unknown: 0, up: 2 });
    // Three lists over the organisation, however many sites there are.
    expect(rig.mist.calls.length - calls).toBe(3);
    // A page of the same reading asks nobody.
    expect(valueOf(await rig.flows.fleet(60_000))).toBe(fleet);
    expect(rig.mist.calls.length - calls).toBe(3);
  });

  test('a site of which nothing is known stands between those that are down and those that are up', async () => {
    const rig = await startRig();
    for (const site of ['Bruges', 'Lyon', 'Porto']) {
      await rig.until(await askAndApprove(rig, { site }), 'onboarded');
    }
    rig.mist.portal.setWanUp('Porto', 'wan0', false);
    const siteId = rig.site('Lyon');
    const { tunnels } = rig.plane;
    const lyon = [...rig.mist.store.devices.values()].find((d) => d.siteId === siteId);
    rig.plane.tunnels = (mac) => (mac === lyon?.body.mac ? [] : tunnels(mac));
    expect(valueOf(await rig.flows.fleet()).sites.map((s) => s.site.name)).toEqual([
      'Porto',
      'Lyon',
      'Bruges',
    ]);
  });

  test('is all unknown while Mist is away, and empty where nothing is connected', async () => {
    const rig = await startRig();
    expect(valueOf(await rig.flows.fleet()).sites).toEqual([]);
    await rig.until(await askAndApprove(rig), 'onboarded');
    refuse(rig, 'mist', '/stats/');
    const fleet = valueOf(await rig.flows.fleet());
    const [lyon] = fleet.sites;
    expect(lyon?.line).toBe('Lyon: tunnels ?/1, BGP ?/1, routes ?');
    expect(fleet.unread.map((u) => u.what)).toEqual(['Mist device', 'Mist tunnels', 'Mist BGP neighbors']);
  });
});

describe('the line', () => {
  test('shows what is not known as a question mark', () => {
    const known = { tunnelsUp: 2, tunnelsExpected: 2, neighborsUp: 4, neighborsExpected: 4, routes: 812 };
    expect(statusLine('Lyon', known)).toBe('Lyon: tunnels 2/2, BGP 4/4, routes 812');
    const half = { ...known, tunnelsUp: undefined, neighborsExpected: undefined, routes: undefined };
    expect(statusLine('Lyon', half)).toBe('Lyon: tunnels ?/2, BGP 4/?, routes ?');
  });
});
