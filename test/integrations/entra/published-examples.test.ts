import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { lyonLink } from './links.ts';
import { withServer } from './rig.ts';

/** Folder with the bodies as Microsoft publishes them; they are not part of this repository. */
const folder = process.env['CONTRACTS_DIR'];
const examples = folder === undefined ? '' : join(folder, 'examples', 'graph');

function example(name: string): object {
  const file = readdirSync(examples).find(
    (one) => one.startsWith(`${name}-`) && one.endsWith('.json') && !one.endsWith('.request.json'),
  );
  if (file === undefined) throw new Error(`no example ${name}`);
  return JSON.parse(readFileSync(join(examples, file), 'utf8')) as object;
}

function answers(name: string, status = 200) {
  return withServer(() => ({ status, body: example(name) }));
}

const published = test.skipIf(folder === undefined);

published.each(['01', '02', '03'])('%s: a created remote network', async (name) => {
  const { entra } = await answers(name, 201);
  const body = example(name) as { id: string; name: string };
  const { id } = await entra.createRemoteNetwork({
    name: body.name,
    region: 'canadaEast',
    profileIds: [],
  });
  expect(id).toBe(body.id);
});

published('04: the list of remote networks, links and profiles included', async () => {
  const { entra, graphCalls } = await answers('04');
  const [network] = await entra.remoteNetworks();
  expect(network).toMatchObject({ name: 'Test branch', region: 'canadaEast' });
  expect(network?.profiles).toMatchObject([{ type: 'm365', enabled: false }]);
  expect(network?.links[0]).toMatchObject({ name: 'name', ipAddress: '1.2.3.1', zoneRedundant: false });
  expect(network?.links[0]?.psk).toBeInstanceOf(Secret);
  expect(graphCalls()).toHaveLength(1);
});

published.each(['05', '06'])('%s: one remote network', async (name) => {
  const { entra, graphCalls } = await answers(name);
  const { id } = example(name) as { id: string };
  const network = await entra.remoteNetwork(id);
  expect(network?.id).toBe(id);
  expect(network?.links.length).toBeGreaterThan(0);
  expect(graphCalls()).toHaveLength(1);
});

published('08: a created device link is an empty object', async () => {
  const { entra } = await answers('08', 201);
  await expect(entra.createDeviceLink('x', lyonLink())).resolves.toBeUndefined();
});

published(
  '09 and 10: a link and its connectivity configuration agree on whose address is whose',
  async () => {
    const { entra } = await answers('09');
    const other = await answers('10');
    const [link] = await entra.deviceLinks('x');
    const [connectivity] = await other.entra.connectivity('x');
    expect(connectivity?.linkId).toBe(link?.id);
    expect(connectivity?.linkName).toBe(link?.name);
    expect(connectivity?.instances.map((one) => one.bgpAddress)).toEqual([
      link?.microsoftBgp,
      link?.microsoftBgpZone2,
    ]);
    expect(connectivity?.device).toEqual({
      endpoint: link?.ipAddress,
      asn: link?.asn,
      bgpAddress: link?.deviceBgp,
    });
    expect(connectivity?.instances.map((one) => one.asn)).toEqual([65476, 65476]);
  },
);

published.each(['12', '14'])('%s: forwarding profiles', async (name) => {
  const { entra } = await answers(name);
  const all = await entra.forwardingProfiles();
  expect(all.some((profile) => profile.type === 'm365')).toBe(true);
  const ofNetwork = await entra.networkProfiles('x');
  expect(ofNetwork).toEqual(all);
});

published('15: the tenant status', async () => {
  const { entra } = await answers('15');
  expect(await entra.tenantStatus()).toBe('onboarded');
});

published.each([
  ['16', 'tunnelDisconnected', undefined],
  ['17', 'remoteNetworkAlive', 25],
])('%s: the health log', async (name, status, routes) => {
  const { entra } = await answers(name);
  const [newest] = await entra.healthEvents({ sinceMs: 0, limit: 2 });
  expect(newest).toMatchObject({ status });
  expect(newest?.advertisedRoutes).toBe(routes);
});

published('18: a row whose status is no member of the enum', async () => {
  const { entra } = await withServer(() => ({ status: 200, body: { value: [example('18')] } }));
  expect(await entra.healthEvents({ sinceMs: 0 })).toMatchObject([{ status: 'alive', advertisedRoutes: 25 }]);
});

published('20: a link of the days before redundancy', async () => {
  const { entra } = await withServer(() => ({ status: 200, body: { value: [example('20')] } }));
  const [link] = await entra.deviceLinks('x');
  expect(link).toMatchObject({
    name: 'Backup Link',
    asn: 4,
    zoneRedundant: false,
    policy: { kind: 'default' },
  });
  expect(link?.microsoftBgp).toBeUndefined();
});

published('22: the error envelope', async () => {
  const { entra } = await answers('22', 416);
  await expect(entra.tenantStatus()).rejects.toMatchObject({
    kind: 'rejected',
    cause: { code: 'invalidRange', statusCode: 416 },
  });
});
