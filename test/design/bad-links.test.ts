import { describe, expect, it } from 'vitest';
import { check, lookAlike, problemsOf, spaces } from './problem-rows.ts';
import { draft, snapshot } from './site-form.ts';

describe('a wrong WAN port', () => {
  check([
    ['none', { link1_wan: '' }, 'link1_wan', 'Choose the WAN port of link 1.'],
    ['none for link 2', { link2_wan: null }, 'link2_wan', 'Choose the WAN port of link 2.'],
    ['unknown', { link1_wan: 'wan9' }, 'link1_wan', '"wan9" is not a WAN port of lyon-ssr.'],
    [
      'key instead of name',
      { link1_wan: 'ge-0/0/0' },
      'link1_wan',
      '"ge-0/0/0" is not a WAN port of lyon-ssr.',
    ],
    [
      'spaces around',
      { link1_wan: ' wan0 ' },
      'link1_wan',
      '" wan0 " is not a WAN port of lyon-ssr. Remove the spaces around the name.',
    ],
    [
      'DHCP',
      { link2_wan: 'lte' },
      'link2_wan',
      '"lte" gets its address by DHCP. Microsoft needs a static address; choose another port.',
    ],
    [
      'PPPoE',
      { link2_wan: 'dsl' },
      'link2_wan',
      '"dsl" gets its address by PPPoE. Microsoft needs a static address; choose another port.',
    ],
    [
      'ambiguous',
      { link2_wan: 'twin' },
      'link2_wan',
      'Ports ge-0/0/4 and ge-1/0/4 are both named "twin", and Mist refers to them by name. Rename one of them in Mist.',
    ],
    [
      'the same twice',
      { link2_wan: 'wan0' },
      'link2_wan',
      'Both links use the same WAN port. Choose another port for link 2.',
    ],
    [
      'the same node twice',
      { link2_wan: 'wan2' },
      'link2_wan',
      'Both links leave node0, so the site is down with that node. Choose a port of the other node for link 2.',
    ],
  ]);
});

describe('a wrong public address', () => {
  const notAddress = (text: string) =>
    `"${text}" is not an IPv4 address. Enter four numbers such as 203.0.113.10, without a mask.`;
  const notPublic = (text: string, reason: string) =>
    `${text} ${reason}. Enter the address under which Microsoft sees this link.`;
  check([
    ['none', { link1_public_ip: undefined }, 'link1_public_ip', 'Enter the public IPv4 address of link 1.'],
    [
      'none for link 2',
      { link2_public_ip: '' },
      'link2_public_ip',
      'Enter the public IPv4 address of link 2.',
    ],
    [
      'RFC 1918',
      { link1_public_ip: '192.168.1.2' },
      'link1_public_ip',
      notPublic('192.168.1.2', 'is a private address (RFC 1918)'),
    ],
    [
      'CGNAT',
      { link1_public_ip: '100.64.9.9' },
      'link1_public_ip',
      notPublic('100.64.9.9', 'is a carrier-grade NAT address (100.64.0.0/10)'),
    ],
    [
      'loopback',
      { link2_public_ip: '127.0.0.1' },
      'link2_public_ip',
      notPublic('127.0.0.1', 'is a loopback address (127.0.0.0/8)'),
    ],
    [
      'link-local',
      { link1_public_ip: '169.254.3.4' },
      'link1_public_ip',
      notPublic('169.254.3.4', 'is a link-local address (169.254.0.0/16)'),
    ],
    [
      'multicast',
      { link1_public_ip: '224.0.0.1' },
      'link1_public_ip',
      notPublic('224.0.0.1', 'is a multicast address (224.0.0.0/4)'),
    ],
    [
      'broadcast',
      { link1_public_ip: '255.255.255.255' },
      'link1_public_ip',
      notPublic('255.255.255.255', 'is the broadcast address'),
    ],
    [
      'in a LAN',
      { link1_public_ip: '203.0.113.130' },
      'link1_public_ip',
      '203.0.113.130 is inside network "dmz" (203.0.113.128/28). Enter the address of the WAN link.',
    ],
    ['with a mask', { link1_public_ip: '203.0.113.10/32' }, 'link1_public_ip', notAddress('203.0.113.10/32')],
    ['leading zero', { link1_public_ip: '203.000.113.10' }, 'link1_public_ip', notAddress('203.000.113.10')],
    ['too few numbers', { link1_public_ip: '203.0.113' }, 'link1_public_ip', notAddress('203.0.113')],
    ['IPv6', { link1_public_ip: '2001:db8::1' }, 'link1_public_ip', notAddress('2001:db8::1')],
    ['host name', { link1_public_ip: 'lyon.example' }, 'link1_public_ip', notAddress('lyon.example')],
    ['trailing space', { link1_public_ip: '203.0.113.10 ' }, 'link1_public_ip', spaces('203.0.113.10 ')],
    ['only a space', { link1_public_ip: ' ' }, 'link1_public_ip', spaces(' ')],
    [
      'zero-width space',
      { link1_public_ip: '203.0.113.10\u200b' },
      'link1_public_ip',
      spaces('203.0.113.10\ufffd'),
    ],
    [
      'full-width digits',
      { link1_public_ip: '２03.0.113.10' },
      'link1_public_ip',
      lookAlike('２03.0.113.10'),
    ],
    [
      'control character',
      { link1_public_ip: '203.0.113.10\u0000' },
      'link1_public_ip',
      lookAlike('203.0.113.10\ufffd'),
    ],
    ['endless', { link1_public_ip: '9'.repeat(99) }, 'link1_public_ip', notAddress(`${'9'.repeat(60)}…`)],
    [
      'the same twice',
      { link2_public_ip: '203.0.113.10' },
      'link2_public_ip',
      'Both links have the same public address. Microsoft tells them apart by it.',
    ],
  ]);
});

describe('a gateway that is not an SSR', () => {
  const read = { ...snapshot, device: { ...snapshot.device, isSsr: false } };
  const message = '"lyon-ssr" is not a Session Smart Router. Only those are supported.';

  it('is reported at the device where the form asks for it', () => {
    expect(problemsOf({ device: 'device-1' }, draft, read)).toEqual([{ field: 'device', message }]);
  });

  it('is reported at the first WAN port where it does not', () => {
    expect(problemsOf({}, draft, read)).toEqual([{ field: 'link1_wan', message }]);
  });
});
