import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareCidrs,
  contains,
  hostAddress,
  isIpv4Address,
  isNetworkOrBroadcast,
  overlaps,
  parseCidr,
  readPrefix,
} from '../../src/design/addressing.ts';

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const address = octets.map((parts) => parts.join('.'));
const cidr = fc.tuple(address, fc.nat(32)).map(([ip, bits]) => readPrefix(`${ip}/${bits}`) ?? '');
const almost = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '/', ' ', '-', 'x', '١', '．') }),
);

/** An independent reading: the numbers an address stands for. */
function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function bounds(network: string): [number, number] {
  const [ip = '', bits = '32'] = network.split('/');
  return [toNumber(ip), toNumber(ip) + 2 ** (32 - Number(bits)) - 1];
}

describe('reading addresses', () => {
  it('takes every address in plain form', () => {
    fc.assert(fc.property(address, (ip) => isIpv4Address(ip)));
  });

  it.each([
    '',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10.0.0',
    '10.0.0.0.1',
    '10.0.0.256',
    '10.0.0.-1',
    '010.0.0.1',
    '10.0.0.08',
    '0x0a.0.0.1',
    '167772161',
    '10.1',
    '10.0.0.1/32',
    '10。0。0。1',
    '１０.0.0.1',
    '10.0.0.١',
    '::ffff:10.0.0.1',
    '{{wan_ip}}',
  ])('refuses %j', (text) => {
    expect(isIpv4Address(text)).toBe(false);
  });
});

describe('reading networks', () => {
  it('takes every network in canonical form and nothing else of the same digits', () => {
    fc.assert(
      fc.property(address, fc.nat(32), (ip, bits) => {
        const text = `${ip}/${bits}`;
        const network = readPrefix(text);
        expect(parseCidr(text)).toEqual(
          network === text
            ? { ok: true, cidr: text, prefixLength: bits }
            : { ok: false, reason: 'host-bits', network },
        );
      }),
    );
  });

  it('names the network that an address with host bits lies in', () => {
    expect(parseCidr('10.99.99.1/29')).toEqual({ ok: false, reason: 'host-bits', network: '10.99.99.0/29' });
    expect(readPrefix('10.20.1.1/24')).toBe('10.20.1.0/24');
    expect(readPrefix('10.20.1.1')).toBe('10.20.1.1/32');
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/029',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '/29',
    '10.0.0.0 /29',
    '10.0.0.0／29',
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toEqual({ ok: false, reason: 'not-a-cidr' });
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(almost, almost, (a, b) => {
        isIpv4Address(a);
        parseCidr(a);
        readPrefix(a);
        overlaps(a, b);
        contains(a, b);
        compareCidrs(a, b);
        isNetworkOrBroadcast(a, b);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('relations of networks', () => {
  it('overlap and containment agree with the numbers the networks stand for', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const [aStart, aEnd] = bounds(a);
        const [bStart, bEnd] = bounds(b);
        expect(overlaps(a, b)).toBe(aStart <= bEnd && bStart <= aEnd);
        expect(contains(a, b)).toBe(aStart <= bStart && bEnd <= aEnd);
      }),
      { numRuns: 2_000 },
    );
  });

  it('overlap sees networks that are close together', () => {
    expect(overlaps('10.99.99.0/29', '10.99.99.8/29')).toBe(false);
    expect(overlaps('10.99.99.0/29', '10.99.99.7')).toBe(true);
    expect(overlaps('10.99.99.0/29', '10.99.99.1/24')).toBe(true);
    expect(contains('10.99.99.0/29', '10.99.99.0/28')).toBe(false);
    expect(contains('10.99.99.0/29', '10.99.99.7')).toBe(true);
  });

  it('unreadable texts overlap and contain nothing', () => {
    expect(overlaps('{{lan}}', '0.0.0.0/0')).toBe(false);
    expect(overlaps('0.0.0.0/0', '{{lan}}')).toBe(false);
    expect(contains('0.0.0.0/0', '{{lan}}')).toBe(false);
    expect(contains('{{lan}}', '10.0.0.1')).toBe(false);
  });

  it('sorts by address, the wider first, the unreadable last', () => {
    const sorted = ['?', '10.0.0.0/8', '9.255.0.0/16', '10.0.0.0/24', '100.0.0.0/8', '10.0.0.0/7'].toSorted(
      compareCidrs,
    );
    expect(sorted).toEqual(['9.255.0.0/16', '10.0.0.0/7', '10.0.0.0/8', '10.0.0.0/24', '100.0.0.0/8', '?']);
    expect(compareCidrs('?', '!')).toBe(0);
  });
});

describe('hosts of a network', () => {
  it('counts the six hosts of a /29 from one', () => {
    expect([1, 2, 3, 4, 5, 6].map((n) => hostAddress('10.99.99.248/29', n))).toEqual([
      '10.99.99.249',
      '10.99.99.250',
      '10.99.99.251',
      '10.99.99.252',
      '10.99.99.253',
      '10.99.99.254',
    ]);
  });

  it('has every host inside its network and apart from its edges', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 6 }), (ip, n) => {
        const range = readPrefix(`${ip}/29`) ?? '';
        const host = hostAddress(range, n);
        expect(toNumber(host)).toBe(bounds(range)[0] + n);
        expect(isNetworkOrBroadcast(host, range)).toBe(false);
      }),
    );
  });

  it.each([
    ['10.99.99.0/29', 0],
    ['10.99.99.0/29', 7],
    ['10.99.99.0/29', 1.5],
    ['10.99.99.0/29', Number.NaN],
    ['255.255.255.248/29', 7],
    ['10.99.99.0/32', 1],
    ['10.99.99.0/31', 1],
    ['nonsense', 1],
  ])('refuses host %s of %d', (range, n) => {
    expect(() => hostAddress(range, n)).toThrow(RangeError);
  });

  it('knows the first and last address of a network', () => {
    expect(isNetworkOrBroadcast('10.99.99.0', '10.99.99.0/29')).toBe(true);
    expect(isNetworkOrBroadcast('10.99.99.7', '10.99.99.0/29')).toBe(true);
    expect(isNetworkOrBroadcast('10.99.99.3', '10.99.99.0/30')).toBe(true);
    expect(isNetworkOrBroadcast('10.99.99.8', '10.99.99.0/29')).toBe(false);
    expect(isNetworkOrBroadcast('10.99.99.0', '10.99.99.0/31')).toBe(false);
    expect(isNetworkOrBroadcast('10.99.99.0', 'nonsense')).toBe(false);
  });
});
