import { describe, expect, test } from 'vitest';
import {
  newlyReachable,
  overlayNetworks,
  type OverlayNetwork,
} from '../../../src/integrations/mist/overlay.ts';
import type { MistNetwork, RawConfig } from '../../../src/integrations/mist/types.ts';

const VPN_PORT = { 'ge-0/0/0': { usage: 'wan', vpn_paths: { 'hub-wan0.Corp': {} } } };
const LAN = { 'ge-0/0/2': { usage: 'lan', networks: ['Lab'] } };
const ROUTER: RawConfig = { port_config: { ...VPN_PORT, ...LAN } };
const HALVES = ['0.0.0.0/1', '128.0.0.0/1'];

function network(name: string, raw: RawConfig = {}): MistNetwork {
  return { id: name, name, users: [], raw: { name, ...raw } };
}
const routed = (subnet: string, access: RawConfig = {}): RawConfig => ({
  subnet,
  vpn_access: { Corp: { routed: true, ...access } },
});
const read = (networks: readonly MistNetwork[], config: RawConfig = ROUTER) =>
  overlayNetworks(config, networks, {});
const found = (raw: RawConfig, name = 'Stock') => {
  const reading = read([network(name, raw)]);
  return reading.kind === 'networks' ? reading.networks : reading.kind;
};

describe('the networks of the overlay', () => {
  test('are none where no port has a path into a VPN, and unknown where a profile may give it one', () => {
    const stock = [network('Stock', routed('10.40.0.0/24'))];
    expect(read(stock, { port_config: LAN })).toEqual({ kind: 'none' });
    expect(read(stock, { port_config: LAN, deviceprofile_id: 'p' })).toEqual({ kind: 'unknown' });
  });

  test.each<[string, RawConfig, readonly (string | undefined)[]]>([
    ['its subnet', routed('10.40.0.0/24'), ['10.40.0.0/24']],
    [
      'what is advertised for it',
      routed('10.40.0.0/24', { advertised_subnet: '10.40.0.0/16' }),
      ['10.40.0.0/16'],
    ],
    [
      'what it is summarized to',
      routed('10.40.0.0/24', { summarized_subnet: '10.32.0.0/12' }),
      ['10.32.0.0/12'],
    ],
    [
      'its pool, where it is not routed',
      { subnet: '10.40.0.0/24', vpn_access: { Corp: { routed: false, nat_pool: '172.16.0.0/26' } } },
      ['172.16.0.0/26'],
    ],
    ['not known, where it depends on the site', routed('10.40.{{n}}.0/24'), [undefined]],
    ['nothing, without VPN access', { subnet: '10.40.0.0/24' }, []],
    [
      'nothing, not routed and without a pool',
      { subnet: '10.40.0.0/24', vpn_access: { Corp: { routed: false } } },
      [],
    ],
  ])('a network announces %s', (_what, raw, prefixes) => {
    expect((found(raw) as OverlayNetwork[]).map((n) => n.prefix)).toEqual(prefixes);
  });

  test('leave out what is attached here, unless it is another network at each site', () => {
    expect(found(routed('10.20.1.0/24'), 'Lab')).toEqual([]);
    expect(found(routed('10.20.{{n}}.0/24'), 'Lab')).toEqual([{ name: 'Lab', vpns: ['Corp'] }]);
  });
});

describe('what becomes reachable', () => {
  const STOCK = { name: 'Stock', vpns: ['Corp'], prefix: '10.40.0.0/24' };
  const services = [
    { name: 'any', addresses: ['0.0.0.0/0'] },
    { name: 'ten', addresses: ['10.0.0.0/8'] },
    { name: 'stock', addresses: ['10.40.0.0/24'] },
    { name: 'other', addresses: ['10.50.0.0/24'] },
  ];
  const config: RawConfig = {
    path_preferences: {
      direct: { paths: [{ type: 'wan', name: 'wan0' }] },
      hub: { paths: [{ type: 'vpn', name: 'hub-wan0.Corp' }] },
    },
  };
  const reachable = (rules: readonly RawConfig[], tenants = ['Lab'], networks: OverlayNetwork[] = [STOCK]) =>
    newlyReachable(networks, rules, { tenants, addresses: HALVES }, config, { services });
  const allow = (service: string, over: RawConfig = {}): RawConfig => ({
    name: service,
    tenants: ['Lab'],
    services: [service],
    action: 'allow',
    ...over,
  });

  test.each<[string, readonly RawConfig[]]>([
    ['without any rule', []],
    ['past a rule that breaks everything out locally', [allow('any', { path_preference: 'direct' })]],
    ['past a rule for other addresses', [allow('other')]],
    ['past a rule for other networks', [allow('stock', { tenants: ['Guest'] })]],
    ['for one of two networks, where only the other could', [allow('stock', { tenants: ['Guest'] })]],
  ])('%s', (_what, rules) => {
    expect(reachable(rules)).toEqual([STOCK]);
  });

  test.each<[string, readonly RawConfig[]]>([
    ['where routes to it were followed already', [allow('any')]],
    ['where a path over the VPN led to it already', [allow('any', { path_preference: 'hub' })]],
    ['where a longer prefix goes on being denied', [allow('ten', { action: 'deny' })]],
    ['where a longer prefix goes on leaving another way', [allow('stock', { path_preference: 'direct' })]],
  ])('not %s', (_what, rules) => {
    expect(reachable(rules)).toEqual([]);
  });

  test('is judged for every tenant, users of a network included', () => {
    expect(reachable([allow('any')], ['Lab', 'printers.Lab'])).toEqual([]);
    expect(reachable([allow('any')], ['Lab', 'Guest'])).toEqual([STOCK]);
  });

  test('a network whose prefix is not known counts', () => {
    const nowhere = { name: 'Lab', vpns: ['Corp'] };
    expect(reachable([allow('any')], ['Lab'], [nowhere])).toEqual([nowhere]);
  });
});
