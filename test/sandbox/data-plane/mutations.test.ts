import { expect, test } from 'vitest';
import { customTunnel } from '../entra/support.ts';
import { MAC, makeWorld, type World } from './world.ts';

const T = 'tunnelConfigs.mssse-wan0';
const G = 'bgpConfig.mssse-wan0';

function neighbors(...addresses: string[]): object {
  return Object.fromEntries(addresses.map((address) => [address, { neighbor_as: 65476, multihop_ttl: 2 }]));
}

/** What one wrong value on one side does, as third parties measured it with real IKEv2 and BGP. */
const MUTATIONS: [string, (world: World) => void, { event: string; bgp: string }][] = [
  ['the key differs', (w) => w.set(`${T}.psk`, 'other'), { event: 'AUTHENTICATION_FAILED', bgp: 'idle' }],
  [
    'the key has a space at its end',
    (w) => w.set(`${T}.psk`, 'key-0 '),
    { event: 'AUTHENTICATION_FAILED', bgp: 'idle' },
  ],
  [
    'local ID',
    (w) => w.set(`${T}.local_id`, '203.0.113.99'),
    { event: 'AUTHENTICATION_FAILED', bgp: 'idle' },
  ],
  [
    'remote ID',
    (w) => w.set(`${T}.primary.remote_ids`, ['20.9.9.9']),
    { event: 'AUTHENTICATION_FAILED', bgp: 'idle' },
  ],
  [
    'IKE encryption',
    (w) => w.set(`${T}.ike_proposals`, [{ enc_algo: 'aes128', auth_algo: 'sha2', dh_group: '14' }]),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  [
    'IKE group',
    (w) => w.set(`${T}.ike_proposals`, [{ enc_algo: 'aes256', auth_algo: 'sha2', dh_group: '19' }]),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  [
    'IKE integrity',
    (w) => w.set(`${T}.ike_proposals`, [{ enc_algo: 'aes256', auth_algo: 'sha1', dh_group: '14' }]),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  [
    'Entra left on its default policy',
    (w) =>
      w.store.edit('link', 'lyon-wan0', 'tunnelConfiguration', {
        '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
        preSharedKey: 'key-0',
      }),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  [
    'another public IP in Entra',
    (w) => w.store.edit('link', 'lyon-wan0', 'ipAddress', '203.0.113.77'),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  [
    'ESP cipher',
    (w) => w.set(`${T}.ipsec_proposals`, [{ enc_algo: 'aes_gcm128', dh_group: '14' }]),
    { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' },
  ],
  ['IKE version 1', (w) => w.set(`${T}.version`, '1'), { event: 'NO_PROPOSAL_CHOSEN', bgp: 'idle' }],
  [
    'an endpoint that nobody has',
    (w) => w.set(`${T}.primary.hosts`, ['20.9.9.9']),
    { event: 'TIMEOUT: peer not responding', bgp: 'idle' },
  ],
  [
    'BGP addresses swapped',
    (w) => {
      w.set(`${T}.primary.internal_ips`, ['10.99.99.2']);
      w.set(`${G}.neighbors`, neighbors('10.99.99.1'));
    },
    { event: 'up', bgp: 'connect' },
  ],
  [
    'device address',
    (w) => w.set(`${T}.primary.internal_ips`, ['10.99.99.3']),
    { event: 'up', bgp: 'connect' },
  ],
  ['local AS', (w) => w.set(`${G}.local_as`, 65010), { event: 'up', bgp: 'active' }],
  [
    'Entra’s device ASN',
    (w) => w.store.edit('link', 'lyon-wan0', 'bgpConfiguration.asn', 65010),
    { event: 'up', bgp: 'active' },
  ],
  [
    'neighbour AS of Azure VPN',
    (w) => w.set(`${G}.neighbors`, { '10.99.99.2': { neighbor_as: 65515, multihop_ttl: 2 } }),
    { event: 'up', bgp: 'active' },
  ],
  [
    'a neighbour that nobody is',
    (w) => w.set(`${G}.neighbors`, neighbors('10.99.99.6')),
    { event: 'up', bgp: 'active' },
  ],
  [
    'the group of another tunnel',
    (w) => w.set(`${G}.tunnel_name`, 'mssse-wan1'),
    { event: 'up', bgp: 'idle' },
  ],
  ['an internal group', (w) => w.set(`${G}.type`, 'internal'), { event: 'up', bgp: 'active' }],
  [
    'a neighbour that is switched off',
    (w) => w.set(`${G}.neighbors`, { '10.99.99.2': { neighbor_as: 65476, disabled: true } }),
    { event: 'up', bgp: 'idle' },
  ],
];

test.each(MUTATIONS)('%s: wrong from the start', (_name, mutate, { event, bgp }) => {
  const world = makeWorld();
  mutate(world);
  world.settle();
  const [tunnel] = world.plane.tunnels(MAC);
  expect(tunnel?.up ? 'up' : tunnel?.lastEvent).toBe(event);
  expect(world.plane.bgpPeers(MAC).map(({ state, learned }) => [state, learned])).toEqual([[bgp, []]]);
});

test.each(MUTATIONS)(
  '%s: wrong on a live site, which mends when it is put back',
  (_name, mutate, { event, bgp }) => {
    const world = makeWorld();
    world.settle();
    expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
    const [tunnels, groups] = structuredClone([world.edge.tunnelConfigs, world.edge.bgpConfig]);
    const link = world.store.snapshot().links[0];
    mutate(world);
    world.settle();
    const [tunnel] = world.plane.tunnels(MAC);
    expect(tunnel?.up ? 'up' : tunnel?.lastEvent).toBe(event);
    expect(world.plane.bgpPeers(MAC)[0]?.state).toBe(bgp);
    world.edge.tunnelConfigs = tunnels ?? {};
    world.edge.bgpConfig = groups ?? {};
    for (const key of ['ipAddress', 'bgpConfiguration', 'tunnelConfiguration'] as const) {
      world.store.edit('link', 'lyon-wan0', key, link?.[key]);
    }
    world.settle();
    expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  },
);

test.each([
  ['none', 'none'],
  ['another group', 'pfs24'],
] as const)('PFS %s: everything is up until the first rekey, and stays down after it', (_name, pfsGroup) => {
  const world = makeWorld();
  world.store.edit(
    'link',
    'lyon-wan0',
    'tunnelConfiguration',
    customTunnel({ preSharedKey: 'key-0', pfsGroup }),
  );
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  world.advance(1800);
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: false, lastEvent: 'NO_PROPOSAL_CHOSEN', rekeys: 0 }]);
  expect(world.plane.bgpPeers(MAC)).toMatchObject([{ state: 'idle', learned: [] }]);
  world.advance(10_000);
  expect(world.summary()).toBe('tunnels 0/1, BGP 0/1');
  world.store.edit('link', 'lyon-wan0', 'tunnelConfiguration.pfsGroup', 'pfs2048');
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  world.advance(4000);
  expect(world.plane.tunnels(MAC)).toMatchObject([{ up: true, rekeys: 2 }]);
});

test('BFD that is left on, and a longer lifetime on one side, break nothing', () => {
  const world = makeWorld();
  world.set(`${G}.disable_bfd`, false);
  world.set(`${T}.ipsec_lifetime`, 3600);
  world.settle();
  world.advance(4000);
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  expect(world.plane.tunnels(MAC)[0]?.rekeys).toBe(2);
});

test('the combined-mode combination of Entra’s default policy works with a router of group 24', () => {
  const world = makeWorld();
  world.store.edit('link', 'lyon-wan0', 'tunnelConfiguration', {
    '@odata.type': '#microsoft.graph.networkaccess.tunnelConfigurationIKEv2Default',
    preSharedKey: 'key-0',
  });
  world.set(`${T}.ike_proposals`, [{ enc_algo: 'aes_gcm128', auth_algo: 'sha2', dh_group: '24' }]);
  world.settle();
  expect(world.summary()).toBe('tunnels 1/1, BGP 1/1');
  world.advance(1800);
  // The default policy knows no PFS, and a Mist proposal always names a group.
  expect(world.summary()).toBe('tunnels 0/1, BGP 0/1');
});
