import { describe, expect, test } from 'vitest';
import {
  attachedNetworks,
  effectiveConfig,
  effectiveKey,
  resolveVariables,
  servicePolicies,
  variablesOf,
  withLinked,
} from '../../../src/integrations/mist/effective-config.ts';
import { expandPorts, wanPorts } from '../../../src/integrations/mist/ports.ts';
import type { MistNetwork } from '../../../src/integrations/mist/types.ts';

describe('variables', () => {
  test("of the device win over the site's", () => {
    const vars = variablesOf({ a: 'site', b: 'site' }, { vars: { b: 'device', c: 3, d: null } });
    expect(vars).toEqual({ a: 'site', b: 'device', c: '3' });
  });

  test('are put into strings and keys at any depth, and unknown ones are left standing', () => {
    const config = {
      neighbors: { '{{peer}}': { as: '{{ asn }}' } },
      list: ['{{octet}}.{{octet}}', 7, null, { deep: '{{missing}}' }],
    };
    expect(resolveVariables(config, { peer: '10.0.0.1', asn: '65000', octet: '9' })).toEqual({
      neighbors: { '10.0.0.1': { as: '65000' } },
      list: ['9.9', 7, null, { deep: '{{missing}}' }],
    });
  });

  test('whose names the language knows otherwise stay as they are', () => {
    expect(resolveVariables({ a: '{{constructor}} {{toString}}' }, {})).toEqual({
      a: '{{constructor}} {{toString}}',
    });
    const odd = JSON.parse('{"__proto__":{"x":"{{a}}"}}') as object;
    expect(JSON.stringify(resolveVariables(odd, { a: '1' }))).toBe('{"__proto__":{"x":"1"}}');
  });
});

describe('a root key', () => {
  const template = {
    tunnel_configs: { a: { from: 't' }, b: { from: 't' } },
    dns_servers: ['1.1.1.1'],
    name: 't',
  };
  const device = {
    tunnel_configs: { b: { from: 'd' } },
    dns_servers: ['9.9.9.9'],
    name: 'd',
    bgp_config: null,
  };

  test.each([
    ['replace', { b: { from: 'd' } }],
    ['merge', { a: { from: 't' }, b: { from: 'd' } }],
  ] as const)('that both have is read under %s', (hypothesis, expected) => {
    expect(effectiveKey(device, template, 'tunnel_configs', hypothesis)).toEqual(expected);
    expect(effectiveKey(device, template, 'dns_servers', hypothesis)).toEqual(['9.9.9.9']);
  });

  test('that one side has is taken from there, and null counts as absent', () => {
    for (const hypothesis of ['replace', 'merge'] as const) {
      expect(effectiveKey({}, template, 'dns_servers', hypothesis)).toEqual(['1.1.1.1']);
      expect(effectiveKey(device, { bgp_config: { g: {} } }, 'bgp_config', hypothesis)).toEqual({ g: {} });
      expect(effectiveKey(device, undefined, 'bgp_config', hypothesis)).toBeUndefined();
    }
  });

  test('of identity is never inherited', () => {
    const config = effectiveConfig({ id: 'd' }, { ...template, id: 't', type: 'spoke' }, 'replace');
    expect(config).toEqual({ id: 'd', tunnel_configs: template.tunnel_configs, dns_servers: ['1.1.1.1'] });
  });
});

describe('WAN ports', () => {
  const wan = (more: object = {}): object => ({ usage: 'wan', ...more });

  test.each([
    ['ge-0/0/3', ['ge-0/0/3']],
    ['ge-0/0/1-3', ['ge-0/0/1', 'ge-0/0/2', 'ge-0/0/3']],
    ['ge-0/0/0,ge-1/0/0', ['ge-0/0/0', 'ge-1/0/0']],
    ['ge-0/0/0-1, xe-1/0/5', ['ge-0/0/0', 'ge-0/0/1', 'xe-1/0/5']],
    ['ge-0/0/3-1', ['ge-0/0/3-1']],
    ['wan-0', ['wan-0']],
    ['ge-0/0/0-99999999', ['ge-0/0/0-99999999']],
    ['{{port}}', ['{{port}}']],
  ])('%s is %j', (key, ports) => {
    expect(expandPorts(key)).toEqual(ports);
  });

  test('have the name that a connector must use, their node and their address', () => {
    const ports = wanPorts({
      port_config: {
        'ge-0/0/0': wan({
          name: 'wan0',
          ip_config: { type: 'static', ip: '203.0.113.10/29', netmask: '/29' },
        }),
        'ge-1/0/0': wan({
          ip_config: { type: 'static', ip: '192.168.8.2' },
          wan_ext_ip: '198.51.100.10',
          disabled: true,
        }),
        'ge-0/0/1-2': wan({ name: 'lte', ip_config: { type: 'dhcp' } }),
        'cl-1/0/0': wan({ ip_config: { type: 'pppoe', ip: '192.0.2.9' } }),
        'ge-0/0/4': wan(),
        'ge-0/0/5': wan({ ip_config: { type: 'static', ip: '{{wan_ip}}' } }),
        'ge-0/0/6': wan({ ip_config: { type: '{{how}}' } }),
        'ge-0/0/7': { usage: 'lan' },
        'ge-0/0/8': 'odd',
      },
    });
    expect(ports).toEqual([
      { name: 'wan0', key: 'ge-0/0/0', node: 'node0', ipType: 'static', ip: '203.0.113.10', disabled: false },
      {
        name: 'ge-1/0/0',
        key: 'ge-1/0/0',
        node: 'node1',
        ipType: 'static',
        ip: '192.168.8.2',
        extIp: '198.51.100.10',
        disabled: true,
      },
      { name: 'lte', key: 'ge-0/0/1', node: 'node0', ipType: 'dhcp', disabled: false },
      { name: 'lte', key: 'ge-0/0/2', node: 'node0', ipType: 'dhcp', disabled: false },
      { name: 'cl-1/0/0', key: 'cl-1/0/0', node: 'node1', ipType: 'pppoe', disabled: false },
      { name: 'ge-0/0/4', key: 'ge-0/0/4', node: 'node0', ipType: 'dhcp', disabled: false },
      { name: 'ge-0/0/5', key: 'ge-0/0/5', node: 'node0', ipType: 'static', disabled: false },
      { name: 'ge-0/0/6', key: 'ge-0/0/6', node: 'node0', ipType: 'unknown', disabled: false },
    ]);
  });

  test('of a single device all belong to node 0', () => {
    const config = { port_config: { 'ge-1/0/0': wan() } };
    expect(wanPorts(config, { isHa: false })[0]!.node).toBe('node0');
    expect(wanPorts({})).toEqual([]);
  });
});

describe('attached networks', () => {
  function network(name: string, more: object = {}): MistNetwork {
    return { id: name, name, users: [], raw: { name, ...more } };
  }
  const organisation = [
    network('Lab', { subnet: '10.20.{{octet}}.0/24', tenants: { printers: {}, '{{team}}': {} } }),
    network('Guest'),
    network('Elsewhere', { subnet: '10.9.0.0/16' }),
  ];

  test('are those of the addresses and of the LAN ports, with prefix and tenants', () => {
    const config = {
      ip_configs: {
        Lab: { ip: '10.20.1.1', netmask: '/24' },
        Guest: { type: 'static', ip: '10.30.1.1', netmask: '/24' },
        Dotted: { ip: '10.31.1.9', netmask: '255.255.255.128' },
        Bare: { ip: '10.32.1.1/25' },
        Unknown: { ip: '{{ip}}', netmask: '/24' },
      },
      networks: [{ name: 'Inline', subnet: '10.40.0.1/24' }],
      port_config: {
        'ge-0/0/3': { usage: 'lan', networks: ['Lab', 'Inline'] },
        'ge-0/0/4': { usage: 'lan', networks: ['Elsewhere'], disabled: true },
        'ge-0/0/5': { usage: 'wan', networks: ['Elsewhere'] },
      },
    };
    expect(attachedNetworks(config, organisation, { octet: '1', team: 'staff' })).toEqual([
      { name: 'Lab', prefix: '10.20.1.0/24', tenants: ['Lab', 'printers.Lab', 'staff.Lab'] },
      { name: 'Guest', prefix: '10.30.1.0/24', tenants: ['Guest'] },
      { name: 'Dotted', prefix: '10.31.1.0/25', tenants: ['Dotted'] },
      { name: 'Bare', prefix: '10.32.1.0/25', tenants: ['Bare'] },
      { name: 'Unknown', tenants: ['Unknown'] },
      { name: 'Inline', prefix: '10.40.0.0/24', tenants: ['Inline'] },
    ]);
  });

  test('whose subnet is an unresolved variable take the prefix of the device', () => {
    const config = { ip_configs: { Lab: { ip: '10.20.7.1', netmask: '24' } } };
    expect(attachedNetworks(config, organisation)[0]!.prefix).toBe('10.20.7.0/24');
  });
});

test('application policies are the objects of the list, linked ones as they are', () => {
  const linked = { servicepolicy_id: 'p', path_preference: 'lte' };
  expect(servicePolicies({ service_policies: [linked, 7, null, { name: 'a' }] })).toEqual([
    linked,
    { name: 'a' },
  ]);
  const organisation = [{ id: 'p', raw: { id: 'p', name: 'dns', action: 'allow', path_preference: 'wan' } }];
  expect(withLinked(linked, organisation)).toMatchObject({
    name: 'dns',
    action: 'allow',
    path_preference: 'lte',
  });
  expect(withLinked({ servicepolicy_id: 'gone' }, organisation)).toEqual({ servicepolicy_id: 'gone' });
});
