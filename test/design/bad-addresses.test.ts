import { describe, expect, it } from 'vitest';
import { check, lookAlike, problemsOf, spaces } from './problem-rows.ts';
import { singleDraft } from './site-form.ts';

describe('a wrong range', () => {
  const not29 = (text: string, bits: number) =>
    `${text} is a /${bits}. Enter a /29, for example 10.99.99.0/29.`;
  check([
    ['no A', { range_a: '' }, 'range_a', 'Enter a /29 for the BGP addresses, for example 10.99.99.0/29.'],
    [
      'no B',
      { range_b: '' },
      'range_b',
      "Enter a /29 for Microsoft's BGP addresses in zone 2, for example 10.99.100.0/29.",
    ],
    [
      'without a mask',
      { range_a: '10.99.99.0' },
      'range_a',
      '"10.99.99.0" is not a range such as 10.99.99.0/29.',
    ],
    [
      'a netmask',
      { range_a: '10.99.99.0/255.255.255.248' },
      'range_a',
      '"10.99.99.0/255.255.255.248" is not a range such as 10.99.99.0/29.',
    ],
    ['too wide', { range_a: '10.99.99.0/28' }, 'range_a', not29('10.99.99.0/28', 28)],
    ['too narrow', { range_b: '10.99.100.0/30' }, 'range_b', not29('10.99.100.0/30', 30)],
    [
      'host bits',
      { range_a: '10.99.99.1/29' },
      'range_a',
      '10.99.99.1/29 is not the start of its network. Did you mean 10.99.99.0/29?',
    ],
    [
      'host bits of another size',
      { range_b: '10.99.100.7/24' },
      'range_b',
      '10.99.100.7/24 is not the start of its network. Did you mean 10.99.100.0/24?',
    ],
    ['a space', { range_a: '10.99.99.0 /29' }, 'range_a', spaces('10.99.99.0 /29')],
    ['Arabic digits', { range_a: '10.99.99.٠/29' }, 'range_a', lookAlike('10.99.99.٠/29')],
    [
      'taken',
      { range_a: '10.99.50.0/29' },
      'range_a',
      '10.99.50.0/29 overlaps 10.99.50.0/29, which Paris uses. Choose another /29.',
    ],
    [
      'one address taken',
      { range_b: '10.99.51.0/29' },
      'range_b',
      '10.99.51.0/29 overlaps 10.99.51.2/32, which Nice link 1 uses. Choose another /29.',
    ],
    [
      'in a LAN',
      { range_a: '10.20.0.8/29' },
      'range_a',
      '10.20.0.8/29 overlaps network "corp" (10.20.0.0/24), so BGP would never come up. Choose another /29.',
    ],
    [
      'in a LAN with host bits',
      { range_b: '10.20.1.8/29' },
      'range_b',
      '10.20.1.8/29 overlaps network "guest" (10.20.1.1/24), so BGP would never come up. Choose another /29.',
    ],
    [
      'around a WAN port',
      { range_a: '192.168.8.0/29' },
      'range_a',
      '192.168.8.0/29 contains the address of WAN port "wan1" (192.168.8.2). Choose another /29.',
    ],
    [
      'around a public address',
      { range_a: '198.51.100.8/29' },
      'range_a',
      '198.51.100.8/29 contains the public address of link 2 (198.51.100.10). Choose another /29.',
    ],
    [
      'loopback',
      { range_a: '127.0.0.0/29' },
      'range_a',
      'Microsoft does not accept 127.0.0.0/8 for BGP addresses. Choose another /29.',
    ],
    [
      'multicast',
      { range_b: '224.1.1.0/29' },
      'range_b',
      'Microsoft does not accept 224.0.0.0/4 for BGP addresses. Choose another /29.',
    ],
    [
      'the same twice',
      { range_b: '10.99.99.0/29' },
      'range_b',
      '10.99.99.0/29 overlaps range A (10.99.99.0/29). Choose another /29 for zone 2.',
    ],
  ]);
});

describe('a wrong override', () => {
  const repeated = (text: string, other: string) =>
    `${text} is also ${other}. All BGP addresses of a site must be different.`;
  check([
    [
      'not an address',
      { device_bgp_1: '10.9.9.1/30' },
      'device_bgp_1',
      '"10.9.9.1/30" is not an IPv4 address. Enter four numbers such as 10.99.99.1, without a mask.',
    ],
    ['a space', { microsoft_bgp_2: ' 10.9.9.2' }, 'microsoft_bgp_2', spaces(' 10.9.9.2')],
    ['look-alikes', { microsoft_bgp_2: '10.9.9.２' }, 'microsoft_bgp_2', lookAlike('10.9.9.２')],
    [
      'unspecified',
      { device_bgp_2: '0.0.0.0' },
      'device_bgp_2',
      'Microsoft does not accept 0.0.0.0 as a BGP address. Choose another address.',
    ],
    [
      'multicast',
      { microsoft_bgp_1_z2: '239.1.1.1' },
      'microsoft_bgp_1_z2',
      'Microsoft does not accept 224.0.0.0/4 for BGP addresses. Choose another address.',
    ],
    [
      'in a LAN',
      { microsoft_bgp_1: '10.20.0.2' },
      'microsoft_bgp_1',
      '10.20.0.2 is inside network "corp" (10.20.0.0/24), so BGP would never come up.',
    ],
    [
      'a WAN port',
      { device_bgp_1: '192.168.8.2' },
      'device_bgp_1',
      '192.168.8.2 is the address of WAN port "wan1". Choose another address.',
    ],
    [
      'a WAN port from outside',
      { device_bgp_1: '198.51.100.10' },
      'device_bgp_1',
      '198.51.100.10 is the address of WAN port "wan1". Choose another address.',
    ],
    [
      'network address',
      { device_bgp_1: '10.99.99.0' },
      'device_bgp_1',
      '10.99.99.0 is the first or last address of 10.99.99.0/29, which is not a host. Choose another address.',
    ],
    [
      'broadcast address of B',
      { microsoft_bgp_2_z2: '10.99.100.7' },
      'microsoft_bgp_2_z2',
      '10.99.100.7 is the first or last address of 10.99.100.0/29, which is not a host. Choose another address.',
    ],
    [
      'taken',
      { microsoft_bgp_2: '10.99.50.3' },
      'microsoft_bgp_2',
      '10.99.50.3 lies in 10.99.50.0/29, which Paris uses. Choose another address.',
    ],
    [
      "the device's own",
      { microsoft_bgp_1: '10.99.99.1' },
      'microsoft_bgp_1',
      repeated('10.99.99.1', "the device's BGP address of link 1"),
    ],
    [
      "another link's",
      { device_bgp_1: '10.99.99.6' },
      'device_bgp_1',
      repeated('10.99.99.6', "Microsoft's BGP address of link 2"),
    ],
    [
      "another zone's",
      { device_bgp_2: '10.99.100.2' },
      'device_bgp_2',
      repeated('10.99.100.2', "Microsoft's BGP address of link 1 in zone 2"),
    ],
    [
      'the same override twice',
      { device_bgp_1: '10.9.9.1', microsoft_bgp_2_z2: '10.9.9.1' },
      'microsoft_bgp_2_z2',
      repeated('10.9.9.1', "the device's BGP address of link 1"),
    ],
  ]);

  it('that is the public address of a link', () => {
    const change = { link1_public_ip: '203.0.113.77', device_bgp_1: '203.0.113.77' };
    expect(problemsOf(change)).toEqual([
      {
        field: 'device_bgp_1',
        message: '203.0.113.77 is the public address of link 1. Choose another address.',
      },
    ]);
  });
});

describe('what the option does not have', () => {
  const oneLink = 'This option has one WAN link. Leave this empty or choose a dual-WAN option.';
  const oneZone = 'This option has no zone redundancy. Leave this empty or choose a zone-redundant option.';
  check(
    [
      ['a second port', { link2_wan: 'wan1' }, 'link2_wan', oneLink],
      ['a second public address', { link2_public_ip: '198.51.100.10' }, 'link2_public_ip', oneLink],
      ['a second range', { range_b: '10.99.100.0/29' }, 'range_b', oneZone],
      ['an override of link 2', { device_bgp_2: '10.9.9.1' }, 'device_bgp_2', oneLink],
      ['an override of zone 2', { microsoft_bgp_1_z2: '10.9.9.1' }, 'microsoft_bgp_1_z2', oneZone],
      ['an override of both', { microsoft_bgp_2_z2: '10.9.9.1' }, 'microsoft_bgp_2_z2', oneLink],
    ],
    singleDraft,
  );
});
