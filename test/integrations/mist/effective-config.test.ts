import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contains } from '../../../src/design/addressing.ts';
import {
  attachedNetworks,
  effectiveConfig,
  effectiveKey,
  ownSubnet,
  resolveVariables,
  servicePolicies,
  variablesOf,
  withLinked,
} from '../../../src/integrations/mist/effective-config.ts';
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

test('a configuration without variables is the same, and in another copy, after they were resolved', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.dictionary(fc.stringMatching(/^\w+$/), fc.string(), { noNullPrototype: true }),
      (value, vars) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        const resolved = resolveVariables(value, vars);
        expect(resolved).toEqual(value);
        if (typeof value === 'object' && value !== null) expect(resolved).not.toBe(value);
      },
    ),
  );
});

test('every form of a netmask gives the same network', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (ip, length) => {
      const bits = '1'.repeat(length).padEnd(32, '0');
      const dotted = [0, 8, 16, 24].map((at) => parseInt(bits.slice(at, at + 8), 2)).join('.');
      const network = ownSubnet({ ip, netmask: `/${length}` });
      expect(network).toMatch(new RegExp(`/${length}$`));
      expect(contains(network!, ip)).toBe(true);
      for (const netmask of [String(length), dotted]) expect(ownSubnet({ ip, netmask })).toBe(network);
      expect(ownSubnet({ ip: `${ip}/${length}` })).toBe(network);
    }),
  );
  for (const netmask of ['/33', '/x', '255.0.255.0', '{{mask}}', '']) {
    expect(ownSubnet({ ip: '10.0.0.1', netmask })).toBeUndefined();
  }
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

  test('include the untagged one of a LAN port, and take no subnet that has no mask', () => {
    const config = {
      networks: [{ name: 'Native', subnet: '10.50.0.0' }],
      ip_configs: { Native: { ip: '10.51.0.1', netmask: '255.255.254.0' } },
      port_config: { 'ge-0/0/3': { usage: 'lan', port_network: 'Native' }, 'ge-0/0/4': null },
    };
    expect(attachedNetworks(config, [])).toEqual([
      { name: 'Native', prefix: '10.51.0.0/23', tenants: ['Native'] },
    ]);
    const untagged = { port_config: config.port_config };
    expect(attachedNetworks(untagged, [])).toEqual([{ name: 'Native', tenants: ['Native'] }]);
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
