import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { policyDifferences } from '../../../src/integrations/entra/mapping.ts';
import { withSim } from './rig.ts';
import { GUIDE_LINKS, guideProposal, lyonLink } from './links.ts';

interface Golden {
  readonly createRemoteNetwork: { readonly name: string; readonly region: string };
  readonly createDeviceLink: readonly object[];
}

function golden(option: string): Golden {
  return JSON.parse(
    readFileSync(new URL(`../../golden/entra-${option}.json`, import.meta.url), 'utf8'),
  ) as Golden;
}

describe.each(Object.keys(GUIDE_LINKS))("the guide's option %s", (option) => {
  test('is sent as the golden bodies and accepted by a tenant', async () => {
    const { entra, sim, graphCalls } = await withSim();
    const expected = golden(option);
    const profile = sim.store.profile('m365');
    const { name, region } = expected.createRemoteNetwork;
    const { id } = await entra.createRemoteNetwork({ name, region, profileIds: [profile.id] });
    for (const link of GUIDE_LINKS[option]!) await entra.createDeviceLink(id, link);

    const [network, ...links] = graphCalls().map((call) => JSON.parse(call.requestBody) as object);
    expect(network).toEqual({ ...expected.createRemoteNetwork, forwardingProfiles: [{ id: profile.id }] });
    expect(links).toEqual(expected.createDeviceLink);
  });
});

describe('a remote network', () => {
  test('is created with its profile, linked, read back, verified and removed', async () => {
    const { entra, sim } = await withSim();
    const m365 = sim.store.profile('m365').id;
    const { id } = await entra.createRemoteNetwork({
      name: 'Lyon',
      region: 'franceCentral',
      profileIds: [m365],
    });
    const zone2 = { microsoftBgp: '10.99.100.2', psk: new Secret('psk-of-zone-2') };
    await entra.createDeviceLink(id, lyonLink({ zone2 }));

    const network = await entra.remoteNetwork(id);
    expect(network).toMatchObject({ id, name: 'Lyon', region: 'franceCentral' });
    expect(network?.profiles).toEqual([
      { id: m365, name: 'Microsoft traffic profile', type: 'm365', enabled: true },
    ]);
    const link = network!.links[0]!;
    expect(link).toMatchObject({
      name: 'Lyon-wan0',
      ipAddress: '203.0.113.10',
      deviceVendor: 'other',
      bandwidth: 'mbps250',
      asn: 65000,
      microsoftBgp: '10.99.99.2',
      deviceBgp: '10.99.99.1',
      zoneRedundant: true,
      microsoftBgpZone2: '10.99.100.2',
    });
    expect(policyDifferences(link.policy, guideProposal())).toEqual([]);
    expect(link.psk?.equals(new Secret('psk-of-lyon-wan0'))).toBe(true);
    expect(link.zonePsk?.equals(new Secret('psk-of-zone-2'))).toBe(true);

    const [connectivity] = await entra.connectivity(id);
    expect(connectivity).toMatchObject({ linkId: link.id, linkName: 'Lyon-wan0' });
    expect(connectivity?.device).toEqual({ endpoint: '203.0.113.10', asn: 65000, bgpAddress: '10.99.99.1' });
    expect(connectivity?.instances.map((one) => one.bgpAddress).toSorted()).toEqual([
      '10.99.100.2',
      '10.99.99.2',
    ]);
    expect(connectivity?.instances.map((one) => one.asn)).toEqual([65476, 65476]);

    await entra.deleteDeviceLink(id, link.id);
    expect(await entra.deviceLinks(id)).toEqual([]);
    await entra.deleteRemoteNetwork(id);
    expect(await entra.remoteNetwork(id)).toBeUndefined();
  });

  test('shows no instances while Microsoft has not allocated its end', async () => {
    const { entra, sim } = await withSim({}, { timing: { endpointMs: 3_600_000 } });
    const network = sim.store.addNetwork('Lyon', 'franceCentral');
    await entra.createDeviceLink(network.id, lyonLink());
    const found = await entra.connectivity(network.id);
    expect(found.flatMap((link) => link.instances)).toEqual([]);
  });

  test('takes over the full list of profiles in one PATCH, without clearing first', async () => {
    const { entra, sim, graphCalls } = await withSim();
    const { network } = sim.store.seedForeignNetwork({ name: 'Lyon', profile: 'm365' });
    const ids = [sim.store.profile('m365').id, sim.store.profile('internet').id];
    await entra.setNetworkProfiles(network.id, ids);
    const read = await entra.networkProfiles(network.id);
    expect(read.map((profile) => profile.type).toSorted()).toEqual(['internet', 'm365']);
    const patches = graphCalls().filter((call) => call.method === 'PATCH');
    expect(patches.map((call) => JSON.parse(call.requestBody) as object)).toEqual([
      { '@context': '#$delta', value: ids.map((id) => ({ id })) },
    ]);
  });

  test('is found among others over several pages, with links and profiles of each', async () => {
    const { entra, sim, graphCalls } = await withSim({}, { settings: { pageSize: 2 } });
    for (let n = 1; n <= 5; n += 1)
      sim.store.seedForeignNetwork({ name: `site-${n}`, links: n % 3, profile: 'm365' });
    const networks = await entra.remoteNetworks();
    expect(networks.map((network) => network.name)).toEqual([
      'site-1',
      'site-2',
      'site-3',
      'site-4',
      'site-5',
    ]);
    expect(networks.map((network) => network.links.length)).toEqual([1, 2, 0, 1, 2]);
    expect(networks.every((network) => network.profiles[0]?.type === 'm365')).toBe(true);
    expect(networks[0]?.links[0]?.policy).toEqual({ kind: 'default' });
    expect(graphCalls()).toHaveLength(3);
  });

  test('keeps a vendor name that is newer than the enum, because reads ask for it', async () => {
    const { entra, sim } = await withSim({ deviceVendor: 'juniperNetworks' });
    const network = sim.store.addNetwork('Lyon', 'franceCentral');
    await entra.createDeviceLink(network.id, lyonLink());
    expect((await entra.deviceLinks(network.id))[0]?.deviceVendor).toBe('juniperNetworks');
    expect((await entra.remoteNetworks())[0]?.links[0]?.deviceVendor).toBe('juniperNetworks');
  });

  test('that is already gone is deleted without an error, and so is a link', async () => {
    const { entra, sim } = await withSim();
    const network = sim.store.addNetwork('Lyon', 'franceCentral');
    await entra.deleteDeviceLink(network.id, 'e6d2b6a8-7a8e-4b75-9d9c-0d6d3f1f4b10');
    sim.store.removeNetwork(network.id);
    await entra.deleteRemoteNetwork(network.id);
    expect(await entra.remoteNetwork(network.id)).toBeUndefined();
  });
});

describe('the tenant', () => {
  test('tells its status, its profiles and the prefixes of a profile', async () => {
    const { entra, sim } = await withSim();
    expect(await entra.tenantStatus()).toBe('onboarded');
    const profiles = await entra.forwardingProfiles();
    expect(profiles.map((one) => [one.type, one.enabled])).toEqual([
      ['m365', true],
      ['private', false],
      ['internet', true],
    ]);
    const prefixes = await entra.profilePrefixes(sim.store.profile('m365').id);
    expect(prefixes).toContain('52.96.0.0/14');
    expect(prefixes?.every((prefix) => /^[\d.]+\/\d+$/.test(prefix))).toBe(true);
    expect(await entra.profilePrefixes(sim.store.profile('internet').id)).toEqual(['0.0.0.0/0']);
    expect(await entra.profilePrefixes(sim.store.profile('private').id)).toBeUndefined();
  });

  test('gives its health log newest first, of one network, since a time, and no more than asked', async () => {
    const { entra, sim, graphCalls } = await withSim({}, { settings: { pageSize: 3 } });
    const at = (minute: number): string => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.1234567Z`;
    for (let minute = 0; minute < 10; minute += 1) {
      sim.recordHealth({
        remoteNetworkId: minute % 2 === 0 ? 'even' : "o'dd",
        status: minute === 8 ? 'bgpConnected' : 'remoteNetworkAlive',
        sourceIp: '203.0.113.10',
        destinationIp: '20.241.0.1',
        bgpRoutesAdvertisedCount: minute,
        sentBytes: 1,
        receivedBytes: 2,
      });
      Object.assign(sim.store.health.at(-1)!, { createdDateTime: at(minute) });
    }
    const even = await entra.healthEvents({
      remoteNetworkId: 'even',
      sinceMs: Date.parse('2026-03-01T10:02:00Z'),
    });
    expect(even.map((event) => event.atMs)).toEqual([8, 6, 4, 2].map((minute) => Date.parse(at(minute))));
    expect(even[0]).toEqual({
      atMs: Date.parse(at(8)),
      remoteNetworkId: 'even',
      status: 'bgpConnected',
      deviceIp: '203.0.113.10',
      microsoftIp: '20.241.0.1',
    });
    expect(even[1]?.advertisedRoutes).toBe(6);
    expect(graphCalls()).toHaveLength(2);
    const odd = await entra.healthEvents({ remoteNetworkId: "o'dd", sinceMs: 0, limit: 2 });
    expect(odd.map((event) => event.atMs)).toEqual([9, 7].map((minute) => Date.parse(at(minute))));
    expect(graphCalls()).toHaveLength(3);
  });
});
