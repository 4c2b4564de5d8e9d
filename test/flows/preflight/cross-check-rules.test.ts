import { describe, expect, test } from 'vitest';
import { CHECK_IDS } from '../../../src/design/cross-checks/catalogue.ts';
import { blockers } from '../../../src/flows/preflight/blockers.ts';
import { itemOf as worstOf } from '../../../src/flows/preflight/cross-check-rules.ts';
import type { FlowSettings } from '../../../src/flows/parts.ts';
import type { PreflightItem } from '../../../src/flows/types.ts';
import { ask, inputsOf, itemOf, plan, type Wish } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

interface Scene {
  readonly wish?: Wish;
  readonly settings?: Partial<FlowSettings>;
  /** Changes the live state after the form was filled in. */
  readonly world?: (rig: Rig) => void | Promise<void>;
}

async function preflightIn({ wish, settings, world }: Scene = {}): Promise<readonly PreflightItem[]> {
  const rig = await startRig({ start: false, ...(settings && { settings }) });
  const inputs = await inputsOf(rig, wish);
  await world?.(rig);
  return (await plan(rig, inputs)).preflight;
}

async function itemIn(id: string, scene: Scene = {}): Promise<PreflightItem> {
  return itemOf(await preflightIn(scene), id);
}

const RANGE: Wish = { values: { range_a: '10.99.99.0/29' } };

function foreignLink(rig: Rig, edits: Record<string, unknown>, links = 1): void {
  const { links: rows } = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links });
  const last = rows.at(-1)?.resource.id ?? '';
  for (const [path, value] of Object.entries(edits)) rig.entra.store.edit('link', last, path, value);
}

const onTemplate = (edit: (body: Record<string, unknown>) => void) => (rig: Rig) =>
  rig.mist.portal.editTemplate('Branch-Std', edit);

describe('what would be written is cross-checked before it is', () => {
  test.each(['single-wan', 'single-wan-zone-redundant', 'dual-wan', 'dual-wan-zone-redundant'] as const)(
    'option %s: every check passes, none is left out',
    async (option) => {
      const items = (await preflightIn({ wish: { option } })).filter((item) => item.id.startsWith('X'));
      const asked = CHECK_IDS.filter((id) => id !== 'X20');
      expect(items.map((item) => item.id)).toEqual(asked);
      const notable = items.filter((item) => item.verdict !== 'pass');
      // Zone 2 over zone 1's tunnel leaves an endpoint unused, which is said.
      expect(notable.map((item) => `${item.id} ${item.verdict}`)).toEqual(
        option.endsWith('zone-redundant') ? ['X03 warning'] : [],
      );
    },
  );

  test('all internet traffic asks for the second profile as well', async () => {
    const item = await itemIn('X20', { wish: { values: { mode: 'internet' } } });
    expect(item).toMatchObject({ verdict: 'pass', seen: 'internet' });
  });

  test('a tunnel for each zone uses both endpoints', async () => {
    const wish: Wish = {
      option: 'single-wan-zone-redundant',
      values: { zone_topology: 'tunnel-per-zone' },
    };
    const item = await itemIn('X03', { wish });
    expect(item.verdict).toBe('pass');
  });
});

describe('limits of the tenant', () => {
  test.each(['X25', 'X27', 'X29'])(
    '%s is unknown where the tenant cannot be read, which is no pass',
    async (id) => {
      const world = (rig: Rig) =>
        void rig.entra.faults.plant({
          method: 'GET',
          path: '/remoteNetworks',
          times: -1,
          action: { kind: 'answer', status: 403 },
        });
      const item = await itemIn(id, { world });
      expect(item).toMatchObject({ verdict: 'unknown', seen: 'could not be read (entra.forbidden)' });
      expect(item.mend).not.toBe('');
    },
  );

  test('remote networks: one left, none left', async () => {
    const world = (rig: Rig) => void rig.entra.store.seedForeignNetwork({ name: 'Elsewhere' });
    expect((await itemIn('X29', { settings: { maxNetworks: 2 }, world })).verdict).toBe('pass');
    const full = await itemIn('X29', { settings: { maxNetworks: 1 }, world });
    expect(full).toMatchObject({
      verdict: 'fail',
      seen: 'No remote network is left in the tenant (1 of 1 networks used)',
    });
    expect(full.mend).toContain('SSE_MAX_NETWORKS');
  });

  test('links of one network', async () => {
    const wish: Wish = { option: 'dual-wan' };
    expect((await itemIn('X29', { wish })).verdict).toBe('pass');
    const item = await itemIn('X29', { wish, settings: { maxLinks: 1 } });
    expect(item).toMatchObject({ verdict: 'fail', seen: '2 links do not fit into one remote network (1)' });
  });

  test('the bandwidth pool: enough, just enough, too little, not known', async () => {
    const wish: Wish = { option: 'dual-wan', values: { bandwidth: 'mbps500' } };
    const world = (rig: Rig) => foreignLink(rig, { bandwidthCapacityInMbps: 'mbps750' }, 2);
    const withPool = (bandwidthPoolMbps: number) =>
      itemIn('X27', { wish, world, settings: { bandwidthPoolMbps } });
    expect((await withPool(2000)).verdict).toBe('pass');
    expect(await withPool(1999)).toMatchObject({ verdict: 'fail', seen: '1000 Mbps wanted, 999 Mbps left' });
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig, wish);
    const { bandwidthPoolMbps: _pool, ...settings } = rig.parts.settings;
    const { preflight } = await plan({ ...rig, parts: { ...rig.parts, settings } }, inputs);
    expect(itemOf(preflight, 'X27')).toMatchObject({
      verdict: 'warning',
      seen: '0 Mbps in use, 1000 Mbps for this site; the pool is not known',
    });
  });

  test('a bandwidth that Graph does not name counts as none', async () => {
    const world = (rig: Rig) => foreignLink(rig, { bandwidthCapacityInMbps: 'unknownFutureValue' });
    expect((await itemIn('X27', { world, settings: { bandwidthPoolMbps: 250 } })).verdict).toBe('pass');
  });

  test("another site's open request counts before Entra shows anything of it", async () => {
    const world = async (rig: Rig) => void (await ask(rig, { site: 'Porto' }));
    const item = await itemIn('X27', { world, settings: { bandwidthPoolMbps: 400 } });
    expect(item).toMatchObject({ verdict: 'fail', seen: '250 Mbps wanted, 150 Mbps left' });
    const slot = await itemIn('X29', { world, settings: { maxNetworks: 1 } });
    expect(slot.seen).toContain('1 of 1 networks used, 1 of them by open requests');
  });
});

describe('addresses that are taken', () => {
  test.each([
    ['bgpConfiguration.localIpAddress', '10.99.99.6'],
    ['bgpConfiguration.peerIpAddress', '10.99.99.1'],
    ['redundancyConfiguration.zoneLocalIpAddress', '10.99.99.3'],
  ])("a foreign link's %s in our range fails", async (path, address) => {
    const item = await itemIn('X25', { wish: RANGE, world: (rig) => foreignLink(rig, { [path]: address }) });
    expect(item.verdict).toBe('fail');
    expect(item.seen).toContain(`holds ${address} of Elsewhere/Elsewhere-link1`);
  });

  test('a clash is not hidden by a public address that another link shares', async () => {
    const world = (rig: Rig): void => {
      const { links } = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
      rig.entra.store.edit('link', links[0]!.resource.id, 'ipAddress', '203.0.113.10');
      rig.entra.store.edit('link', links[1]!.resource.id, 'bgpConfiguration.localIpAddress', '10.99.99.6');
    };
    const items = await preflightIn({ wish: RANGE, world });
    expect(itemOf(items, 'X25').seen).toContain('holds 10.99.99.6 of Elsewhere/Elsewhere-link2');
    expect(itemOf(items, 'X02')).toMatchObject({
      verdict: 'warning',
      seen: '203.0.113.10 is also the device address of Elsewhere/Elsewhere-link1',
    });
  });

  test("the site's own networks and WAN subnets", async () => {
    expect((await itemIn('X25', { wish: RANGE })).verdict).toBe('pass');
    const lan = (rig: Rig) =>
      rig.mist.portal.editNetwork('Guest', (body) => (body['subnet'] = '10.99.0.0/16'));
    const inside = await itemIn('X25', { wish: RANGE, world: lan });
    expect(inside.verdict).toBe('fail');
    expect(inside.seen).toContain('overlaps network Guest (10.99.0.0/16)');
    const wan = onTemplate((body) => {
      const ports = body['port_config'] as Record<string, Record<string, unknown>>;
      ports['ge-0/0/1']!['ip_config'] = { type: 'static', ip: '10.99.99.4', netmask: '/30' };
    });
    expect((await itemIn('X25', { wish: RANGE, world: wan })).verdict).toBe('fail');
  });

  test("another request's range", async () => {
    const world = async (rig: Rig) =>
      void (await ask(rig, { site: 'Porto', values: { range_a: '10.99.99.0/29' } }));
    expect(await itemIn('X25', { wish: RANGE, world })).toMatchObject({
      verdict: 'fail',
      seen: '10.99.99.0/29 is used by Porto',
    });
  });
});

describe('WAN ports', () => {
  const port = (patch: object | undefined) =>
    onTemplate((body) => {
      const ports = body['port_config'] as Record<string, object>;
      if (patch === undefined) delete ports['ge-0/0/0'];
      else ports['ge-0/0/0'] = { ...ports['ge-0/0/0'], ...patch };
    });

  test.each([
    ['PPPoE', { ip_config: { type: 'pppoe' } }, 'WAN port wan0 gets its address by PPPOE'],
    ['DHCP', { ip_config: { type: 'dhcp' } }, 'WAN port wan0 gets its address by DHCP'],
    ['gone', undefined, 'wan0 is not a WAN port of'],
    ['off', { disabled: true }, 'WAN port wan0 is switched off'],
  ])('%s fails and blocks', async (_name, patch, seen) => {
    const items = await preflightIn({ world: port(patch) });
    const item = itemOf(items, 'X17');
    expect(item.verdict).toBe('fail');
    expect(item.seen).toContain(seen);
    expect(blockers(items).map(({ id }) => id)).toContain('X17');
  });

  test('an address that is a variable without a value is not known, which is no pass', async () => {
    const item = await itemIn('X17', { world: port({ ip_config: { type: 'static', ip: '{{nowhere}}' } }) });
    expect(item).toMatchObject({ verdict: 'unknown' });
  });

  test('behind NAT is a warning', async () => {
    const item = await itemIn('X17', { wish: { site: 'Nice' } });
    expect(item.verdict).toBe('warning');
    expect(item.seen).toContain('behind NAT');
  });
});

test('a region that is not near is advice', async () => {
  const item = await itemIn('X26', { wish: { values: { region: 'eastUS' } } });
  expect(item.verdict).toBe('warning');
  expect(item.seen).toMatch(/is about \d+ km nearer to the site than East US/);
});

test('of many findings of one check the worst are shown, a few of them', () => {
  const found = Array.from({ length: 5 }, (_, n) => ({
    id: 'X25' as const,
    subject: `link ${n}`,
    verdict: n === 0 ? ('pass' as const) : ('fail' as const),
    message: `clash ${n}`,
    mend: 'Mend it.',
  }));
  expect(worstOf('X25', found)).toEqual({
    id: 'X25',
    verdict: 'fail',
    what: 'Peering addresses are used nowhere else',
    seen: 'clash 1; clash 2; clash 3; and 1 more',
    mend: 'Mend it.',
  });
});
