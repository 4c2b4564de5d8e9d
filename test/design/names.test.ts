import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectorBaseNames,
  connectorName,
  deviceLinkName,
  pskId,
  remoteNetworkName,
} from '../../src/design/names.ts';

describe('names', () => {
  it('follow the site and its WAN', () => {
    expect(remoteNetworkName('Lyon')).toBe('Lyon');
    expect(deviceLinkName('Lyon', 'wan0')).toBe('Lyon-wan0');
    expect(pskId('Lyon', 'Lyon-wan0', 2)).toBe('psk/Lyon/Lyon-wan0/z2');
    expect(connectorBaseNames(['wan0', 'WAN_1'])).toEqual(['mssse-wan0', 'mssse-WAN_1']);
  });

  it('of connectors carry the zone only where each zone has one', () => {
    expect(connectorName('mssse-wan0', 'single-tunnel', 1)).toBe('mssse-wan0');
    expect(connectorName('mssse-wan0', 'tunnel-per-zone', 1)).toBe('mssse-wan0-z1');
    expect(connectorName('mssse-wan0', 'tunnel-per-zone', 2)).toBe('mssse-wan0-z2');
  });

  it('replace what Mist does not take for a key', () => {
    expect(connectorBaseNames(['ge-0/0/0', 'xe-0/1/3,xe-1/1/3'])).toEqual([
      'mssse-ge-0-0-0',
      'mssse-xe-0-1-3-xe-1-1-3',
    ]);
    expect(connectorBaseNames(['Löwe 1', '😀'])).toEqual(['mssse-L-we-1', 'mssse--']);
  });

  it.each([
    [
      ['wan/0', 'wan.0'],
      ['mssse-wan-0', 'mssse-wan-0-2'],
    ],
    [
      ['wan-0', 'wan/0'],
      ['mssse-wan-0', 'mssse-wan-0-2'],
    ],
    [
      ['WAN', 'wan'],
      ['mssse-WAN', 'mssse-wan-2'],
    ],
    [
      ['a/b-2', 'a-b', 'a/b'],
      ['mssse-a-b-2', 'mssse-a-b', 'mssse-a-b-3'],
    ],
    [
      ['a-2', 'a', 'b', 'a'],
      ['mssse-a-2', 'mssse-a', 'mssse-b', 'mssse-a-4'],
    ],
    [
      ['a-3', 'a', 'a'],
      ['mssse-a-3', 'mssse-a', 'mssse-a-4'],
    ],
  ])('keep %j apart', (wans, expected) => {
    expect(connectorBaseNames(wans)).toEqual(expected);
  });

  it('of connectors are always different, plain, and outside the names that the SSR reserves', () => {
    const wan = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', 'A', '/', '-', '.', '2', 'ipsec') }),
    );
    fc.assert(
      fc.property(fc.array(wan, { minLength: 1, maxLength: 4 }), (wans) => {
        const names = connectorBaseNames(wans);
        expect(names).toHaveLength(wans.length);
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(wans.length);
        for (const name of names) expect(name).toMatch(/^mssse-[A-Za-z0-9_-]*$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
