import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, overlaps, parseCidr, readPrefix } from '../../src/design/addressing.ts';
import { nextFreeRanges } from '../../src/design/free-ranges.ts';

describe('free peering ranges', () => {
  it('starts at the beginning of the pool', () => {
    expect(nextFreeRanges(['10.99.0.0/16'], [], 3)).toEqual([
      '10.99.0.0/29',
      '10.99.0.8/29',
      '10.99.0.16/29',
    ]);
  });

  it('steps over what is taken, whatever its size', () => {
    const taken = ['10.99.0.2', '10.99.0.8/29', '10.99.0.64/26', '10.99.0.20/31', '10.99.0.64/28'];
    expect(nextFreeRanges(['10.99.0.0/24'], taken, 9)).toEqual([
      '10.99.0.24/29',
      '10.99.0.32/29',
      '10.99.0.40/29',
      '10.99.0.48/29',
      '10.99.0.56/29',
      '10.99.0.128/29',
      '10.99.0.136/29',
      '10.99.0.144/29',
      '10.99.0.152/29',
    ]);
  });

  it('sees a taken network that begins before the pool', () => {
    expect(nextFreeRanges(['10.99.0.0/28'], ['10.98.0.0/15'], 1)).toEqual([]);
    expect(nextFreeRanges(['10.99.0.0/28'], ['10.98.0.0/16', '10.99.0.0/29'], 2)).toEqual(['10.99.0.8/29']);
  });

  it('goes on with the next pool and never offers a range twice', () => {
    expect(nextFreeRanges(['10.99.0.0/28', '10.99.0.0/27'], [], 9)).toEqual([
      '10.99.0.0/29',
      '10.99.0.8/29',
      '10.99.0.16/29',
      '10.99.0.24/29',
    ]);
  });

  it('skips pools that are too small or not IPv4', () => {
    expect(nextFreeRanges(['10.99.0.0/30', 'nonsense', '10.98.0.0/29'], [], 2)).toEqual(['10.98.0.0/29']);
    expect(nextFreeRanges(['10.98.0.0/30', '10.98.0.0/29'], [], 2)).toEqual(['10.98.0.0/29']);
    expect(nextFreeRanges([], [], 2)).toEqual([]);
  });

  it('gives nothing when nothing is asked for', () => {
    expect(nextFreeRanges(['10.99.0.0/16'], [], 0)).toEqual([]);
  });

  it('stops at the end of the address space', () => {
    expect(nextFreeRanges(['255.255.255.240/28'], [], 9)).toEqual([
      '255.255.255.240/29',
      '255.255.255.248/29',
    ]);
    expect(nextFreeRanges(['255.255.255.240/28'], ['255.255.255.255'], 9)).toEqual(['255.255.255.240/29']);
    expect(nextFreeRanges(['255.255.255.240/28'], ['240.0.0.0/4'], 9)).toEqual([]);
  });

  it('gives /29s of the pools that touch nothing taken nor each other, and misses none', () => {
    const near = fc.tuple(
      fc.constantFrom('10.99.0', '10.99.1'),
      fc.nat(255),
      fc.integer({ min: 23, max: 32 }),
    );
    const network = near.map(([start, last, bits]) => readPrefix(`${start}.${last}/${bits}`) ?? '');
    const all = Array.from({ length: 64 }, (_, n) => `10.99.${n >> 5}.${(n & 31) * 8}/29`);
    fc.assert(
      fc.property(
        fc.array(network, { maxLength: 3 }),
        fc.array(network, { maxLength: 12 }),
        fc.nat(70),
        (pools, taken, count) => {
          const found = nextFreeRanges(pools, taken, count);
          const free = all.filter(
            (range) =>
              pools.some((pool) => contains(pool, range)) && !taken.some((other) => overlaps(other, range)),
          );
          expect(new Set(found).size).toBe(found.length);
          expect(found.length).toBe(Math.min(count, free.length));
          for (const range of found) {
            expect(parseCidr(range)).toMatchObject({ ok: true, prefixLength: 29 });
            expect(free).toContain(range);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.array(fc.string()),
        (pools, taken) => void nextFreeRanges(pools, taken, 2),
      ),
    );
  });
});
