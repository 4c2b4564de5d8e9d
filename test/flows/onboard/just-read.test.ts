import { expect, test } from 'vitest';
import { createJustRead } from '../../../src/flows/onboard/just-read.ts';

test('what was just read is given once, to its own run, and only while it is fresh', () => {
  let now = 1_000;
  const read = createJustRead<string>({ now: () => now });
  read.keep('a', 'first');
  read.keep('a', 'second');
  read.keep('b', 'other');
  expect(read.take('a')).toBe('second');
  expect(read.take('a')).toBeUndefined();
  now += 2_000;
  expect(read.take('b')).toBeUndefined();
});
