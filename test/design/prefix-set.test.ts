import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains, readPrefix } from '../../src/design/addressing.ts';
import { lengthOf, PrefixSet } from '../../src/design/prefix-set.ts';

const prefix = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => readPrefix(`${address}/${length}`) ?? '0.0.0.0/0');

test('covers exactly what address arithmetic says that one of its prefixes contains', () => {
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 12 }), prefix, (all, one) => {
      expect(new PrefixSet(all).covers(one)).toBe(all.some((wide) => contains(wide, one)));
    }),
    { numRuns: 1000 },
  );
});

test('counts equal prefixes once, and leaves out what is none', () => {
  const set = new PrefixSet(['10.0.0.0/8', '10.0.0.0/8', 'x', '1.2.3.4', '300.0.0.0/8', '1.1.1.1/33']);
  expect(set.size).toBe(1);
  expect(set.covers('nonsense')).toBe(false);
  expect([lengthOf('10.0.0.0/8'), lengthOf('10.0.0.0')]).toEqual([8, -1]);
});
