import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonical, digestOf } from '../../../src/flows/plan/digest.ts';
import { makePsk } from '../../../src/flows/psk.ts';

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
}

describe('the digest', () => {
  test('does not depend on the order of keys, and does on the order of lists', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonical(shuffled(value)) === canonical(value)));
    expect(digestOf({ a: 1, b: [1, 2] })).toBe(digestOf({ b: [1, 2], a: 1 }));
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  });

  test('says 16 hex digits, equal ones only for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(digestOf(a)).toMatch(/^[0-9a-f]{16}$/);
        expect(digestOf(a) === digestOf(b)).toBe(canonical(a) === canonical(b));
      }),
    );
  });

  test('loses nothing: the canonical text reads as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('a new key', () => {
  test('is 43 characters of base62, another one every time, and prints as nothing', () => {
    const keys = Array.from({ length: 200 }, () => makePsk());
    for (const key of keys) expect(key.reveal()).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(new Set(keys.map((k) => k.reveal())).size).toBe(200);
    expect(JSON.stringify(keys[0])).not.toContain(keys[0]?.reveal());
  });
});
