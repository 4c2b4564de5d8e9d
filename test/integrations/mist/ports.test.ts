import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandPorts, wanPorts } from '../../../src/integrations/mist/ports.ts';

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

const number = fc.nat({ max: 15 });
const interfaceName = fc
  .record({ kind: fc.constantFrom('ge', 'xe', 'et', 'cl', 'mge'), card: number, slot: number, port: number })
  .map(({ kind, card, slot, port }) => ({ card, name: `${kind}-${card}/${slot}/${port}` }));

describe('a key of port_config', () => {
  test('that is a list stands for exactly its members, in order', () => {
    fc.assert(
      fc.property(
        fc.array(interfaceName, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(',', ', '),
        (members, comma) => {
          const names = members.map(({ name }) => name);
          expect(expandPorts(names.join(comma))).toEqual(names);
        },
      ),
    );
  });

  test('that is a range stands for every port from the first to the last', () => {
    fc.assert(
      fc.property(number, number, fc.nat({ max: 127 }), (card, from, more) => {
        const ports = expandPorts(`ge-${card}/0/${from}-${from + more}`);
        expect(ports).toHaveLength(more + 1);
        expect([ports[0], ports.at(-1)]).toEqual([`ge-${card}/0/${from}`, `ge-${card}/0/${from + more}`]);
        expect(new Set(ports).size).toBe(ports.length);
        for (const port of ports) expect(expandPorts(port)).toEqual([port]);
      }),
    );
  });

  test('that is a name with numbers at its end is no range', () => {
    expect(expandPorts('wan0-1')).toEqual(['wan0-1']);
    expect(expandPorts('ge-0')).toEqual(['ge-0']);
    expect(expandPorts('ge-0/0/0-128')).toEqual(['ge-0/0/0-128']);
  });
});

describe('the WAN ports', () => {
  test('of a pair belong to the node of their card, and share the name of their entry', () => {
    fc.assert(
      fc.property(fc.array(interfaceName, { minLength: 1, maxLength: 4 }), (members) => {
        const key = members.map(({ name }) => name).join(',');
        const ports = wanPorts({ port_config: { [key]: { usage: 'wan', name: 'isp' } } });
        expect(ports.map(({ node }) => node)).toEqual(
          members.map(({ card }) => (card === 0 ? 'node0' : 'node1')),
        );
        expect(new Set(ports.map(({ name }) => name))).toEqual(new Set(['isp']));
      }),
    );
  });

  test('that a nameless entry lists are called by the whole key, as Mist calls them', () => {
    const ports = wanPorts({ port_config: { 'ge-0/0/0,ge-1/0/0': { usage: 'wan', name: '' } } });
    expect(ports.map(({ key, name, node }) => [key, name, node])).toEqual([
      ['ge-0/0/0', 'ge-0/0/0,ge-1/0/0', 'node0'],
      ['ge-1/0/0', 'ge-0/0/0,ge-1/0/0', 'node1'],
    ]);
  });

  test('have no address that is not one', () => {
    const wan = (ip: unknown): object => ({
      usage: 'wan',
      ip_config: { type: 'static', ip },
      wan_ext_ip: ip,
    });
    const addresses = ['{{ip}}', '', '203.0.113', '203.0.113.256', '203.0.113.010', 'fd00::1', 7, null];
    for (const address of addresses) {
      const [port] = wanPorts({ port_config: { 'ge-0/0/0': wan(address) } });
      expect(port).toEqual({
        name: 'ge-0/0/0',
        key: 'ge-0/0/0',
        node: 'node0',
        ipType: 'static',
        disabled: false,
      });
    }
  });

  test('of whatever Mist may send are bare addresses of ports that are meant for a WAN', () => {
    const port = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record(
        {
          usage: fc.constantFrom('wan', 'lan', 7),
          name: fc.jsonValue({ maxDepth: 0 }),
          ip_config: fc.oneof(
            fc.jsonValue({ maxDepth: 1 }),
            fc.record({ type: fc.constant('static'), ip: fc.oneof(fc.ipV4(), fc.string()) }),
          ),
          wan_ext_ip: fc.oneof(fc.ipV4(), fc.jsonValue({ maxDepth: 0 })),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), port), (entries) => {
        const meant = Object.values(entries).filter(
          (entry) => (entry as { usage?: unknown } | null)?.usage === 'wan',
        );
        const ports = wanPorts({ port_config: entries });
        if (meant.length === 0) expect(ports).toEqual([]);
        for (const { name, ip, extIp, ipType } of ports) {
          expect(name).not.toBe('');
          expect(ip === undefined || ipType === 'static').toBe(true);
          for (const address of [ip, extIp]) {
            if (address !== undefined) expect(address).toMatch(/^\d{1,3}(\.\d{1,3}){3}$/);
          }
        }
      }),
    );
  });
});
