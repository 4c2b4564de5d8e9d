import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRoutesParser } from '../../../src/integrations/mist/routes-parser.ts';

const HEADER = [
  'Mon 2026-11-23 10:00:00 UTC',
  'Retrieving bgp entries...',
  'BGP table version is 354, local router ID is 10.224.8.16, vrf id 0',
  'Default local pref 100, local AS 65000',
  'Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,',
  '              i internal, r RIB-failure, S Stale, R Removed',
  "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self",
  'Origin codes:  i - IGP, e - EGP, ? - incomplete',
  'RPKI validation codes: V valid, I invalid, N Not found',
  '',
  '   Network          Next Hop            Metric LocPrf Weight Path',
];
const FOOTER = [
  '',
  'Total number of prefixes 4',
  'Displayed  4 routes and 5 total paths',
  'admin@node0.lyon# ',
];

function read(text: string, neighbor?: string): readonly string[] {
  const parser = createRoutesParser(neighbor);
  parser.push(text);
  return parser.end().prefixes;
}

function listing(...rows: string[]): string {
  return [...HEADER, ...rows, ...FOOTER].join('\n');
}

describe('a listing', () => {
  test('gives its prefixes in order, without header and footer', () => {
    const text = listing(
      '*> 13.107.6.152/31  10.99.99.2               0             0 65476 i',
      '*> 52.96.0.0/14     10.99.99.2                             0 65476 i',
      '*  40.104.0.0/15    10.99.99.2                             0 65476 ?',
    );
    const parsed = createRoutesParser('10.99.99.2');
    parsed.push(text);
    const { prefixes, count, refused } = parsed.end();
    expect(prefixes).toEqual(['13.107.6.152/31', '52.96.0.0/14', '40.104.0.0/15']);
    expect([count, refused]).toEqual([3, false]);
  });

  test('joins a long prefix with the next hop on the following line', () => {
    const text = listing(
      '*> 132.245.108.128/25',
      '                    10.99.99.2                             0 65476 i',
      '*> 132.245.165.128/25',
      '                    10.99.100.2                            0 65476 i',
    );
    expect(read(text, '10.99.99.2')).toEqual(['132.245.108.128/25']);
    expect(read(text)).toEqual(['132.245.108.128/25', '132.245.165.128/25']);
  });

  test('gives further paths without a prefix to the prefix above', () => {
    const text = listing(
      '*> 13.107.6.152/31  10.99.100.2              0             0 65476 i',
      '*=                  10.99.99.2               0             0 65476 i',
      '*> 52.96.0.0/14     10.99.100.2              0             0 65476 i',
      '*> 132.245.108.128/25',
      '                    10.99.100.2              0             0 65476 i',
      '*=                  10.99.99.2               0             0 65476 i',
    );
    expect(read(text, '10.99.99.2')).toEqual(['13.107.6.152/31', '132.245.108.128/25']);
    expect(read(text, '10.99.100.2')).toEqual(['13.107.6.152/31', '52.96.0.0/14', '132.245.108.128/25']);
  });

  test.each([
    ['10.0.0.0', '10.0.0.0/8'],
    ['172.16.0.0', '172.16.0.0/16'],
    ['192.168.7.0', '192.168.7.0/24'],
    ['0.0.0.0', '0.0.0.0/0'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ])('reads %s, which FRR prints without a mask, as %s', (text, prefix) => {
    expect(read(listing(`*> ${text.padEnd(17)}10.99.99.2   0 65476 i`), '10.99.99.2')).toEqual([prefix]);
  });

  test.each(['10.1.0.0', '224.0.0.0', '300.0.0.0', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8x'])(
    'does not take %s for a prefix',
    (text) => {
      expect(read(listing(`*> ${text.padEnd(17)}10.99.99.2   0 65476 i`))).toEqual([]);
    },
  );

  test.each(['*>', '* ', '*=', 'r>', 'S>', '*>i', 's>', 'V*>', ' *>', 'N* ', '*&gt;'])(
    'counts a route with status %s',
    (status) => {
      expect(read(listing(`${status} 52.96.0.0/14     10.99.99.2   0 65476 i`), '10.99.99.2')).toEqual([
        '52.96.0.0/14',
      ]);
    },
  );
  test.each(['h ', 'd ', 'R ', '*d'])('does not count a route that is gone, status %s', (status) => {
    expect(read(listing(`${status} 52.96.0.0/14     10.99.99.2   0 65476 i`), '10.99.99.2')).toEqual([]);
  });

  test('clears host bits and takes each prefix once, whatever the order', () => {
    const row = (prefix: string): string => `*> ${prefix.padEnd(17)}10.99.99.2   0 65476 i`;
    const text = listing(
      row('52.96.1.1/14'),
      row('13.107.6.152/31'),
      row('52.96.0.0/14'),
      row('52.96.0.0/15'),
    );
    expect(read(text)).toEqual(['52.96.0.0/14', '13.107.6.152/31', '52.96.0.0/15']);
  });

  test('compares next hops by address, not by how they begin', () => {
    const text = listing(
      '*> 52.96.0.0/14     10.99.99.20              0             0 65476 i',
      '*> 52.97.0.0/16     10.99.99.2@3<            0             0 65476 i',
      '*> 52.98.0.0/16     110.99.99.2              0             0 65476 i',
    );
    expect(read(text, '10.99.99.2')).toEqual(['52.97.0.0/16']);
    expect(read(text, 'nonsense')).toEqual([]);
  });

  test('reads the listing of the route table too', () => {
    const text = [
      'Codes: K - kernel route, C - connected, S - static, B - BGP,',
      '       > - selected route, * - FIB route',
      'C>* 10.20.1.0/24 is directly connected, lan, 1d02h03m',
      'B>* 13.107.6.152/31 [20/0] via 10.99.99.2, mssse-wan0, weight 1, 00:12:01',
      '  *                        via 10.99.100.2, mssse-wan0, weight 1, 00:12:01',
    ].join('\r\n');
    expect(read(text, '10.99.99.2')).toEqual(['13.107.6.152/31']);
    expect(read(text, '10.99.100.2')).toEqual(['13.107.6.152/31']);
  });

  test('skips IPv6 without mixing its next hops into other prefixes', () => {
    const text = listing(
      '*> 52.96.0.0/14     10.99.100.2  0 i',
      '*> 2603:1006::/40',
      '                    10.99.99.2  0 i',
    );
    expect(read(text, '10.99.99.2')).toEqual([]);
  });

  test('tells a refusal from an empty table', () => {
    const refusal = createRoutesParser('10.99.99.2');
    refusal.push('% No such neighbor or address family\n');
    expect(refusal.end()).toMatchObject({ refused: true, prefixes: [] });
    const empty = createRoutesParser('10.99.99.2');
    empty.push(listing());
    expect(empty.end()).toMatchObject({ refused: false, prefixes: [] });
  });

  test('keeps nothing of an endless line', () => {
    const parser = createRoutesParser();
    for (let n = 0; n < 2000; n += 1) parser.push('x'.repeat(1000));
    parser.push('\n*> 52.96.0.0/14     10.99.99.2\n');
    expect(parser.end().prefixes).toEqual(['52.96.0.0/14']);
  });

  test('takes tens of thousands of prefixes in any order', () => {
    const all = Array.from(
      { length: 40_000 },
      (_, n) => `${1 + (n >> 14)}.${(n >> 6) & 255}.${(n & 63) * 4}.0/24`,
    );
    const mixed = all.map((_, n) => all[(n * 7919) % all.length]!);
    const text = [...mixed, ...mixed.slice(0, 5000)]
      .map((p) => `*> ${p.padEnd(17)}10.99.99.2   0 i`)
      .join('\n');
    expect(read(text, '10.99.99.2')).toEqual(mixed);
  });
});

const octet = fc.nat(255);
const prefixText = fc
  .tuple(octet, octet, octet, octet, fc.nat(34))
  .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`);
const hop = fc.constantFrom('10.99.99.2', '10.99.99.20', '10.99.100.2', '0.0.0.0', 'fe80::1');
const status = fc.constantFrom('*> ', '*= ', '*  ', ' *> ', 'r> ', '*>i', 'h  ', '   ', 'V*> ', '*&gt;');
const row = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(status, prefixText, hop).map(([s, p, h]) => `${s}${p.padEnd(17)}${h}   0 65476 i`),
  },
  fc.tuple(status, prefixText).map(([s, p]) => `${s}${p}`),
  fc.tuple(fc.constantFrom('*=', '  ', 'h '), hop).map(([s, h]) => `${s}                  ${h}   0 i`),
  fc.tuple(prefixText, hop).map(([p, h]) => `B>* ${p} [20/0] via ${h}, x`),
  fc.constantFrom(...HEADER, ...FOOTER, '% error', '\t', '2603::/16', '*> 10.0.0.0   10.99.99.2', '🛰 *>'),
);
const text = fc
  .tuple(
    fc.array(fc.oneof({ weight: 8, arbitrary: row }, fc.string({ unit: 'binary', maxLength: 60 }))),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([rows, end]) => rows.join(end));
const neighbor = fc.constantFrom('10.99.99.2', undefined, 'fe80::1');

describe('however it is cut', () => {
  test('text gives what it gives in one piece', () => {
    const cuts = fc.array(fc.nat(40), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, cuts, neighbor, (whole, sizes, of) => {
        const parser = createRoutesParser(of);
        for (let at = 0, n = 0; at < whole.length; n += 1) {
          const size = 1 + sizes[n % sizes.length]!;
          parser.push(whole.slice(at, at + size));
          at += size;
        }
        const one = createRoutesParser(of);
        one.push(whole);
        expect({ ...parser.end() }).toEqual({ ...one.end() });
      }),
      { numRuns: 2000 },
    );
  });

  test('bytes give the same, cut within characters too', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), neighbor, (whole, size, of) => {
        const bytes = Buffer.from(whole);
        const parser = createRoutesParser(of);
        for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
        expect(parser.end().prefixes).toEqual(read(bytes.toString(), of));
      }),
      { numRuns: 1000 },
    );
  });

  test('each prefix it gives stood in the text, and comes once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(prefixText, hop)), (rows) => {
        const found = read(rows.map(([p, h]) => `*> ${p.padEnd(17)} ${h}  0 i`).join('\n'), '10.99.99.2');
        const expected = new Set(
          rows
            .filter(([p, h]) => h === '10.99.99.2' && Number(p.split('/')[1]) <= 32)
            .map(([p]) => masked(p)),
        );
        expect(found).toEqual([...expected]);
      }),
    );
  });

  test('arbitrary text never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (chunks) => {
        const parser = createRoutesParser('10.99.99.2');
        for (const chunk of chunks) parser.push(chunk);
        expect(parser.end().count).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});

function masked(prefix: string): string {
  const [address = '', bits = ''] = prefix.split('/');
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const network = Math.floor(value / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.')}/${bits}`;
}
