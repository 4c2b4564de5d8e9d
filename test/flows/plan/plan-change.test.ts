import { describe, expect, test } from 'vitest';
import { PLANTED_PSKS } from '../../../sandbox/mist/seed.ts';
import type { SiteInputs } from '../../../src/design/types.ts';
import { planChange } from '../../../src/flows/plan/plan-change.ts';
import { failureOf, inputsOf, plan } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** The same data with the keys of every object in the opposite order. */
function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reordered) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reordered(v)]),
  ) as T;
}

async function digestsAround(change: (rig: Rig) => void): Promise<[string, string]> {
  const rig = await startRig({ start: false });
  const inputs = await inputsOf(rig, { values: { networks: ['Lab'], range_a: '10.99.99.0/29' } });
  const before = await plan(rig, inputs);
  change(rig);
  return [before.digest, (await plan(rig, inputs)).digest];
}

const edit = (key: string) => (rig: Rig) =>
  rig.mist.portal.editDevice('Lyon', (body) => (body[key] = key === 'service_policies' ? [] : {}));

const addApplication = (rig: Rig) =>
  void rig.mist.portal.addService({
    name: 'Microsoft-SSE',
    type: 'custom',
    addresses: ['0.0.0.0/1', '128.0.0.0/1'],
    specs: [{ protocol: 'any' }],
  });

describe('the digest of a plan', () => {
  test('is the same over an unchanged live state, however often and in whatever order of keys', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig, { option: 'dual-wan-zone-redundant' });
    const digests = new Set<string>();
    for (const given of [inputs, inputs, reordered(inputs)]) digests.add((await plan(rig, given)).digest);
    for (const device of rig.mist.store.devices.values()) device.body = reordered(device.body);
    for (const [id, template] of rig.mist.store.templates)
      rig.mist.store.templates.set(id, reordered(template));
    digests.add((await plan(rig, inputs)).digest);
    expect(digests.size).toBe(1);
    expect([...digests][0]).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each<[string, (rig: Rig) => void]>([
    ["the router's connectors", edit('tunnel_configs')],
    ["the router's BGP groups", edit('bgp_config')],
    ["the router's routing policies", edit('routing_policies')],
    ["the router's application policies", edit('service_policies')],
    [
      "the template's connectors",
      (rig) =>
        rig.mist.portal.editTemplate('Branch-Std', (body) => {
          const tunnels = body['tunnel_configs'] as Record<string, Record<string, unknown>>;
          tunnels['dc-backup']!['ike_lifetime'] = 3600;
        }),
    ],
    [
      "a rule of the organisation's that moves our position",
      (rig) =>
        rig.mist.portal.editTemplate('Branch-Std', (body) => {
          body['service_policies'] = (body['service_policies'] as unknown[]).toReversed();
        }),
    ],
    ['the traffic profile', (rig) => (rig.entra.store.profile('m365').id = 'another-profile')],
    [
      "a network's prefix",
      (rig) => rig.mist.portal.editNetwork('Lab', (body) => (body['subnet'] = '10.77.0.0/24')),
    ],
  ])('is another one once %s changed', async (_what, change) => {
    const [before, after] = await digestsAround(change);
    expect(after).not.toBe(before);
  });

  test.each<[string, (rig: Rig) => void]>([
    [
      'keys that we do not write',
      (rig) => rig.mist.portal.editDevice('Lyon', (body) => (body['dns_servers'] = ['1.1.1.1'])),
    ],
    [
      "another site's router",
      (rig) => rig.mist.portal.editDevice('Porto', (body) => (body['bgp_config'] = {})),
    ],
    ['the shared application, which every site may make', addApplication],
    ['a foreign remote network', (rig) => void rig.entra.store.seedForeignNetwork({ name: 'Elsewhere' })],
    [
      'only a foreign key, which nobody may learn from a digest',
      (rig) =>
        rig.mist.portal.editTemplate('Branch-Std', (body) => {
          const tunnels = body['tunnel_configs'] as Record<string, Record<string, unknown>>;
          tunnels['dc-backup']!['psk'] = 'rotated-by-somebody';
        }),
    ],
  ])('does not move with %s', async (_what, change) => {
    const [before, after] = await digestsAround(change);
    expect(after).toBe(before);
  });

  test.each<[string, (inputs: SiteInputs) => SiteInputs]>([
    ['bandwidth', (i) => ({ ...i, bandwidth: 'mbps1000' })],
    ['region', (i) => ({ ...i, region: 'westEurope' })],
    ['range', (i) => ({ ...i, rangeA: '10.99.101.0/29' })],
    ['ASN', (i) => ({ ...i, deviceAsn: 65010 })],
    ['networks', (i) => ({ ...i, networks: ['Guest'] })],
    ['traffic mode', (i) => ({ ...i, mode: 'internet' })],
    ['proposal', (i) => ({ ...i, ikeId: 'aes256-sha256-dh20' })],
    ['public address', (i) => ({ ...i, links: i.links.map((l) => ({ ...l, publicIp: '203.0.113.99' })) })],
  ])('is another one for another %s', async (_what, change) => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig, { values: { networks: ['Lab'] } });
    expect((await plan(rig, change(inputs))).digest).not.toBe((await plan(rig, inputs)).digest);
  });
});

describe('what a plan does not hold', () => {
  test('a key, ours or foreign: not in the design, the operations or the preflight', async () => {
    const rig = await startRig({ start: false });
    const foreign = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
    for (const site of ['Lyon', 'Paris']) {
      const text = JSON.stringify(await plan(rig, await inputsOf(rig, { site })));
      for (const psk of [...Object.values(PLANTED_PSKS), ...foreign.psks]) expect(text).not.toContain(psk);
      expect(text).toContain('[secret]');
    }
  });

  test('anything that a stored request would lose: it survives JSON as it is', async () => {
    const rig = await startRig({ start: false });
    const made = await plan(rig, await inputsOf(rig, { option: 'dual-wan-zone-redundant' }));
    const stored = JSON.parse(JSON.stringify(made.plan)) as unknown;
    expect(stored).toEqual(made.plan);
  });
});

describe('what a plan locks', () => {
  test('the router only, whether the shared application is there or not', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig);
    expect((await plan(rig, inputs)).plan.locks).toEqual([`device:${inputs.device.id}`]);
    addApplication(rig);
    expect((await plan(rig, inputs)).plan.locks).toEqual([`device:${inputs.device.id}`]);
  });
});

describe('where no plan can be made', () => {
  test('a site, a router or a network that is gone', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig);
    const refused = async (change: Partial<SiteInputs>) =>
      failureOf(await planChange(rig.parts, { ...inputs, ...change })).code;
    expect(await refused({ device: { id: 'nobody', name: 'nobody' } })).toBe('flow.device_gone');
    expect(await refused({ networks: ['Lab', 'Ghost'] })).toBe('flow.network_gone');
    rig.mist.faults.plant({ path: '/sites/[^/]+$', action: { kind: 'answer', status: 404 } });
    expect(await refused({})).toBe('flow.site_gone');
  });
});
