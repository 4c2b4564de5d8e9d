import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coveredMs, median, percentile } from '../../bench/statistics.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 200 });

describe('percentile', () => {
  test('is by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.01, 0.5, 0.99, 1].map((p) => percentile(hundred, p))).toEqual([1, 50, 99, 100]);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('is one of the values, with enough of them at or below it and not more than needed', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, p) => {
        const found = percentile(list, p);
        expect(list).toContain(found);
        expect(list.filter((value) => value <= found).length).toBeGreaterThanOrEqual(
          Math.ceil(p * list.length),
        );
        expect(list.filter((value) => value < found).length).toBeLessThan(Math.ceil(p * list.length));
      }),
    );
  });

  test('is refused without values', () => {
    expect(() => percentile([], 0.5)).toThrow('no values');
  });
});

describe('median', () => {
  test('is the middle, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow('no values');
  });

  test('has as many values above as below', () => {
    fc.assert(
      fc.property(values, (list) => {
        const middle = median(list);
        const half = list.length / 2;
        expect(list.filter((value) => value < middle).length).toBeLessThanOrEqual(half);
        expect(list.filter((value) => value > middle).length).toBeLessThanOrEqual(half);
      }),
    );
  });
});

describe('covered time', () => {
  test('counts what overlaps once and leaves out what is outside', () => {
    const spans = [
      { at: 90, ms: 30 },
      { at: 100, ms: 50 },
      { at: 140, ms: 20 },
      { at: 180, ms: 100 },
    ];
    expect(coveredMs(spans, 100, 200)).toBe(60 + 20);
    expect(coveredMs([], 0, 10)).toBe(0);
  });

  test('is the number of milliseconds that some span holds', () => {
    const span = fc.record({ at: fc.integer({ min: 0, max: 60 }), ms: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const ticks = Array.from({ length: 50 }, (_, index) => index + 10);
        const counted = ticks.filter((tick) =>
          spans.some(({ at, ms }) => at <= tick && tick < at + ms),
        ).length;
        expect(coveredMs(spans, 10, 60)).toBe(counted);
      }),
    );
  });
});
