import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GraphFault } from '../../../sandbox/entra/graph-fault.ts';
import { parseFilter } from '../../../sandbox/entra/odata-filter.ts';
import { page } from '../../../sandbox/entra/odata-page.ts';
import { draw } from '../../../sandbox/entra/odata-shape.ts';

const properties = new Set(['name', 'count', 'at', 'note']);

test.each([
  ["name eq 'it''s'", { name: "it's" }, true],
  ["name eq 'LYON'", { name: 'lyon' }, true],
  ['name eq 8a27-b84d', { name: '8a27-b84d' }, true],
  ['count ge 3 and count lt 5', { count: 4 }, true],
  ['count ge 3 and count lt 5', { count: 5 }, false],
  ["name eq 'a' or name eq 'b' and count eq 1", { name: 'a', count: 9 }, true],
  ["(name eq 'a' or name eq 'b') and count eq 1", { name: 'a', count: 9 }, false],
  ["not (name eq 'a')", { name: 'b' }, true],
  ["startswith(name,'ly')", { name: 'Lyon' }, true],
  ['note eq null', { note: null }, true],
  ['at gt 2026-11-22T10:00:00Z', { at: '2026-11-22T10:00:00.0000001+00:00' }, false],
  ['at ge 2026-11-22T10:00:00Z', { at: '2026-11-22T11:00:00+01:00' }, true],
  ['at lt 2026-11-22T10:00:00Z', { at: '2026-11-22T09:59:59.9990000Z' }, true],
])('filter %s on %j is %s', (text, row, expected) => {
  expect(parseFilter(text, properties)(row)).toBe(expected);
});

const rows = Array.from({ length: 7 }, (_, n) => ({ name: `row-${n}`, count: n % 3 }));

function pageOf(query: string): Record<string, unknown> {
  return page({
    rows,
    query: new URLSearchParams(query),
    pageSize: 5,
    url: 'https://localhost/rows',
    context: 'c',
    properties: [...properties],
    draw: (row, shape) => draw({ plain: row, navigation: {} }, shape),
  });
}

test('following next links gives every selected row once, in order, whatever the page size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('name desc', 'count,name', 'count desc, name'),
      (top, order) => {
        const all = (query: string): unknown[] => {
          const { value, '@odata.nextLink': next } = pageOf(query) as {
            value: unknown[];
            '@odata.nextLink'?: string;
          };
          return next === undefined ? value : [...value, ...all(new URL(next).search)];
        };
        const options = `$orderby=${order}&$filter=count ne 1`;
        const paged = all(`${options}&$top=${top}`);
        expect(paged).toEqual(all(options));
        expect(paged).toHaveLength(5);
      },
    ),
  );
});

test.each(['valueOf', 'constructor', 'toString'])(
  'what every object has is no property of a resource: %s',
  (name) => {
    for (const option of ['$select', '$expand'])
      expect(() => pageOf(`${option}=${name}`)).toThrow(GraphFault);
  },
);

test('any query either gives a page or is refused with 400', () => {
  const fragment = fc.constantFrom(
    'name',
    'eq',
    "'x'",
    '(',
    ')',
    'and',
    'not',
    ',',
    ';',
    '$select=',
    '$expand=',
    'count',
    '3',
    ' ',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(' ')),
  );
  const option = fc.constantFrom(
    '$filter',
    '$orderby',
    '$select',
    '$expand',
    '$top',
    '$skip',
    '$skiptoken',
    '$apply',
    'x',
  );
  fc.assert(
    fc.property(option, text, (name, value) => {
      try {
        expect(Array.isArray(pageOf(new URLSearchParams({ [name]: value }).toString())['value'])).toBe(true);
      } catch (error) {
        if (!(error instanceof GraphFault)) throw error;
        expect(error.status).toBe(400);
      }
    }),
    { numRuns: 2000 },
  );
});
