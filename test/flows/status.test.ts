import { describe, expect, test } from 'vitest';
import type { Mist } from '../../src/integrations/mist/types.ts';
import { askAndApprove, failureOf, valueOf, type Wish } from './support/asking.ts';
import { startRig, type Rig, type RigOptions } from './support/rig.ts';

async function connected(wish: Wish = {}, options: RigOptions = {}): Promise<Rig> {
  const rig = await startRig(options);
  await rig.until(await askAndApprove(rig, wish), 'onboarded');
  return rig;
}

/** Forgets the calls so far; the calls to both vendors since then, without tokens. */
function counting(rig: Rig): () => string[] {
  const before = { mist: rig.mist.calls.length, entra: rig.entra.calls.length };
  return () =>
    [...rig.mist.calls.slice(before.mist), ...rig.entra.calls.slice(before.entra)]
      .filter(({ path }) => !path.includes('oauth2'))
      .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
}

const statusOf = async (rig: Rig, site = 'Lyon') => valueOf(await rig.flows.status(rig.site(site)));

describe('the status of a site', () => {
  test('with four neighbors takes five calls, one of them to the router', async () => {
    const rig = await connected({ option: 'dual-wan-zone-redundant' });
    const calls = counting(rig);
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels 2/2, BGP 4/4, routes 25');
    expect(status.verdict).toBe('Up: every tunnel and neighbor, with routes.');
    expect(status.unread).toEqual([]);
    expect(calls().toSorted()).toEqual([
      expect.stringMatching(/^GET devices\/0/),
      expect.stringMatching(/^GET devices\/0/),
      'GET logs/remoteNetworks',
      expect.stringMatching(/^GET remoteNetworks\//),
      expect.stringMatching(/^POST .*\/show_route$/),
    ]);
  });

  test('of a pair counts the routes of both nodes', async () => {
    const rig = await connected({ site: 'Geneva', option: 'dual-wan-zone-redundant' });
    expect((await statusOf(rig, 'Geneva')).line).toBe('Geneva: tunnels 2/2, BGP 4/4, routes 25');
  });

  test('counts routes as the verification did, without what the import policy refuses', async () => {
    const rig = await connected({ values: { mode: 'internet', networks: ['Lab'] } });
    const row = await rig.store.sites.get(rig.site('Lyon'));
    const request = await rig.store.requests.get(row?.requestId ?? '');
    expect((await statusOf(rig)).line).toBe((request?.outcome as { line: string }).line);
  });

  test('says down where the WAN is cut', async () => {
    const rig = await connected();
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await expect.poll(async () => (await statusOf(rig)).line).toBe('Lyon: tunnels 0/1, BGP 0/1, routes 0');
    expect((await statusOf(rig)).verdict).toBe('Down: no tunnel is up.');
  });

  test('does not know a tunnel that Mist does not report: no row is not down', async () => {
    const rig = await connected({ option: 'dual-wan' });
    rig.mist.portal.editDevice('Lyon', removeConnector);
    await expect.poll(async () => (await statusOf(rig)).tunnelsUp).toBeUndefined();
    const { line, verdict, unread, tunnels } = await statusOf(rig);
    expect(line).toMatch(/^Lyon: tunnels \?\/2, /);
    expect(verdict).toMatch(
      /^Mist does not report every tunnel, and \d+ values differ between Entra and Mist: a diagnosis says why\.$/,
    );
    expect(unread).toEqual([]);
    expect(tunnels.map(({ wan, up }) => [wan, up])).toEqual([
      ['wan0', true],
      ['wan1', undefined],
    ]);
  });

  test('does not know a neighbor that Mist does not report', async () => {
    let shown = Infinity;
    const wrapMist = (mist: Mist): Mist => ({
      ...mist,
      deviceReport: async (...query) => {
        const report = await mist.deviceReport(...query);
        return { ...report, peers: report.peers?.slice(0, shown) ?? [] };
      },
    });
    const rig = await connected({ option: 'dual-wan' }, { wrapMist });
    shown = 1;
    const { line, verdict } = await statusOf(rig);
    expect(line).toBe('Lyon: tunnels 2/2, BGP ?/2, routes 25');
    expect(verdict).toBe('Tunnels are up; Mist does not report every neighbor yet.');
  });

  test('names what could not be read', async () => {
    const rig = await connected();
    for (const path of ['stats/devices/', 'tunnels/search$', 'show_route$'])
      rig.mist.faults.plant({ path, times: -1, action: { kind: 'answer', status: 403 } });
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels ?/1, BGP 1/1, routes ?');
    expect(status.unread.map(({ what, failure }) => [what, failure.code])).toEqual([
      ['Mist device', 'mist.forbidden'],
      ['Mist tunnels', 'mist.forbidden'],
      ['learned routes', 'mist.forbidden'],
    ]);
    expect(status.verdict).toBe('Not everything could be read; what is missing is listed.');
  });

  test('knows no routes where the router does not answer', async () => {
    const rig = await connected();
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const status = await statusOf(rig);
    expect(status.line).toBe('Lyon: tunnels ?/1, BGP ?/1, routes ?');
    expect(status.device?.connected).toBe(false);
    expect(status.tunnels[0]).toMatchObject({ lastKnown: 'up', neighbors: [{ state: 'established' }] });
    expect(status.verdict).toContain('does not report to Mist');
  });

  test('whose statistics carry no sessions is read from the searches instead', async () => {
    const wrapMist = (mist: Mist): Mist => ({
      ...mist,
      deviceReport: async (...query) => {
        const { tunnels: _tunnels, ...report } = await mist.deviceReport(...query);
        return report;
      },
    });
    const rig = await connected({}, { wrapMist });
    expect((await statusOf(rig)).line).toBe('Lyon: tunnels 1/1, BGP 1/1, routes 25');
  });

  test('does not take an old row for the present', async () => {
    const wrapMist = (mist: Mist): Mist => ({
      ...mist,
      deviceReport: async (...query) => {
        const report = await mist.deviceReport(...query);
        const old = Date.now() - 40 * 60_000;
        return { ...report, peers: (report.peers ?? []).map((peer) => ({ ...peer, atMs: old })) };
      },
    });
    const rig = await connected({}, { wrapMist });
    const { line, tunnels } = await statusOf(rig);
    expect(line).toBe('Lyon: tunnels 1/1, BGP ?/1, routes 25');
    expect(tunnels[0]?.neighbors[0]).toMatchObject({
      state: 'established',
      staleSinceMs: expect.any(Number),
    });
  });

  test('shows what Entra logged of each tunnel, under the connector’s name', async () => {
    const rig = await connected({ option: 'dual-wan' });
    const { entra } = await statusOf(rig);
    expect(entra.map(({ tunnel }) => tunnel).toSorted()).toEqual(['mssse-wan0', 'mssse-wan1']);
  });

  test('says in which values Entra and Mist differ, before anything falls', async () => {
    const rig = await connected();
    expect((await statusOf(rig)).agreement).toMatchObject({ differences: [], unknown: [] });
    rig.entra.store.edit('link', 'Lyon-wan0', 'tunnelConfiguration.pfsGroup', 'pfs24');
    const { agreement } = await statusOf(rig);
    expect(agreement?.differences).toHaveLength(1);
    expect(agreement?.differences[0]).toContain('PFS');
  });

  test('names what two readings cannot judge, and judges the ports by what the router reports', async () => {
    const rig = await connected();
    const { agreement } = await statusOf(rig);
    const open = [
      "Application covers Microsoft's prefixes",
      'Application policy wins and follows learned routes',
    ];
    expect(agreement).toMatchObject({ differences: [], unknown: [], notJudged: open });
    rig.mist.faults.plant({ path: 'stats/devices/', times: -1, action: { kind: 'answer', status: 403 } });
    expect((await statusOf(rig)).agreement).toMatchObject({
      differences: [],
      notJudged: ['WAN port has the public address', ...open],
    });
  });

  test.each([
    ['steered', { path_preference: 'dia' }, 'names a path'],
    ['denied', { action: 'deny' }, 'denies the traffic'],
    ['for nobody', { tenants: [] }, 'No policy lets'],
  ])('says that the application policy is %s, though every session stands', async (_how, change, words) => {
    const rig = await connected();
    rig.mist.portal.editDevice('Lyon', (body) => {
      const rules = body['service_policies'] as { name?: string }[];
      for (const rule of rules) if (rule.name === 'microsoft-sse') Object.assign(rule, change);
    });
    const { agreement } = await statusOf(rig);
    expect(agreement?.differences).toEqual([expect.stringContaining(words)]);
    expect(agreement?.notJudged).toHaveLength(1);
  });

  test('says that a connector leaves another port than it was designed for', async () => {
    const rig = await connected();
    rig.mist.portal.editDevice('Lyon', (body) => {
      const { 'mssse-wan0': connector } = body['tunnel_configs'] as Record<string, { primary: object }>;
      Object.assign(connector?.primary ?? {}, { wan_names: ['wan1'] });
    });
    const { agreement } = await statusOf(rig);
    expect(agreement?.differences).toEqual([
      'The connector leaves wan1, and the design says wan0 (mssse-wan0)',
    ]);
  });

  test('of a site that the bot did not build is drawn from its configuration', async () => {
    const rig = await connected({ option: 'dual-wan-zone-redundant' });
    await rig.store.sites.remove(rig.site('Lyon'));
    const { line, verdict, agreement } = await statusOf(rig);
    expect(line).toBe('Lyon: tunnels 2/2, BGP 4/4, routes 25');
    expect({ verdict, differences: agreement?.differences }).toEqual({
      verdict: 'Up: every tunnel and neighbor, with routes.',
      differences: [],
    });
  });

  test('of a site that is not connected is refused', async () => {
    const rig = await startRig();
    expect(failureOf(await rig.flows.status(rig.site('Lyon'))).code).toBe('flow.site_not_connected');
  });
});

describe('the status of all sites', () => {
  test('takes three calls, however many sites there are', async () => {
    const rig = await connected({ option: 'dual-wan' });
    await rig.until(await askAndApprove(rig, { site: 'Paris' }), 'onboarded');
    const calls = counting(rig);
    const { sites } = valueOf(await rig.flows.fleet());
    expect(calls().toSorted()).toEqual(['GET bgp_peers/search', 'GET stats/devices', 'GET tunnels/search']);
    // Two neighbors announce the same prefixes: how many different ones that makes, no search says.
    expect(sites.map(({ line, verdict }) => [line, verdict])).toEqual([
      ['Lyon: tunnels 2/2, BGP 2/2, routes ?', 'Up: every tunnel and neighbor.'],
      ['Paris: tunnels 1/1, BGP 1/1, routes 25', 'Up: every tunnel and neighbor, with routes.'],
    ]);
  });

  test('puts the worst first, though its connectors have the same names as those of others', async () => {
    const rig = await connected();
    await rig.until(await askAndApprove(rig, { site: 'Paris' }), 'onboarded');
    rig.mist.portal.setWanUp('Paris', 'wan0', false);
    await expect
      .poll(async () => valueOf(await rig.flows.fleet()).sites.map(({ line }) => line))
      .toEqual(['Paris: tunnels 0/1, BGP 0/1, routes 0', 'Lyon: tunnels 1/1, BGP 1/1, routes 25']);
  });

  test('knows nothing of any site where Mist cannot be searched', async () => {
    const rig = await connected();
    rig.mist.faults.plant({ path: '/stats/', times: -1, action: { kind: 'answer', status: 403 } });
    const fleet = valueOf(await rig.flows.fleet());
    const [lyon] = fleet.sites;
    expect(lyon?.line).toBe('Lyon: tunnels ?/1, BGP ?/1, routes ?');
    expect(fleet.unread.map(({ what }) => what)).toEqual([
      'Mist device',
      'Mist tunnels',
      'Mist BGP neighbors',
    ]);
  });

  test('asks nobody where no site is connected', async () => {
    const rig = await startRig();
    const calls = counting(rig);
    expect(valueOf(await rig.flows.fleet()).sites).toEqual([]);
    expect(calls()).toEqual([]);
  });
});

/** Somebody takes our second connector away in the portal, and its neighbor with it. */
function removeConnector(body: Record<string, unknown>): void {
  for (const key of ['tunnel_configs', 'bgp_config']) {
    const kept = Object.entries(body[key] as object).filter(([name]) => name !== 'mssse-wan1');
    body[key] = Object.fromEntries(kept);
  }
}
