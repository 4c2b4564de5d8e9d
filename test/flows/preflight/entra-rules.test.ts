import { describe, expect, test } from 'vitest';
import type { FlowSettings } from '../../../src/flows/parts.ts';
import type { PreflightItem } from '../../../src/flows/types.ts';
import { inputsOf, itemOf, plan, type Wish } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

interface Scene {
  readonly id: string;
  readonly wish?: Wish;
  readonly settings?: Partial<FlowSettings>;
  readonly world?: (rig: Rig) => void;
}

/** One rule's answer over a live state that `world` prepared after the form was filled in. */
async function itemIn({ id, wish, settings, world }: Scene): Promise<PreflightItem> {
  const rig = await startRig({ start: false, ...(settings && { settings }) });
  const inputs = await inputsOf(rig, wish);
  world?.(rig);
  return itemOf((await plan(rig, inputs)).preflight, id);
}

const refuse = (path: string) => (rig: Rig) =>
  void rig.entra.faults.plant({ method: 'GET', path, times: -1, action: { kind: 'answer', status: 403 } });

function foreignLink(rig: Rig, edits: Record<string, unknown>, links = 1): void {
  const { links: rows } = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links });
  const last = rows.at(-1)?.resource.id ?? '';
  for (const [path, value] of Object.entries(edits)) rig.entra.store.edit('link', last, path, value);
}

describe('every rule about the tenant is unknown where it cannot be read, which is no pass', () => {
  test.each([
    ['entra.tenant', '/tenantStatus'],
    ['entra.profile.m365', '/forwardingProfiles$'],
    ['entra.prefixes', '/policies$'],
    ['entra.network.name', '/remoteNetworks'],
    ['entra.network.limit', '/remoteNetworks'],
    ['entra.bandwidth', '/remoteNetworks'],
    ['entra.addresses', '/remoteNetworks'],
  ])('%s', async (id, path) => {
    const item = await itemIn({ id, world: refuse(path) });
    expect(item).toMatchObject({ verdict: 'unknown', seen: 'could not be read (entra.forbidden)' });
    expect(item.mend).not.toBe('');
  });
});

describe('rules about the tenant', () => {
  test('onboarded or not', async () => {
    expect(await itemIn({ id: 'entra.tenant' })).toMatchObject({ verdict: 'pass', seen: 'onboarded' });
    const off = await itemIn({
      id: 'entra.tenant',
      world: (rig) => (rig.entra.store.tenant.onboardingStatus = 'offboarded'),
    });
    expect(off).toMatchObject({ verdict: 'fail', seen: 'offboarded' });
  });

  test('the traffic profile: enabled, disabled, absent; both for all internet traffic', async () => {
    const id = 'entra.profile.m365';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: 'Microsoft traffic profile' });
    const disabled = await itemIn({
      id,
      world: (rig) => rig.entra.store.edit('profile', 'm365', 'state', 'disabled'),
    });
    expect(disabled).toMatchObject({ verdict: 'fail', seen: 'Microsoft traffic profile is disabled' });
    const absent = await itemIn({ id, world: (rig) => void rig.entra.store.profiles.shift() });
    expect(absent).toMatchObject({ verdict: 'fail', seen: 'not found' });
    const internet = await itemIn({ id: 'entra.profile.internet', wish: { values: { mode: 'internet' } } });
    expect(internet.verdict).toBe('pass');
  });

  test("Microsoft's prefixes: known, not listed, or away for a moment", async () => {
    const id = 'entra.prefixes';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: '25 known' });
    const unlisted = await itemIn({ id, world: (rig) => (rig.entra.store.profile('m365').policies = []) });
    expect(unlisted).toMatchObject({
      verdict: 'warning',
      seen: 'the traffic profile does not list them',
    });
    const away = await itemIn({
      id: 'entra.prefixes.unread',
      world: (rig) => {
        const action = { kind: 'answer', status: 503 } as const;
        rig.entra.faults.plant({ path: '/policies$', times: -1, action });
      },
    });
    expect(away.verdict).toBe('unknown');
  });

  test('a remote network of our name is not ours', async () => {
    const id = 'entra.network.name';
    expect(await itemIn({ id })).toMatchObject({ verdict: 'pass', seen: 'free' });
    const taken = await itemIn({
      id,
      world: (rig) => void rig.entra.store.seedForeignNetwork({ name: 'Lyon', links: 2 }),
    });
    expect(taken).toMatchObject({ verdict: 'fail', seen: 'exists with 2 link(s) in westEurope' });
  });

  test('the limit of remote networks', async () => {
    const id = 'entra.network.limit';
    const world = (rig: Rig) => void rig.entra.store.seedForeignNetwork({ name: 'Elsewhere' });
    expect(await itemIn({ id, settings: { maxNetworks: 2 }, world })).toMatchObject({
      verdict: 'pass',
      seen: '1 of 2 used',
    });
    const full = await itemIn({ id, settings: { maxNetworks: 1 }, world });
    expect(full).toMatchObject({ verdict: 'fail', seen: '1 of 1 used' });
    expect(full.mend).toContain('SSE_MAX_NETWORKS');
  });

  test('the limit of links', async () => {
    const id = 'entra.links.limit';
    const wish = { option: 'dual-wan' } as const;
    expect(await itemIn({ id, wish })).toMatchObject({ verdict: 'pass', seen: '2 of 4' });
    expect(await itemIn({ id, wish, settings: { maxLinks: 1 } })).toMatchObject({
      verdict: 'fail',
      seen: '2',
    });
  });

  test('the bandwidth pool: enough, just enough, too little, not known', async () => {
    const id = 'entra.bandwidth';
    const wish: Wish = { option: 'dual-wan', values: { bandwidth: 'mbps500' } };
    const world = (rig: Rig) => foreignLink(rig, { bandwidthCapacityInMbps: 'mbps750' }, 2);
    const withPool = (bandwidthPoolMbps: number) =>
      itemIn({ id, wish, world, settings: { bandwidthPoolMbps } });
    expect(await withPool(2000)).toMatchObject({ verdict: 'pass', seen: '1000 of 1000 Mbps left' });
    expect(await withPool(1999)).toMatchObject({ verdict: 'fail', seen: '1000 Mbps wanted, 999 Mbps left' });
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig, wish);
    const { bandwidthPoolMbps: _pool, ...settings } = rig.parts.settings;
    const { preflight } = await plan({ ...rig, parts: { ...rig.parts, settings } }, inputs);
    expect(itemOf(preflight, id)).toMatchObject({
      verdict: 'warning',
      seen: '0 Mbps in use, 1000 Mbps wanted; the pool is not known',
    });
  });

  test('a link of a bandwidth that Graph does not name counts as none', async () => {
    const world = (rig: Rig) => foreignLink(rig, { bandwidthCapacityInMbps: 'unknownFutureValue' });
    const item = await itemIn({ id: 'entra.bandwidth', world, settings: { bandwidthPoolMbps: 250 } });
    expect(item.verdict).toBe('pass');
  });

  test.each([
    ['bgpConfiguration.localIpAddress', '10.99.99.6'],
    ['bgpConfiguration.peerIpAddress', '10.99.99.1'],
    ['redundancyConfiguration.zoneLocalIpAddress', '10.99.99.3'],
  ])("a foreign link's %s in our range fails", async (path, address) => {
    const item = await itemIn({
      id: 'entra.addresses',
      wish: { values: { range_a: '10.99.99.0/29' } },
      world: (rig) => foreignLink(rig, { [path]: address }),
    });
    expect(item).toMatchObject({
      verdict: 'fail',
      seen: `10.99.99.0/29 holds ${address} of Elsewhere/Elsewhere-link1`,
    });
  });

  test('a clash of a later link is not hidden by a public address that an earlier one shares', async () => {
    const item = await itemIn({
      id: 'entra.addresses',
      wish: { values: { range_a: '10.99.99.0/29' } },
      world: (rig) => {
        const { links } = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
        rig.entra.store.edit('link', links[0]!.resource.id, 'ipAddress', '203.0.113.10');
        rig.entra.store.edit('link', links[1]!.resource.id, 'bgpConfiguration.localIpAddress', '10.99.99.6');
      },
    });
    expect(item).toMatchObject({
      verdict: 'fail',
      seen: '10.99.99.0/29 holds 10.99.99.6 of Elsewhere/Elsewhere-link2',
    });
  });

  test('one public address for two links is a warning, and everything else is free', async () => {
    const id = 'entra.addresses';
    const same = await itemIn({ id, world: (rig) => foreignLink(rig, { ipAddress: '203.0.113.10' }) });
    expect(same).toMatchObject({
      verdict: 'warning',
      seen: '203.0.113.10 is also the device address of Elsewhere/Elsewhere-link1',
    });
    expect(await itemIn({ id, world: (rig) => foreignLink(rig, {}) })).toMatchObject({
      verdict: 'pass',
      seen: 'free',
    });
  });
});
