import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkBody, NETWORKS, startCaller, ZONES, type Caller } from './support.ts';

let caller: Caller;
beforeEach(async () => {
  caller = await startCaller();
});
afterEach(() => caller.sim.close());

async function create(name: string, more: object = {}): Promise<string> {
  const { status, json } = await caller.graph('POST', NETWORKS, { name, region: 'westEurope', ...more });
  expect(status).toBe(201);
  return String(json.id);
}

test('creation takes links and profiles along and echoes neither', async () => {
  const m365 = caller.sim.store.profile('m365');
  const answer = await caller.graph('POST', NETWORKS, {
    name: 'lyon',
    region: 'franceCentral',
    forwardingProfiles: [{ id: m365.id }],
    deviceLinks: [linkBody()],
  });
  expect(answer.status).toBe(201);
  expect(answer.json).toMatchObject({ name: 'lyon', region: 'franceCentral', version: '1.0.0' });
  expect(answer.json).not.toHaveProperty('deviceLinks');
  expect(answer.json).not.toHaveProperty('forwardingProfiles');
  const links = await caller.graph('GET', `${NETWORKS}/${answer.json.id}/deviceLinks`);
  expect(links.json.value).toMatchObject([linkBody()]);
  const profiles = await caller.graph('GET', `${NETWORKS}/${answer.json.id}/forwardingProfiles`);
  expect(profiles.json.value.map((p: { id: string }) => p.id)).toEqual([m365.id]);
});

test('a refused creation leaves nothing behind', async () => {
  const bad = linkBody({ ipAddress: '203.0.113.300' });
  const body = {
    name: 'lyon',
    region: 'franceCentral',
    deviceLinks: [linkBody(), { ...bad, name: 'second' }],
  };
  expect((await caller.graph('POST', NETWORKS, body)).status).toBe(400);
  expect(caller.sim.store.snapshot()).toMatchObject({ networks: [], links: [] });
});

test('a plain read carries links with their keys; $select and $expand narrow it', async () => {
  const id = await create('lyon', { deviceLinks: [linkBody()] });
  const plain = await caller.graph('GET', `${NETWORKS}/${id}`);
  expect(plain.json.deviceLinks[0].tunnelConfiguration.preSharedKey).toBe('key-of-zone-one');
  const narrow = await caller.graph(
    'GET',
    `${NETWORKS}?$select=id,name&$expand=deviceLinks($select=id,name)`,
  );
  expect(Object.keys(narrow.json.value[0])).toEqual(['id', 'name', 'deviceLinks']);
  expect(Object.keys(narrow.json.value[0].deviceLinks[0])).toEqual(['id', 'name']);
  expect((await caller.graph('GET', `${NETWORKS}?$select=colour`)).status).toBe(400);
});

test('pages are reached over absolute next links that keep the options', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  const names: string[] = [];
  let next: string | undefined =
    `${NETWORKS}?$top=2&$select=name&$filter=${encodeURIComponent("name ne 'c'")}`;
  let pages = 0;
  while (next !== undefined) {
    const { json } = await caller.graph('GET', next);
    for (const row of json.value) {
      expect(Object.keys(row)).toEqual(['name']);
      names.push(row.name);
    }
    next = json['@odata.nextLink'];
    if (next !== undefined) expect(next.startsWith(`${caller.sim.origin}/beta/`)).toBe(true);
    pages += 1;
  }
  expect(names).toEqual(['a', 'b', 'd', 'e']);
  expect(pages).toBe(2);
});

test('paths are matched without regard to case, and keys may stand in parentheses', async () => {
  const id = await create('lyon');
  const lower = `${caller.sim.origin}/beta/networkaccess/connectivity/remotenetworks/${id}`;
  expect((await caller.graph('GET', lower)).json.name).toBe('lyon');
  expect((await caller.graph('GET', `${NETWORKS}('${id}')`)).json.name).toBe('lyon');
});

test('only the name can be changed', async () => {
  const id = await create('lyon');
  const renamed = await caller.graph('PATCH', `${NETWORKS}/${id}`, { name: 'lyon-2' });
  expect([renamed.status, renamed.json.name]).toEqual([200, 'lyon-2']);
  expect((await caller.graph('PATCH', `${NETWORKS}/${id}`, { region: 'eastUS' })).status).toBe(400);
});

test('a name is taken once, and the tenant has room for so many networks', async () => {
  await create('lyon');
  const again = await caller.graph('POST', NETWORKS, { name: 'LYON', region: 'eastUS' });
  expect([again.status, again.json.error.code]).toEqual([409, 'Conflict']);
  caller.sim.settings.uniqueNames = false;
  await create('Lyon');
  caller.sim.settings.limits.remoteNetworks = 2;
  expect((await caller.graph('POST', NETWORKS, { name: 'x', region: 'eastUS' })).status).toBe(400);
});

test.each(['', '/$ref'])('deletion over "%s" takes links and associations with it', async (suffix) => {
  const m365 = caller.sim.store.profile('m365');
  const id = await create('lyon', { deviceLinks: [linkBody()], forwardingProfiles: [{ id: m365.id }] });
  expect((await caller.graph('DELETE', `${NETWORKS}/${id}${suffix}`)).status).toBe(204);
  expect(caller.sim.store.snapshot()).toMatchObject({ networks: [], links: [] });
  expect(m365.associations).toEqual([]);
  expect((await caller.graph('GET', `${NETWORKS}/${id}`)).status).toBe(404);
});

test('members after the sentinel are hidden unless the caller asks for them', async () => {
  const id = await create('madrid', {
    region: 'spainCentral',
    deviceLinks: [linkBody({ deviceVendor: 'juniperNetworks' })],
  });
  const hidden = (await caller.graph('GET', `${NETWORKS}/${id}`)).json;
  expect([hidden.region, hidden.deviceLinks[0].deviceVendor]).toEqual([
    'unknownFutureValue',
    'unknownFutureValue',
  ]);
  const prefer = { prefer: 'include-unknown-enum-members' };
  const shown = (await caller.graph('GET', `${NETWORKS}/${id}`, undefined, prefer)).json;
  expect([shown.region, shown.deviceLinks[0].deviceVendor]).toEqual(['spainCentral', 'juniperNetworks']);
  caller.sim.settings.evolvedMembersAccepted = false;
  const refused = await caller.graph('POST', NETWORKS, {
    name: 'x',
    region: 'eastUS',
    deviceLinks: [linkBody({ deviceVendor: 'juniperNetworks' })],
  });
  expect(refused.status).toBe(400);
});

test('a new link appears in the connectivity configuration in stages, zones not in their order', async () => {
  const { timing } = caller.sim.settings;
  timing.endpointMs = 60_000;
  const id = await create('lyon', { deviceLinks: [linkBody({ redundancyConfiguration: ZONES })] });
  const path = `${NETWORKS}/${id}/connectivityConfiguration`;
  expect((await caller.graph('GET', path)).json.links).toEqual([]);
  timing.endpointMs = 0;
  const { json } = await caller.graph('GET', path);
  expect(json).toMatchObject({ remoteNetworkId: id, remoteNetworkName: 'lyon' });
  const [link] = json.links;
  expect(link.peerConfiguration).toEqual({ endpoint: '203.0.113.10', asn: 65000, bgpAddress: '10.99.99.1' });
  expect(link.localConfigurations.map((c: { bgpAddress: string }) => c.bgpAddress)).toEqual([
    '10.99.100.2',
    '10.99.99.2',
  ]);
  expect(new Set(link.localConfigurations.map((c: { endpoint: string }) => c.endpoint)).size).toBe(2);
  expect(link.localConfigurations[0]).toMatchObject({ asn: 65476, region: 'westEurope' });
  expect((await caller.graph('GET', `${path}/links/${link.id}`)).json).toEqual(link);
  expect((await caller.graph('GET', `${path}?$select=links`)).status).toBe(400);
});

test('a link that was made again has another endpoint', async () => {
  const id = await create('lyon', { deviceLinks: [linkBody()] });
  const path = `${NETWORKS}/${id}/connectivityConfiguration`;
  const endpoint = async (): Promise<string> =>
    (await caller.graph('GET', path)).json.links[0].localConfigurations[0].endpoint;
  const before = await endpoint();
  const [link] = caller.sim.store.linksOf(id);
  await caller.graph('DELETE', `${NETWORKS}/${id}/deviceLinks/${link?.resource.id}`);
  await caller.graph('POST', `${NETWORKS}/${id}/deviceLinks`, linkBody());
  expect(await endpoint()).not.toBe(before);
});

test('the delta replaces the profiles of a network, in both published spellings, and answers nothing', async () => {
  const { store, settings } = caller.sim;
  const [m365, internet, priv] = [store.profile('m365'), store.profile('internet'), store.profile('private')];
  const id = await create('lyon');
  const path = `${NETWORKS}/${id}/forwardingProfiles`;
  const ids = (): string[] => store.profilesOf(id).map((p) => p.id);
  const first = await caller.graph('PATCH', path, { '@context': '#$delta', value: [{ id: m365.id }] });
  expect([first.status, first.text, first.headers['content-type']]).toEqual([200, '', undefined]);
  await caller.graph('PATCH', path, { '@odata.context': '#$delta', value: [{ ID: internet.id }] });
  expect(ids()).toEqual([internet.id]);
  settings.profileDelta = 'adds';
  await caller.graph('PATCH', path, { '@context': '#$delta', value: [{ id: m365.id }] });
  expect(ids().toSorted()).toEqual([m365.id, internet.id].toSorted());
  await caller.graph('PATCH', path, { '@context': '#$delta', value: [{}] });
  expect(ids()).toEqual([]);
  for (const body of [
    { value: [{ id: m365.id }] },
    { '@context': '#$delta', value: [{ id: priv.id }] },
    { '@context': '#$delta', value: [{ id: 'x' }] },
  ]) {
    expect((await caller.graph('PATCH', path, body)).status).toBe(400);
  }
});

test('a tenant that is not onboarded takes no networks', async () => {
  caller.sim.store.tenant.onboardingStatus = 'offboarded';
  expect((await caller.graph('POST', NETWORKS, { name: 'x', region: 'eastUS' })).status).toBe(403);
  expect((await caller.graph('GET', '/tenantStatus')).json.onboardingStatus).toBe('offboarded');
  expect((await caller.graph('POST', '/microsoft.graph.networkaccess.onboard')).status).toBe(204);
  await create('x');
});
