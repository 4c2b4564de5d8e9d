import { describe, expect, test } from 'vitest';
import { BEN, ask, askAndApprove, itemOf, viewOf, type Wish } from '../support/asking.ts';
import { configuration, deviceOf, writes } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { BY_HAND, buildByHand } from './hand-made.ts';

const SINGLE: Wish = { values: { range_a: BY_HAND.range_a } };
const DUAL: Wish = { option: 'dual-wan-zone-redundant', values: BY_HAND };
const PER_ZONE: Wish = {
  option: 'single-wan-zone-redundant',
  values: { ...BY_HAND, zone_topology: 'tunnel-per-zone' },
};

function entraOf(rig: Rig): unknown {
  return (configuration(rig) as { entra: unknown }).entra;
}

function posts(rig: Rig): string[] {
  return writes(rig).filter((call) => /remoteNetworks/.test(call));
}

describe('a network that was built by hand', () => {
  test.each([
    ['one link', SINGLE],
    ['two links with two zones', DUAL],
    ['a tunnel for each zone', PER_ZONE],
  ])('is used as it is: %s', async (_what, wish) => {
    const rig = await startRig();
    const made = await buildByHand(rig, wish);
    const before = entraOf(rig);
    const sent = posts(rig).length;
    const id = await askAndApprove(rig, wish);
    await rig.until(id, 'onboarded');
    expect(posts(rig)).toHaveLength(sent);
    expect(entraOf(rig)).toEqual(before);
    // The router got the keys that had been typed, and the two sides reach each other with them.
    const tunnels = deviceOf(rig).running.keys['tunnel_configs'] as Record<string, { psk: string }>;
    for (const link of made.design.links) {
      for (const connector of link.connectors) {
        const key = made.keys[link.name] ?? '';
        expect(tunnels[connector.name]?.psk).toBe(connector.zone === 1 ? key : `${key}-z2`);
      }
    }
    const rows = await rig.store.ledger.live(rig.site('Lyon'));
    const adopted = rows.filter((row) => row.adopted).map(({ kind, remoteId }) => ({ kind, remoteId }));
    expect(adopted).toContainEqual({ kind: 'remote-network', remoteId: made.networkId });
    expect(adopted.filter((row) => row.kind === 'device-link')).toHaveLength(made.design.links.length);
    expect(rows.filter((row) => row.vendor === 'mist' && row.adopted)).toEqual([]);
  });

  test('is named in the plan with its IDs, and no key of it stands there', async () => {
    const rig = await startRig();
    const made = await buildByHand(rig, DUAL);
    const id = await ask(rig, DUAL);
    const view = await viewOf(rig, id);
    expect(itemOf(view.preflight, 'entra.network.name')).toMatchObject({
      verdict: 'pass',
      seen: `exists (${made.networkId}) with ${made.design.links.map((l) => l.name).join(', ')} and matches; used as it is`,
    });
    const text = JSON.stringify(await rig.store.requests.get(id));
    expect(text).toContain(`= use existing remote network Lyon (${made.networkId}), as it matches`);
    for (const link of made.design.links)
      expect(text).toMatch(new RegExp(`= use existing device link ${link.name} \\([^)]+\\), as it matches`));
    expect(text).not.toContain('typed-by-hand');
  });

  test('gets the link that it lacks', async () => {
    const rig = await startRig();
    const made = await buildByHand(rig, DUAL, 1);
    const id = await askAndApprove(rig, DUAL);
    await rig.until(id, 'onboarded');
    expect(rig.entra.store.networks.size).toBe(1);
    expect([...rig.entra.store.links.values()].map((l) => l.resource.name)).toEqual(
      made.design.links.map((l) => l.name),
    );
    const rows = await rig.store.ledger.live(rig.site('Lyon'));
    const links = rows.filter((row) => row.kind === 'device-link');
    expect(links.filter((row) => row.adopted).map((row) => row.name)).toEqual([made.design.links[0]?.name]);
    expect(links).toHaveLength(2);
  });

  test('that is empty gets all its links', async () => {
    const rig = await startRig();
    await buildByHand(rig, SINGLE, 0);
    const id = await askAndApprove(rig, SINGLE);
    await rig.until(id, 'onboarded');
    expect(rig.entra.store.networks.size).toBe(1);
    expect(rig.entra.store.links.size).toBe(1);
  });

  test.each([
    ['all of it', 2],
    ['one of its two links', 1],
  ])('is left as it was found by a roll-back: %s', async (_what, links) => {
    const rig = await startRig();
    await buildByHand(rig, DUAL, links);
    const before = entraOf(rig);
    const id = await ask(rig, DUAL);
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/',
      action: { kind: 'answer', status: 400, body: '{"detail":"no"}' },
      times: 1,
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back', 'failed');
    expect(entraOf(rig)).toEqual(before);
    expect(await rig.store.ledger.live(rig.site('Lyon'))).toEqual([]);
    expect((await viewOf(rig, id)).left).toEqual([]);
    // What was left can be used the next time.
    const again = await askAndApprove(rig, DUAL);
    await rig.until(again, 'onboarded');
  });

  test('that changes after the approval voids it, and nothing is written', async () => {
    const rig = await startRig({ start: false });
    const made = await buildByHand(rig, SINGLE);
    const id = await askAndApprove(rig, SINGLE);
    const sent = writes(rig).length;
    rig.entra.store.edit('link', made.design.links[0]?.name ?? '', 'bgpConfiguration.asn', 65001);
    await rig.flows.start();
    await rig.until(id, 'void');
    expect(writes(rig)).toHaveLength(sent);
  });

  test('that is made after the approval voids it too', async () => {
    const rig = await startRig({ start: false });
    const id = await askAndApprove(rig, SINGLE);
    rig.entra.store.seedForeignNetwork({ name: 'Lyon', region: 'franceCentral', links: 0, profile: 'm365' });
    await rig.flows.start();
    await rig.until(id, 'void');
  });
});

describe('what differs is refused and named', () => {
  test.each<[string, 'network' | 'link', string, unknown, string]>([
    ['region', 'network', 'region', 'eastUS', 'region eastUS, not'],
    ['public address', 'link', 'ipAddress', '203.0.113.99', 'public address 203.0.113.99, not'],
    [
      'device BGP address',
      'link',
      'bgpConfiguration.peerIpAddress',
      '10.99.99.3',
      'device BGP address 10.99.99.3, not 10.99.99.1',
    ],
    [
      'Microsoft BGP address',
      'link',
      'bgpConfiguration.localIpAddress',
      '10.99.99.4',
      'Microsoft BGP address 10.99.99.4, not 10.99.99.2',
    ],
    ['ASN', 'link', 'bgpConfiguration.asn', 65001, 'device ASN 65001, not 65000'],
    ['bandwidth', 'link', 'bandwidthCapacityInMbps', 'mbps1000', 'bandwidth mbps1000, not'],
    [
      'redundancy',
      'link',
      'redundancyConfiguration.redundancyTier',
      'noRedundancy',
      'zone redundancy off, not on',
    ],
    [
      'zone 2',
      'link',
      'redundancyConfiguration.zoneLocalIpAddress',
      '10.99.100.3',
      'Microsoft BGP address of zone 2 10.99.100.3, not 10.99.100.2',
    ],
    [
      'IKE encryption',
      'link',
      'tunnelConfiguration.ikeEncryption',
      'aes128',
      'IKE policy differs in ikeEncryption',
    ],
    [
      'IKE integrity',
      'link',
      'tunnelConfiguration.ikeIntegrity',
      'sha384',
      'IKE policy differs in ikeIntegrity',
    ],
    ['DH group', 'link', 'tunnelConfiguration.dhGroup', 'ecp256', 'IKE policy differs in dhGroup'],
    [
      'ESP',
      'link',
      'tunnelConfiguration.ipSecEncryption',
      'gcmAes128',
      'IKE policy differs in ipSecEncryption',
    ],
    ['PFS', 'link', 'tunnelConfiguration.pfsGroup', 'none', 'IKE policy differs in pfsGroup'],
    [
      'lifetime',
      'link',
      'tunnelConfiguration.saLifeTimeSeconds',
      3600,
      'IKE policy differs in saLifeTimeSeconds',
    ],
    [
      'key of zone 2',
      'link',
      'tunnelConfiguration.zoneRedundancyPreSharedKey',
      'another-one',
      'the key of zone 2 differs from the first',
    ],
    ['key withheld', 'link', 'tunnelConfiguration.preSharedKey', null, 'Graph does not return its key'],
  ])('%s', async (_what, kind, path, value, seen) => {
    const rig = await startRig({ start: false });
    const wish: Wish = { option: 'single-wan-zone-redundant', values: BY_HAND };
    const { design } = await buildByHand(rig, wish);
    const name = kind === 'network' ? 'Lyon' : (design.links[0]?.name ?? '');
    rig.entra.store.edit(kind, name, path, value);
    const view = await viewOf(rig, await ask(rig, wish));
    const item = itemOf(view.preflight, 'entra.network.name');
    expect(item.verdict).toBe('fail');
    expect(item.seen).toContain(seen);
    expect(item.seen).not.toMatch(/another-one|typed-by-hand/);
    expect(item.mend).not.toBe('');
  });

  test.each<[string, (rig: Rig, networkId: string) => void, string]>([
    [
      'a profile more',
      ({ entra: { store } }, id) =>
        store.associate(id, new Set([store.profile('m365').id, store.profile('internet').id])),
      'traffic internet and m365, not m365',
    ],
    ['no profile', ({ entra: { store } }, id) => store.associate(id, new Set()), 'traffic none, not m365'],
    [
      'a link of another name',
      ({ entra: { store } }) => store.edit('link', 'Lyon-wan0', 'name', 'old-link'),
      'it holds other links: old-link',
    ],
  ])('%s', async (_what, change, seen) => {
    const rig = await startRig({ start: false });
    const { networkId } = await buildByHand(rig, SINGLE);
    change(rig, networkId);
    const view = await viewOf(rig, await ask(rig, SINGLE));
    expect(itemOf(view.preflight, 'entra.network.name')).toMatchObject({
      verdict: 'fail',
      seen: `exists and does not match: ${seen}`,
    });
    expect((await rig.flows.approve(BEN, view.id)).kind).not.toBe('accepted');
  });
});
