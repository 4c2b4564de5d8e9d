import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clamp,
  escapeMrkdwn,
  escapeSentence,
  localTime,
  mention,
  unescapeMrkdwn,
} from '../../../src/integrations/slack/escape.ts';

describe('text for mrkdwn', () => {
  it('leaves no way to mention or link, and comes back unchanged', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeMrkdwn(text)).not.toMatch(/[<>]/);
        expect(unescapeMrkdwn(escapeMrkdwn(text))).toBe(text);
      }),
    );
  });

  it('keeps people and dates in sentences of the bot, and nothing else', () => {
    const text =
      '<@U0ABC> at <!date^1800000000^{time}|soon> <!channel> <https://x|y> <!date^1^{time}^https://x|y>';
    expect(escapeSentence(text)).toBe(
      '<@U0ABC> at <!date^1800000000^{time}|soon> &lt;!channel&gt; &lt;https://x|y&gt; &lt;!date^1^{time}^https://x|y&gt;',
    );
  });

  it('mentions only what is a user ID', () => {
    expect(mention('U0ABC')).toBe('<@U0ABC>');
    expect(mention('!channel')).toBe('!channel');
    expect(mention('<@U1>')).toBe('&lt;@U1&gt;');
  });

  it('gives times with a fallback in UTC', () => {
    expect(localTime(1_800_000_000_123)).toBe(
      '<!date^1800000000^{date_short_pretty} {time}|2027-01-15 08:00 UTC>',
    );
  });

  it('cuts to the length asked for without splitting a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 30 }), (text, max) => {
        const cut = clamp(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });
});
