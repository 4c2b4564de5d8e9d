import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, siteArgument, splitWindow, splitWords } from '../../src/commands/grammar.ts';
import { VERBS } from '../../src/commands/verbs.ts';

function siteOf(text: string): string | undefined {
  const command = parseCommand(text);
  return command.kind === 'command' ? siteArgument(command.args) : undefined;
}

describe('the text of /sse', () => {
  it('reads a verb whatever its case and the blanks around it', () => {
    expect(parseCommand('  STATUS\u00a0 Lyon ')).toEqual({ kind: 'command', verb: 'status', args: ['Lyon'] });
    expect(parseCommand(' \u200b\t ')).toEqual({ kind: 'empty' });
  });

  it('takes a quoted site name as one, with the quotes that keyboards make', () => {
    for (const quoted of [
      '"New York"',
      '\u201cNew York\u201d',
      '\u00abNew York\u00bb',
      "'New York'",
      '\u2018New York\u2019',
    ]) {
      expect(siteOf(`status ${quoted}`)).toBe('New York');
    }
    expect(siteOf('status "New York')).toBe('New York');
    expect(siteOf('status New York')).toBe('New York');
  });

  it('keeps apostrophes inside names', () => {
    expect(siteOf("status O'Hare")).toBe("O'Hare");
    expect(siteOf('status L\u2019Isle')).toBe("L'Isle");
    expect(siteOf("status Coeur d'Alene")).toBe("Coeur d'Alene");
  });

  it("undoes what Slack makes of names, people and '&'", () => {
    expect(siteOf('status <http://lyon.example|lyon.example>')).toBe('lyon.example');
    expect(siteOf('status R&amp;D &lt;1&gt;')).toBe('R&D <1>');
    expect(splitWords('<@U024BE7LH|ann> <#C01|ops>')).toEqual(['@U024BE7LH', '#C01']);
  });

  it('suggests the nearest verb, and none where nothing is near', () => {
    expect(parseCommand('onbord Lyon')).toMatchObject({ kind: 'unknown', nearest: 'onboard' });
    expect(parseCommand('stat')).toMatchObject({ kind: 'unknown', nearest: 'status' });
    expect(parseCommand('xyzzy')).toEqual({ kind: 'unknown', word: 'xyzzy' });
  });

  it('never throws, and a known verb always comes out as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(['command', 'empty', 'unknown']).toContain(parseCommand(text).kind);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...VERBS), fc.string({ maxLength: 80 }), (verb, rest) => {
        expect(parseCommand(`${verb} ${rest}`)).toMatchObject({ kind: 'command', verb });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a quoted name back unchanged', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
      .filter((one) => !/["'<>&\s\p{Cf}\u2018-\u201f\u2039\u203a\u00ab\u00bb\uff02\uff07\ufeff]/u.test(one));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
        expect(siteOf(`status "${parts.join(' ')}"`)).toBe(parts.join(' '));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a change window behind a site', () => {
  it.each([
    ['Lyon at 22:00-04:00', 'Lyon', '22:00-04:00'],
    ['New York at Sat 22:00', 'New York', 'Sat 22:00'],
    ['Lyon AT 2026-11-26 22:00', 'Lyon', '2026-11-26 22:00'],
    ['Lyon in 2h', 'Lyon', 'in 2h'],
    ['Shop in Berlin', 'Shop in Berlin', undefined],
    ['Shop in Berlin at 9:00', 'Shop in Berlin', '9:00'],
    ['"Open at 9"', 'Open at 9', undefined],
    ['at 22:00', 'at 22:00', undefined],
    ['', undefined, undefined],
  ])('%s', (text, site, window) => {
    const split = splitWindow(splitWords(text));
    expect(siteArgument(split.words)).toBe(site);
    expect(split.window).toBe(window);
  });
});
