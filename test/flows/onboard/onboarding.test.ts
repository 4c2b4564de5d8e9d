import { describe, expect, test } from 'vitest';
import type { Option } from '../../../src/design/types.ts';
import { ask, askAndApprove, BEN, viewOf, type Wish } from '../support/asking.ts';
import { configuration, deviceOf, ours, writes } from '../support/both-sides.ts';
import { startRig } from '../support/rig.ts';

const LYON: readonly (readonly [string, Wish, string])[] = [
  ['single-wan', { option: 'single-wan' }, 'tunnels 1/1, BGP 1/1, routes 25'],
  ['single-wan-zone-redundant', { option: 'single-wan-zone-redundant' }, 'tunnels 1/1, BGP 2/2, routes 25'],
  ['dual-wan', { option: 'dual-wan' }, 'tunnels 2/2, BGP 2/2, routes 25'],
  ['dual-wan-zone-redundant', { option: 'dual-wan-zone-redundant' }, 'tunnels 2/2, BGP 4/4, routes 25'],
  [
    'a tunnel for each zone',
    { option: 'single-wan-zone-redundant', values: { zone_topology: 'tunnel-per-zone' } },
    'tunnels 2/2, BGP 2/2, routes 25',
  ],
  [
    'all internet traffic',
    { values: { mode: 'internet', networks: ['Lab'] } },
    'tunnels 1/1, BGP 1/1, routes 26',
  ],
];

describe('an approved plan is carried out', () => {
  test.each(LYON)('%s', async (_what, wish, line) => {
    const rig = await startRig();
    const id = await askAndApprove(rig, wish);
    await rig.until(id, 'onboarded');
    const view = await viewOf(rig, id);
    expect(view.statusLine).toBe(`Lyon: ${line}`);
    expect(view.steps.every((s) => s.state === 'done')).toBe(true);
    expect(view.left).toEqual([]);
    expect(view.reason).toBeUndefined();
    expect(view.failure).toBeUndefined();
    const made = ours(rig);
    expect(made.networks).toEqual(['Lyon']);
    expect(made.policies).toEqual(['microsoft-sse']);
    expect(new Set(made.connectors).size).toBe(made.connectors.length);
    expect(made.groups.toSorted()).toEqual(made.connectors.toSorted());
    expect(await rig.store.sites.get(rig.site('Lyon'))).toMatchObject({
      name: 'Lyon',
      state: 'onboarded',
      requestId: id,
    });
  });

  test.each([
    ['replace', 'Lyon', 'single-wan'],
    ['merge', 'Lyon', 'dual-wan-zone-redundant'],
    ['replace', 'Geneva', 'dual-wan-zone-redundant'],
    ['merge', 'Geneva', 'dual-wan'],
    ['replace', 'Paris', 'single-wan'],
    ['merge', 'Paris', 'single-wan'],
    ['merge', 'Nice', 'dual-wan'],
  ] as const)('whether Mist would %s: %s, %s', async (merge, site, option: Option) => {
    const rig = await startRig({ mist: { hypotheses: { merge } } });
    const id = await askAndApprove(rig, { site, option });
    await rig.until(id, 'onboarded');
    const { running } = deviceOf(rig, site);
    const names = Object.keys(running.keys['tunnel_configs'] as object);
    expect(names.filter((n) => n.startsWith('mssse-')).toSorted()).toEqual(
      ours(rig, site).connectors.toSorted(),
    );
    // The foreign connector still runs beside ours, its key as it was.
    if (site === 'Lyon') expect(names).toContain('dc-backup');
    if (site === 'Paris') expect(names).toContain('partner-vpn');
    const policies = running.servicePolicies.map((p) => p['name']);
    expect(policies.filter((p) => p === 'microsoft-sse')).toHaveLength(1);
  });

  test('nothing but the site itself is touched', async () => {
    const rig = await startRig();
    rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2, profile: 'm365' });
    const withoutOurs = (): unknown => {
      const all = configuration(rig) as {
        entra: {
          networks: { name: string }[];
          links: { name: string }[];
          profiles: { associations: unknown[] }[];
        };
        mist: { devices: { name: string }[]; services: { name: string }[] };
      };
      all.entra.networks = all.entra.networks.filter((n) => n.name !== 'Lyon');
      all.entra.links = all.entra.links.filter((l) => !l.name.startsWith('Lyon-'));
      all.entra.profiles = all.entra.profiles.map((p) => ({
        ...p,
        associations: p.associations.slice(0, 1),
      }));
      all.mist.devices = all.mist.devices.filter((d) => !d.name.startsWith('lyon'));
      all.mist.services = all.mist.services.filter((s) => s.name !== 'Microsoft-SSE');
      return all;
    };
    const before = withoutOurs();
    await rig.until(await askAndApprove(rig), 'onboarded');
    expect(withoutOurs()).toEqual(before);
  });

  test('each side is written in order, each object once', async () => {
    const rig = await startRig();
    await rig.until(await askAndApprove(rig, { option: 'dual-wan' }), 'onboarded');
    const made = writes(rig);
    expect(made.filter((w) => w.startsWith('entra'))).toEqual([
      'entra POST remoteNetworks',
      'entra POST deviceLinks',
      'entra POST deviceLinks',
    ]);
    expect(made.filter((w) => w.startsWith('mist'))).toHaveLength(3);
    expect(made.at(-1)).toMatch(/^mist PUT /);
  });

  test('each zone has a key of its own only where it has a tunnel of its own', async () => {
    const keysOf = async (zone_topology: string): Promise<Set<string>> => {
      const rig = await startRig();
      const id = await askAndApprove(rig, { option: 'single-wan-zone-redundant', values: { zone_topology } });
      await rig.until(id, 'onboarded');
      const [link] = rig.entra.store.links.values();
      const { preSharedKey, zoneRedundancyPreSharedKey } = link!.resource.tunnelConfiguration;
      const routers = Object.values(deviceOf(rig).body['tunnel_configs'] as Record<string, { psk: string }>)
        .map((t) => t.psk)
        .filter((psk) => !psk.startsWith('planted'));
      return new Set([preSharedKey ?? '', zoneRedundancyPreSharedKey ?? '', ...routers]);
    };
    expect((await keysOf('single-tunnel')).size).toBe(1);
    expect((await keysOf('tunnel-per-zone')).size).toBe(2);
  });

  test('what was made is in the ledger, and no key in any row', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const kinds = (await rig.store.ledger.live()).map((r) => `${r.vendor} ${r.kind} ${r.name}`).toSorted();
    expect(kinds).toEqual([
      'entra device-link Lyon-wan0',
      'entra remote-network Lyon',
      'mist bgp-group mssse-wan0',
      'mist connector mssse-wan0',
      'mist routing-policy mssse-in',
      'mist routing-policy mssse-out',
      'mist service Microsoft-SSE',
      'mist service-policy microsoft-sse',
    ]);
    const [link] = rig.entra.store.links.values();
    const psk = link?.resource.tunnelConfiguration.preSharedKey ?? '';
    const [run] = await rig.store.runs.ofRequest(id);
    const rows = [
      await rig.store.requests.get(id),
      await rig.store.runs.journal(run!.id),
      await rig.store.runs.steps(run!.id),
      await rig.store.sites.all(),
      await rig.store.audit.of(id),
      await viewOf(rig, id),
      rig.log,
    ];
    expect(psk).toHaveLength(43);
    expect(JSON.stringify(rows)).not.toContain(psk);
  });

  test('a second site uses the application that the first one made', async () => {
    const rig = await startRig();
    await rig.until(await askAndApprove(rig), 'onboarded');
    const id = await askAndApprove(rig, { site: 'Porto' });
    await rig.until(id, 'onboarded');
    expect(ours(rig, 'Porto').applications).toEqual(['Microsoft-SSE']);
  });

  test("a tenant whose profile's policies may not be read", async () => {
    const rig = await startRig();
    rig.entra.faults.plant({ path: '/policies$', times: -1, action: { kind: 'answer', status: 403 } });
    const id = await ask(rig);
    expect((await viewOf(rig, id)).canApprove).toBe(true);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
  });

  test('whatever the vendors answer to a created link', async () => {
    for (const linkCreated of ['no-content', 'empty-object', 'body'] as const) {
      const rig = await startRig();
      rig.entra.settings.linkCreated = linkCreated;
      await rig.until(await askAndApprove(rig), 'onboarded');
      expect(ours(rig).links).toEqual(['Lyon-wan0']);
    }
  });

  test('a run that was going on when the flows stopped goes on when they start', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    expect((await viewOf(rig, id)).state).toBe('Running');
    expect(writes(rig)).toEqual([]);
    await rig.flows.start();
    await rig.until(id, 'onboarded');
  });

  test('a plan of another version is put to a person, never guessed at', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const request = (await rig.store.requests.get(id))!;
    const copy = { ...request, id: 'older', planVersion: 0, siteId: 'another' };
    await rig.store.requests.insert(copy);
    expect((await rig.flows.approve(BEN, 'older')).kind).toBe('accepted');
    await rig.flows.start();
    await rig.until('older', 'needs-decision');
    const view = await viewOf(rig, 'older');
    expect(view.failure?.code).toBe('flow.plan_version');
    expect(writes(rig)).toEqual([]);
  });
});
