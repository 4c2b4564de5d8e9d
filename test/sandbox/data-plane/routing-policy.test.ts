import fc from 'fast-check';
import { Address4 } from 'ip-address';
import { describe, expect, test } from 'vitest';
import { filterRoutes, prefixMatches, type Route } from '../../../sandbox/data-plane/routing-policy.ts';

// Few addresses, so that equal and nested prefixes are common.
const prefix = fc
  .tuple(
    fc.constantFrom(0, 0x0a000000, 0x0a800000, 0x0a801000, 0x0a8010ff, 0xffffffff),
    fc.integer({ min: 0, max: 32 }),
  )
  .map(([bits, length]) => {
    const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
    const net = (bits & mask) >>> 0;
    return `${[24, 16, 8, 0].map((shift) => (net >>> shift) & 255).join('.')}/${length}`;
  });
const route = fc.record({
  prefix,
  protocol: fc.constantFrom('bgp' as const, 'direct' as const),
  asPath: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
}) satisfies fc.Arbitrary<Route>;
const matching = fc.oneof(
  fc.constant({}),
  prefix.map((p) => ({ prefix: [`${p}-32`] })),
  fc.constantFrom('bgp', 'direct').map((p) => ({ protocol: [p] })),
);
const term = fc.record({ matching, actions: fc.record({ accept: fc.boolean() }) });

describe('filterRoutes', () => {
  test('without a policy everything passes', () => {
    fc.assert(
      fc.property(fc.array(route), (routes) => {
        expect(filterRoutes(routes, undefined, {})).toEqual(routes);
      }),
    );
  });

  test('with a policy that does not exist nothing passes', () => {
    fc.assert(
      fc.property(fc.array(route), (routes) => {
        expect(filterRoutes(routes, 'p', {})).toEqual([]);
      }),
    );
  });

  test('what passes is a subsequence of what was offered', () => {
    fc.assert(
      fc.property(fc.array(route), fc.array(term), (routes, terms) => {
        const passed = new Set(filterRoutes(routes, 'p', { p: { terms } }));
        expect(routes.filter((r) => passed.has(r))).toEqual([...passed]);
      }),
    );
  });

  test('terms after the first one that matches everything change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(route),
        fc.array(term),
        fc.boolean(),
        fc.array(term),
        (routes, before, accept, after) => {
          const decided = [...before, { matching: {}, actions: { accept } }];
          const passed = filterRoutes(routes, 'p', { p: { terms: decided } });
          expect(filterRoutes(routes, 'p', { p: { terms: [...decided, ...after] } })).toEqual(passed);
        },
      ),
    );
  });

  test('refusing some and accepting the rest splits the routes in two', () => {
    fc.assert(
      fc.property(fc.array(route), matching, (routes, some) => {
        const pass = filterRoutes(routes, 'p', {
          p: { terms: [{ matching: some, actions: { accept: true } }] },
        });
        const refuse = [{ matching: some, actions: { accept: false } }, { actions: { accept: true } }];
        const rest = filterRoutes(routes, 'p', { p: { terms: refuse } });
        expect(new Set([...pass, ...rest])).toEqual(new Set(routes));
        expect(pass.filter((r) => rest.includes(r))).toEqual([]);
      }),
    );
  });

  test.each([
    ['a term without accept rejects', [{ matching: {}, actions: {} }, { actions: { accept: true } }], 0],
    [
      'a term that passes on lets the next decide',
      [{ actions: { next_term: true } }, { actions: { accept: true } }],
      1,
    ],
    [
      'a route that no term matches is rejected',
      [{ matching: { protocol: ['static'] }, actions: { accept: true } }],
      0,
    ],
    [
      'all criteria have to be met',
      [{ matching: { protocol: ['bgp'], prefix: ['10.0.0.0/8'] }, actions: { accept: true } }],
      0,
    ],
    [
      'an empty criterion matches',
      [{ matching: { prefix: [], protocol: ['bgp'] }, actions: { accept: true } }],
      1,
    ],
    [
      'an AS path is a regular expression',
      [{ matching: { as_path: ['^65476$'] }, actions: { accept: true } }],
      1,
    ],
    ['a broken expression matches nothing', [{ matching: { as_path: ['('] }, actions: { accept: true } }], 0],
    ['a community matches nothing', [{ matching: { community: ['1:2'] }, actions: { accept: true } }], 0],
  ])('%s', (_name, terms, count) => {
    const routes: Route[] = [{ prefix: '52.96.0.0/14', protocol: 'bgp', asPath: [65476] }];
    expect(filterRoutes(routes, 'p', { p: { terms } })).toHaveLength(count);
  });
});

describe('prefixMatches', () => {
  test('a prefix without a range matches itself only', () => {
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        expect(prefixMatches(a, b)).toBe(a === b);
      }),
    );
  });

  test('a range matches what lies inside and is long enough', () => {
    fc.assert(
      fc.property(prefix, prefix, fc.integer({ min: 0, max: 32 }), (outer, inner, to) => {
        const from = Number(outer.split('/')[1]);
        const length = Number(inner.split('/')[1]);
        const inside = new Address4(inner).isInSubnet(new Address4(outer));
        expect(prefixMatches(`${outer}-${to}`, inner)).toBe(inside && length >= from && length <= to);
      }),
    );
  });

  test('text that is no pattern matches nothing', () => {
    fc.assert(
      fc.property(fc.string(), prefix, (text, p) => {
        expect(prefixMatches(text, p)).toBe(false);
      }),
    );
  });
});
