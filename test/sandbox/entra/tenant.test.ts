import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkBody, NETWORKS, startCaller, ZONES, type Caller } from './support.ts';

let caller: Caller;
beforeEach(async () => {
  caller = await startCaller();
});
afterEach(() => caller.sim.close());

interface Rule {
  ruleType: string;
  destinations: { value: string }[];
}

test('the m365 profile shows its subnets when policies are expanded down to the rules', async () => {
  const profiles = (await caller.graph('GET', '/forwardingProfiles')).json.value;
  expect(
    profiles.map((p: { trafficForwardingType: string; state: string }) => [p.trafficForwardingType, p.state]),
  ).toEqual([
    ['m365', 'enabled'],
    ['private', 'disabled'],
    ['internet', 'enabled'],
  ]);
  const path = `/forwardingProfiles/${profiles[0].id}/policies`;
  const plain = (await caller.graph('GET', path)).json.value;
  expect(plain[0]).not.toHaveProperty('policy');
  const links = (await caller.graph('GET', `${path}?$expand=policy($expand=policyRules)`)).json.value;
  const rules: Rule[] = links.flatMap((l: { policy: { policyRules: Rule[] } }) => l.policy.policyRules);
  const subnets = rules
    .filter((r) => r.ruleType === 'ipSubnet')
    .flatMap((r) => r.destinations.map((d) => d.value));
  expect(subnets).toContain('52.96.0.0/14');
  expect(new Set(subnets.filter((s) => !s.includes(':'))).size).toBe(25);
  expect(rules.some((r) => r.ruleType === 'fqdn')).toBe(true);
});

test('gateways announce what the enabled and associated profiles hold', async () => {
  const { store } = caller.sim;
  const { id } = store.profile('m365');
  const body = {
    name: 'lyon',
    region: 'eastUS',
    deviceLinks: [linkBody({ redundancyConfiguration: ZONES })],
    forwardingProfiles: [{ id }],
  };
  await caller.graph('POST', NETWORKS, body);
  const announced = (): number[] => caller.sim.gatewayInstances().map(({ announces }) => announces.length);
  expect(announced()).toEqual([25, 25]);
  await caller.graph('PATCH', `/forwardingProfiles/${id}`, { state: 'disabled' });
  expect(announced()).toEqual([0, 0]);
  const [network] = store.networks.values();
  store.associate(network?.id ?? '', new Set([store.profile('internet').id]));
  store.changed();
  expect(caller.sim.gatewayInstances()[0]?.announces).toEqual(['0.0.0.0/0']);
});

test('a profile takes a list of networks that replaces the one before', async () => {
  const a = (await caller.graph('POST', NETWORKS, { name: 'a', region: 'eastUS' })).json.id;
  const b = (await caller.graph('POST', NETWORKS, { name: 'b', region: 'eastUS' })).json.id;
  const { id } = caller.sim.store.profile('m365');
  const type = '#microsoft.graph.networkaccess.associatedBranch';
  for (const branchId of [a, b]) {
    const answer = await caller.graph('PATCH', `/forwardingProfiles/${id}`, {
      associations: [{ '@odata.type': type, branchId }],
    });
    expect(answer.json.associations).toEqual([{ '@odata.type': type, branchId }]);
  }
  const unknown = { associations: [{ '@odata.type': type, branchId: 'x' }] };
  expect((await caller.graph('PATCH', `/forwardingProfiles/${id}`, unknown)).status).toBe(400);
});

test('health records are filtered, sorted and paged', async () => {
  const network = (await caller.graph('POST', NETWORKS, { name: 'a', region: 'eastUS' })).json.id;
  const record = {
    status: 'remoteNetworkAlive',
    sourceIp: '203.0.113.10',
    destinationIp: '20.241.0.1',
  } as const;
  for (let n = 0; n < 5; n += 1) {
    caller.sim.recordHealth({
      ...record,
      remoteNetworkId: network,
      bgpRoutesAdvertisedCount: n,
      sentBytes: 1,
      receivedBytes: 2,
    });
    caller.sim.recordHealth({
      ...record,
      remoteNetworkId: 'other',
      bgpRoutesAdvertisedCount: 0,
      sentBytes: 0,
      receivedBytes: 0,
    });
  }
  const filter = encodeURIComponent(
    `remoteNetworkId eq '${network}' and createdDateTime ge 2020-01-01T00:00:00Z`,
  );
  const counts: number[] = [];
  let next: string | undefined =
    `/logs/remoteNetworks?$filter=${filter}&$orderby=bgpRoutesAdvertisedCount%20desc&$top=2`;
  while (next !== undefined) {
    const { json } = await caller.graph('GET', next);
    for (const row of json.value) counts.push(row.bgpRoutesAdvertisedCount);
    next = json['@odata.nextLink'];
    // What arrives between two pages must not shift them.
    caller.sim.recordHealth({
      ...record,
      remoteNetworkId: network,
      bgpRoutesAdvertisedCount: 99,
      sentBytes: 0,
      receivedBytes: 0,
    });
  }
  expect(counts).toEqual([4, 3, 2, 1, 0]);
  const later = encodeURIComponent('createdDateTime gt 2999-01-01T00:00:00Z');
  expect((await caller.graph('GET', `/logs/remoteNetworks?$filter=${later}`)).json.value).toEqual([]);
  for (const bad of [
    '$filter=status eq',
    "$filter=colour eq 'red'",
    '$orderby=colour',
    '$top=x',
    '$apply=x',
    '$skiptoken=x',
  ]) {
    const [key = '', value = ''] = bad.split(/=(.*)/s);
    expect(
      (await caller.graph('GET', `/logs/remoteNetworks?${key}=${encodeURIComponent(value)}`)).status,
    ).toBe(400);
  }
});

test('alerts name the network that they are about', async () => {
  caller.sim.store.addAlert('network-1', 'BGP disconnected');
  const { json } = await caller.graph('GET', '/alerts');
  expect(json.value).toMatchObject([
    { alertType: 'unhealthyRemoteNetworks', relatedResources: [{ remoteNetworkId: 'network-1' }] },
  ]);
});

test.each([
  [['NetworkAccess.Read.All'], { read: 200, write: 403, reports: 403 }],
  [['NetworkAccess-Reports.Read.All'], { read: 403, write: 403, reports: 200 }],
  [['NetworkAccess.ReadWrite.All'], { read: 200, write: 201, reports: 200 }],
  [[], { read: 403, write: 403, reports: 403 }],
])('an app with %j may do %j', async (roles, expected) => {
  caller.sim.settings.roles = roles;
  const read = await caller.graph('GET', '/tenantStatus');
  const write = await caller.graph('POST', NETWORKS, { name: 'x', region: 'eastUS' });
  const reports = await caller.graph('GET', '/logs/remoteNetworks');
  expect({ read: read.status, write: write.status, reports: reports.status }).toEqual(expected);
  for (const refused of [read, write, reports].filter((a) => a.status === 403)) {
    expect(refused.json.error.code).toBe('Authorization_RequestDenied');
  }
});

test('what is not there is told apart: segment, method, object, content type, JSON', async () => {
  expect((await caller.graph('GET', '/nonsense')).status).toBe(400);
  expect((await caller.graph('DELETE', '/tenantStatus')).status).toBe(405);
  expect((await caller.graph('GET', `${NETWORKS}/x`)).status).toBe(404);
  expect((await caller.graph('POST', NETWORKS, '{"name":', {})).status).toBe(400);
  expect((await caller.graph('POST', NETWORKS, 'name=x', { 'content-type': 'text/plain' })).status).toBe(415);
});

test('answers carry the request id and repeat the caller’s own', async () => {
  const answer = await caller.graph('GET', `${NETWORKS}/x`, undefined, { 'client-request-id': 'mine' });
  expect(answer.headers['client-request-id']).toBe('mine');
  expect(answer.json.error.innerError).toMatchObject({
    'client-request-id': 'mine',
    'request-id': answer.headers['request-id'],
  });
});

test('faults hit as planted: a lost answer leaves the network created', async () => {
  await caller.token();
  caller.sim.faults.plant({ method: 'POST', path: '/remoteNetworks$', action: { kind: 'reset-after' } });
  await expect(caller.graph('POST', NETWORKS, { name: 'x', region: 'eastUS' })).rejects.toThrow();
  expect([...caller.sim.store.networks.values()].map(({ name }) => name)).toEqual(['x']);
});

test('a portal edit and a foreign network change the store, tell listeners, and show in a snapshot', () => {
  const { sim } = caller;
  let changes = 0;
  const stop = sim.onChange(() => (changes += 1));
  const { network, links, psks } = sim.store.seedForeignNetwork({
    name: 'foreign',
    links: 2,
    profile: 'm365',
  });
  const before = sim.store.snapshot();
  expect(before.links.map((l) => l.tunnelConfiguration.preSharedKey)).toEqual(psks);
  sim.store.edit('link', links[0]?.resource.id ?? '', 'bgpConfiguration.asn', 65010);
  sim.store.edit('network', 'foreign', 'name', 'renamed');
  sim.setZoneAlive(links[0]?.resource.id ?? '', 1, false);
  stop();
  sim.store.edit('profile', 'm365', 'state', 'disabled');
  expect(changes).toBe(4);
  expect(before.networks[0]?.name).toBe('foreign');
  expect(sim.store.networks.get(network.id)?.name).toBe('renamed');
  expect(sim.gatewayInstances().map(({ peer, alive }) => [peer.asn, alive])).toEqual([
    [65010, false],
    [65123, true],
  ]);
  expect(() => sim.store.edit('link', 'nobody', 'name', 'x')).toThrow('no link nobody');
});
