import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packPrefixes, unpackPrefixes } from '../../../src/flows/routes/packed-prefixes.ts';
import { routeReport, routesCsv, type RouteReadings } from '../../../src/flows/routes/route-report.ts';
import type { SiteLayout } from '../../../src/flows/status/layout.ts';

const A = '10.99.99.2';
const B = '10.99.100.2';
const layout: SiteLayout = {
  site: { id: 's', name: 'Lyon' },
  deviceId: 'd',
  connectors: [
    {
      name: 'mssse-wan0',
      wan: 'wan0',
      neighbors: [
        { address: A, zone: 1 },
        { address: B, zone: 2 },
      ],
    },
  ],
  refused: ['10.20.0.0/16', '0.0.0.0/0'],
};

function report(over: Partial<RouteReadings> = {}) {
  return routeReport(layout, {
    now: 2000,
    prefixes: new Map([
      [A, ['13.107.6.152/31', '40.92.0.0/15', '10.20.3.0/24', '0.0.0.0/0']],
      [B, ['13.107.6.152/31']],
    ]),
    end: 'counted',
    expected: ['13.107.6.152/31', '40.96.0.0/13'],
    earlier: undefined,
    unread: [],
    ...over,
  });
}

describe('a report of learned routes', () => {
  test('counts distinct prefixes by length and by neighbor, without what the import policy refuses', () => {
    const found = report();
    expect(found).toMatchObject({ total: 2, refused: 2, expected: 2 });
    expect(found.byLength).toEqual([
      { length: 15, count: 1 },
      { length: 31, count: 1 },
    ]);
    expect(found.byNeighbor.map(({ address, count }) => [address, count])).toEqual([
      [A, 4],
      [B, 1],
    ]);
  });

  test('names what is missing and what nobody promised', () => {
    expect(report()).toMatchObject({ missing: ['40.96.0.0/13'], unexpected: ['40.92.0.0/15'] });
  });

  test('a wider prefix covers what is promised, and a longer one is promised', () => {
    const found = report({ prefixes: new Map([[A, ['40.0.0.0/8', '13.107.6.152/32']]]) });
    expect(found.missing).toEqual(['13.107.6.152/31']);
    expect(found.unexpected).toEqual(['40.0.0.0/8']);
  });

  test('says what came and went since the last reading', () => {
    const found = report({ earlier: { atMs: 1000, prefixes: ['40.92.0.0/15', '52.96.0.0/14'] } });
    expect(found.change).toEqual({ sinceMs: 1000, added: ['13.107.6.152/31'], removed: ['52.96.0.0/14'] });
  });

  test('of a listing that was cut calls nothing missing and nothing gone', () => {
    const found = report({ end: 'cut', earlier: { atMs: 1000, prefixes: ['52.96.0.0/14'] } });
    expect(found.missing).toEqual([]);
    expect(found.change).toBeUndefined();
  });

  test('compares nothing where the promise is not known', () => {
    const found = report({ expected: undefined });
    expect(found.expected).toBeUndefined();
    expect(found.rows.map(({ verdict }) => verdict)).toContain('not compared');
  });

  test('as a file holds every prefix, and what is missing', () => {
    const lines = routesCsv(report()).trim().split('\r\n');
    expect(lines[0]).toBe('prefix,length,neighbors,verdict');
    expect(lines).toContain(`13.107.6.152/31,31,${A} ${B},expected`);
    expect(lines).toContain('40.96.0.0/13,13,,missing');
    expect(lines).toHaveLength(1 + 4 + 1);
  });

  test('of half a million prefixes adds up', () => {
    const many = Array.from(
      { length: 500_000 },
      (_, n) => `${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}.0/24`,
    );
    const found = report({ prefixes: new Map([[A, many]]), earlier: { atMs: 1, prefixes: many.slice(1) } });
    expect(found.byLength).toEqual([{ length: 24, count: found.total }]);
    expect(found.change?.added).toEqual([many[0]]);
    expect(unpackPrefixes(packPrefixes(many))).toHaveLength(500_000);
  });
});

test('what is kept is read back as it was; what something else wrote is nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.ipV4()), (list) => {
      expect(unpackPrefixes(packPrefixes(list))).toEqual(list);
    }),
  );
  for (const odd of [null, {}, { gzip: 'x' }, { gzip: 7 }]) expect(unpackPrefixes(odd)).toBeUndefined();
});
