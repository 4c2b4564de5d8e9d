import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, listing, NEIGHBOR } from '../../../bench/routes/listing.ts';
import { createSplitter } from '../../../bench/routes/splitter.ts';
import { createRoutesParser } from '../../../src/integrations/mist/routes-parser.ts';

const seeds = fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true }));

function split(chunks: readonly string[]): string[] {
  const lines: string[] = [];
  const splitter = createSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('a listing', () => {
  test.each([10, 11, 37, 1000, 5001])('has as many lines as asked for: %i', (count) => {
    expect([...listing(count)].join('').match(/\n/g)).toHaveLength(count);
  });

  test('says in its footer how many prefixes the parser finds in it', () => {
    const text = [...listing(3000)].join('');
    const parser = createRoutesParser(NEIGHBOR);
    parser.push(text);
    const { count } = parser.end();
    expect(text).toContain(`Total number of prefixes ${count}\n`);
    expect(count).toBeGreaterThan(2500);
  });

  test('has prefixes on one line, over two lines and with a further path', () => {
    const text = [...listing(200)].join('');
    expect(text).toMatch(/^ \*> [\d./]+ +10\.99\.99\.2 /m);
    expect(text).toMatch(/^ \*> [\d./]+\n +10\.99\.99\.2 /m);
    expect(text).toMatch(/^ \*= +10\.99\.100\.2 /m);
  });
});

test('cutting a text changes nothing of it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 })), seeds, (lines, numbers) => {
      const next = () => numbers.next().value ?? 0;
      expect([...cut(lines, next)].join('')).toBe(lines.join(''));
    }),
  );
});

test('pieces are uneven, also where the text is long', () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const pieces = [...cut(listing(20_000), random)];
  expect(pieces.join('')).toBe([...listing(20_000)].join(''));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeGreaterThan(8000);
  expect(pieces.filter((piece) => piece.length < 16).length).toBeGreaterThan(50);
});

test('the splitter gives the lines of a text, however it was cut', () => {
  const text = fc.stringMatching(/^[ab\n]{0,40}$/);
  fc.assert(
    fc.property(fc.array(text), (chunks) => {
      const whole = chunks.join('').split('\n');
      // What follows the last newline is a line only where there is something.
      if (whole.at(-1) === '') whole.pop();
      expect(split(chunks)).toEqual(whole);
    }),
  );
});
