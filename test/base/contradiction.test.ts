import { expect, it } from 'vitest';
import { distinctById, isPageInstead } from '../../src/base/contradiction.ts';

it.each([
  ['<html></html>', true],
  ['Not Found', true],
  ['{"detail":"not found"}', false],
  ['{"error":{"code":"ResourceNotFound"}}', false],
  ['', false],
  [' \n', false],
])('%j is a page instead of an answer: %j', (body, isPage) => {
  expect(isPageInstead(body)).toBe(isPage);
});

it('keeps the first of what is listed twice, and everything that has no ID', () => {
  const rows = ['a', 'b', 'a', '', ''].map((id, n) => ({ id, n }));
  expect(distinctById(rows).map(({ n }) => n)).toEqual([0, 1, 3, 4]);
});
