import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnsiStripper } from '../../../src/integrations/mist/ansi.ts';

const ESC = '\u001b';

test.each([
  [`${ESC}[1;32m*> 10.0.0.0${ESC}[0m`, '*> 10.0.0.0'],
  [`${ESC}[2J${ESC}[?25hline${ESC}[K`, 'line'],
  [`${ESC}]0;title\u0007text`, 'text'],
  [`${ESC}]0;title${ESC}\\text`, 'text'],
  [`${ESC}(Btext${ESC}=`, 'text'],
  ['no escapes at all', 'no escapes at all'],
])('takes escapes out of %j', (text, clean) => {
  expect(createAnsiStripper()(text)).toBe(clean);
});

test('gives the same however the text is cut', () => {
  const piece = fc.constantFrom(
    ESC,
    `${ESC}[`,
    `${ESC}]`,
    '0;',
    '1',
    'm',
    'K',
    '\u0007',
    `${ESC}\\`,
    'text',
    '\n',
    '(',
    ' ',
    'é',
    `${ESC}[0m`,
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (pieces, sizes) => {
        // A plain end, so that nothing is held back at the end in either way.
        const text = `${pieces.join('')}\nend\n`;
        const strip = createAnsiStripper();
        let parts = '';
        for (let at = 0, n = 0; at < text.length; n += 1) {
          const size = sizes[n % sizes.length]!;
          parts += strip(text.slice(at, at + size));
          at += size;
        }
        expect(parts + strip('\n\n')).toBe(createAnsiStripper()(`${text}\n\n`));
      },
    ),
    { numRuns: 3000 },
  );
});
