import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceLinkCreate } from '../../../sandbox/contracts/graph/requests.ts';
import { linkProblem } from '../../../sandbox/entra/link-rules.ts';
import { customTunnel, linkBody, NETWORKS, startCaller, ZONES, type Caller } from './support.ts';

const rules = { zoneKeyRequired: false };

describe('rules of a device link', () => {
  const bgp = linkBody().bgpConfiguration;
  test.each<[string, Partial<DeviceLinkCreate>]>([
    ['an address with an octet too large', { ipAddress: '203.0.113.256' }],
    ['an address with a mask', { ipAddress: '203.0.113.10/32' }],
    ['a loopback BGP address', { bgpConfiguration: { ...bgp, peerIpAddress: '127.0.0.5' } }],
    ['a multicast BGP address', { bgpConfiguration: { ...bgp, localIpAddress: '224.0.0.5' } }],
    ['one BGP address on both ends', { bgpConfiguration: { ...bgp, localIpAddress: '10.99.99.1' } }],
    [
      'zone redundancy without its address',
      { redundancyConfiguration: { redundancyTier: 'zoneRedundancy' } },
    ],
    [
      'a zone address equal to the local one',
      { redundancyConfiguration: { ...ZONES, zoneLocalIpAddress: '10.99.99.2' } },
    ],
    ['GCM with SHA-256', { tunnelConfiguration: customTunnel({ ipSecIntegrity: 'sha256' }) }],
    ['two sizes of GCM', { tunnelConfiguration: customTunnel({ ipSecIntegrity: 'gcmAes128' }) }],
    ['a lifetime of 300 s', { tunnelConfiguration: customTunnel({ saLifeTimeSeconds: 300 }) }],
  ])('refuse %s', (_name, change) => {
    expect(linkProblem(linkBody(change), rules)).toBeTypeOf('string');
  });

  test.each<[string, Partial<DeviceLinkCreate>]>([
    ['the guide’s example', {}],
    ['zone redundancy', { redundancyConfiguration: ZONES }],
    [
      'no encryption with SHA-256',
      { tunnelConfiguration: customTunnel({ ipSecEncryption: 'none', ipSecIntegrity: 'sha256' }) },
    ],
    ['a lifetime of 301 s', { tunnelConfiguration: customTunnel({ saLifeTimeSeconds: 301 }) }],
    ['65515, which Azure VPN reserves and Entra does not', { bgpConfiguration: { ...bgp, asn: 65515 } }],
  ])('accept %s', (_name, change) => {
    expect(linkProblem(linkBody(change), rules)).toBeUndefined();
  });

  test('an ASN is usable exactly where it is of two bytes and on no published list', () => {
    const listed = [8075, 8076, 12076, 23456, 65476, 65517, 65518, 65519, 65520, 65535];
    for (let asn = 64496; asn <= 64511; asn += 1) listed.push(asn);
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...listed), fc.integer({ min: -5, max: 70_000 })), (asn) => {
        const usable = asn >= 1 && asn <= 65_534 && !listed.includes(asn);
        const problem = linkProblem(linkBody({ bgpConfiguration: { ...bgp, asn } }), rules);
        expect(problem === undefined).toBe(usable);
      }),
    );
  });
});

describe('device links over https', () => {
  let caller: Caller;
  let links: string;
  let networkId: string;
  beforeEach(async () => {
    caller = await startCaller();
    const { json } = await caller.graph('POST', NETWORKS, { name: 'lyon', region: 'franceCentral' });
    networkId = String(json.id);
    links = `${NETWORKS}/${networkId}/deviceLinks`;
  });
  afterEach(() => caller.sim.close());

  test('creation answers 204, 201 with {} and 201 with the link in turn', async () => {
    const answers = [];
    for (const name of ['one', 'two', 'three'])
      answers.push(await caller.graph('POST', links, linkBody({ name })));
    expect(answers.map((a) => [a.status, a.text === '' ? undefined : a.json.name])).toEqual([
      [204, undefined],
      [201, undefined],
      [201, 'three'],
    ]);
    expect(answers[1]?.json).toEqual({});
  });

  test.each<[string, object]>([
    ['an unknown field', { ...linkBody(), colour: 'red' }],
    ['a read-only field', { ...linkBody(), id: 'mine' }],
    ['a missing vendor', { ...linkBody(), deviceVendor: undefined }],
    ['a vendor that is no member', { ...linkBody(), deviceVendor: 'Other' }],
    ['the sentinel as vendor', { ...linkBody(), deviceVendor: 'unknownFutureValue' }],
    [
      'no type of the tunnel',
      { ...linkBody(), tunnelConfiguration: { ...customTunnel(), '@odata.type': undefined } },
    ],
    [
      'another type of the tunnel',
      {
        ...linkBody(),
        tunnelConfiguration: { ...customTunnel(), '@odata.type': '#microsoft.graph.networkaccess.other' },
      },
    ],
    [
      'a custom tunnel without its PFS group',
      { ...linkBody(), tunnelConfiguration: { ...customTunnel(), pfsGroup: undefined } },
    ],
    ['an empty key', { ...linkBody(), tunnelConfiguration: customTunnel({ preSharedKey: '' }) }],
    ['an ASN as text', { ...linkBody(), bgpConfiguration: { ...linkBody().bgpConfiguration, asn: '65000' } }],
  ])('%s is refused, and the refusal quotes the body', async (_name, body) => {
    const { status, json } = await caller.graph('POST', links, body);
    expect([status, json.error.code]).toEqual([400, 'BadRequest']);
    expect(json.error.message).toContain(JSON.stringify(body));
    expect(caller.sim.store.links.size).toBe(0);
  });

  test('a network has room for four links of distinct names', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await caller.graph('POST', links, linkBody({ name }));
    expect((await caller.graph('POST', links, linkBody({ name: 'e' }))).status).toBe(400);
    caller.sim.settings.limits.linksPerNetwork = 5;
    expect((await caller.graph('POST', links, linkBody({ name: 'A' }))).status).toBe(409);
    expect((await caller.graph('POST', links, linkBody({ name: 'e' }))).status).toBeLessThan(300);
  });

  test('the bandwidth of the tenant is a sum over all links', async () => {
    caller.sim.settings.limits.bandwidthMbps = 750;
    await caller.graph('POST', links, linkBody({ name: 'a', bandwidthCapacityInMbps: 'mbps500' }));
    expect(
      (await caller.graph('POST', links, linkBody({ name: 'b', bandwidthCapacityInMbps: 'mbps500' }))).status,
    ).toBe(400);
    expect((await caller.graph('POST', links, linkBody({ name: 'b' }))).status).toBeLessThan(300);
    const [first] = caller.sim.store.linksOf(networkId);
    const path = `${links}/${first?.resource.id}`;
    expect((await caller.graph('PATCH', path, { bandwidthCapacityInMbps: 'mbps750' })).status).toBe(400);
    expect((await caller.graph('PATCH', path, { bandwidthCapacityInMbps: 'mbps250' })).status).toBe(204);
  });

  test('an update merges complex properties, keeps the endpoint and is checked as a whole', async () => {
    await caller.graph('POST', links, linkBody());
    const [row] = caller.sim.store.linksOf(networkId);
    const path = `${links}/${row?.resource.id}`;
    const type = customTunnel()['@odata.type'];
    const rotated = await caller.graph('PATCH', path, {
      tunnelConfiguration: { '@odata.type': type, preSharedKey: 'rotated' },
    });
    expect([rotated.status, rotated.text]).toEqual([204, '']);
    const read = await caller.graph('GET', path);
    expect(read.json.tunnelConfiguration).toEqual(customTunnel({ preSharedKey: 'rotated' }));
    const bad = { tunnelConfiguration: { '@odata.type': type, saLifeTimeSeconds: 200 } };
    expect((await caller.graph('PATCH', path, bad)).status).toBe(400);
    const other = { '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default' };
    expect((await caller.graph('PATCH', path, { tunnelConfiguration: other })).status).toBe(400);
    caller.sim.settings.linkUpdates = 'refused';
    expect((await caller.graph('PATCH', path, { name: 'x' })).status).toBe(405);
  });

  test('a link is only found under its own network', async () => {
    await caller.graph('POST', links, linkBody());
    const [row] = caller.sim.store.linksOf(networkId);
    const other = await caller.graph('POST', NETWORKS, { name: 'nice', region: 'franceCentral' });
    const path = `${NETWORKS}/${other.json.id}/deviceLinks/${row?.resource.id}`;
    expect((await caller.graph('GET', path)).status).toBe(404);
    expect((await caller.graph('DELETE', path)).status).toBe(404);
    expect((await caller.graph('DELETE', `${links}/${row?.resource.id}`)).status).toBe(204);
    expect(caller.sim.store.links.size).toBe(0);
  });

  test('the second key may be demanded of zone-redundant links', async () => {
    caller.sim.settings.zoneKeyRequired = true;
    const body = linkBody({ redundancyConfiguration: ZONES });
    expect((await caller.graph('POST', links, body)).status).toBe(400);
    const keyed = linkBody({
      redundancyConfiguration: ZONES,
      tunnelConfiguration: customTunnel({ zoneRedundancyPreSharedKey: 'second' }),
    });
    expect((await caller.graph('POST', links, keyed)).status).toBeLessThan(300);
    expect(caller.sim.gatewayInstances().map(({ zone, psk }) => [zone, psk])).toEqual([
      [1, 'key-of-zone-one'],
      [2, 'second'],
    ]);
  });
});
