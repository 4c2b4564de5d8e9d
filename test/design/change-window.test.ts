import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginsWindow, OPEN_FOR_MS, parseWindow } from '../../src/design/change-window.ts';
import { momentWords, windowText, windowWords } from '../../src/design/window-words.ts';
import { momentsOf, wallTimeAt } from '../../src/design/zone-time.ts';

const BERLIN = 'Europe/Berlin';
/** A Wednesday, 19:00 in Berlin. */
const NOW = Date.parse('2026-11-25T18:00Z');

function read(text: string, now = NOW, zone = BERLIN): string {
  const window = parseWindow(text, zone, now);
  if (!window.ok) return window.failure;
  return `${iso(window.value.opensAt)} ${iso(window.value.closesAt)}`;
}
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);

describe('a change window', () => {
  test.each([
    ['22:00', '2026-11-25T21:00 2026-11-26T01:00'],
    ['9:05', '2026-11-26T08:05 2026-11-26T12:05'],
    // An hour ago is tomorrow's, but what has an end may be going on.
    ['18:00', '2026-11-26T17:00 2026-11-26T21:00'],
    ['18:00-20:00', '2026-11-25T17:00 2026-11-25T19:00'],
    ['22:00-04:00', '2026-11-25T21:00 2026-11-26T03:00'],
    ['22:00 – 04:00', '2026-11-25T21:00 2026-11-26T03:00'],
    ['22:00 until 23:00', '2026-11-25T21:00 2026-11-25T22:00'],
    ['Sat 22:00', '2026-11-28T21:00 2026-11-29T01:00'],
    ['saturday 22:00-04:00', '2026-11-28T21:00 2026-11-29T03:00'],
    ['wed 18:00', '2026-12-02T17:00 2026-12-02T21:00'],
    ['wed 22:00', '2026-11-25T21:00 2026-11-26T01:00'],
    ['tomorrow 22:00', '2026-11-26T21:00 2026-11-27T01:00'],
    ['today 22:00', '2026-11-25T21:00 2026-11-26T01:00'],
    ['2026-11-26 22:00', '2026-11-26T21:00 2026-11-27T01:00'],
    ['2026-11-26T22:00-04:00', '2026-11-26T21:00 2026-11-27T03:00'],
    ['2026-11-26 22:00 - 2026-11-28 04:00', '2026-11-26T21:00 2026-11-28T03:00'],
    ['in 2h', '2026-11-25T20:00 2026-11-26T00:00'],
    ['in 30 min', '2026-11-25T18:30 2026-11-25T22:30'],
  ])('%s, said on a Wednesday at 19:00', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('that went over midnight is still open after it', () => {
    expect(read('22:00-04:00', Date.parse('2026-11-26T01:00Z'))).toBe('2026-11-25T21:00 2026-11-26T03:00');
  });

  test.each([
    ['soon', 'Write when it may start'],
    ['25:00', 'Write when it may start'],
    ['22:60', 'Write when it may start'],
    ['', 'Write when it may start'],
    ['22:00-', 'Write when it may start'],
    ['today 18:00', 'over already'],
    ['2026-11-24 22:00-04:00', 'over already'],
    ['2026-02-30 22:00', 'is not a date'],
    ['2027-11-26 22:00', '60 days ahead'],
    ['2026-11-26 22:00 - 2026-12-24 22:00', '7 days long'],
    ['2026-11-26 22:00 - 2026-11-26 21:00', 'ends before it begins'],
  ])('%s is answered with a sentence', (text, expected) => {
    expect(read(text)).toContain(expected);
  });

  describe('where clocks change', () => {
    const march = Date.parse('2026-03-28T20:00Z');
    const october = Date.parse('2026-10-24T20:00Z');

    test('begins and ends at no minute that they leave out', () => {
      for (const text of [
        '02:30',
        '2026-03-29 02:30',
        'Sun 02:30',
        '01:00-02:30',
        '2026-03-28 22:00-02:00',
      ]) {
        expect(read(text, march)).toMatch(/0[02]:[03]0 does not exist on 2026-03-29 in Europe\/Berlin/);
      }
      expect(read('22:00-03:00', march)).toBe('2026-03-28T21:00 2026-03-29T01:00');
      // The missing minute of this morning is no reason to refuse tomorrow's.
      expect(read('02:30', Date.parse('2026-03-29T10:00Z'))).toBe('2026-03-30T00:30 2026-03-30T04:30');
    });

    test('means the first of two minutes that they show', () => {
      expect(read('02:30', october)).toBe('2026-10-25T00:30 2026-10-25T04:30');
      expect(read('01:00-02:30', october)).toBe('2026-10-24T23:00 2026-10-25T00:30');
      // A night with an hour more.
      expect(read('22:00-04:00', Date.parse('2026-10-24T18:00Z'))).toBe('2026-10-24T20:00 2026-10-25T03:00');
    });

    test('says the offset of each end', () => {
      const night = parseWindow('22:00-04:00', BERLIN, Date.parse('2026-10-24T18:00Z'));
      expect(night.ok && windowWords(night.value, BERLIN)).toBe(
        'Sat 24 Oct 2026 22:00 (UTC+2) to Sun 25 Oct 2026 04:00 (UTC+1), Europe/Berlin',
      );
    });
  });

  test('is said as the zone has it', () => {
    const window = parseWindow('22:00-23:30', BERLIN, NOW);
    expect(window.ok && windowWords(window.value, BERLIN)).toBe(
      'Wed 25 Nov 2026 22:00 to 23:30 (Europe/Berlin, UTC+1)',
    );
    expect(momentWords(NOW, 'UTC')).toBe('Wed 25 Nov 2026 18:00 (UTC)');
  });
});

const ZONES = [BERLIN, 'UTC', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/New_York'];
const instants = fc
  .integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 })
  .map((minute) => minute * 60_000);
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);

describe('any change window', () => {
  test('opens within two days at the minute that was said, or that minute does not exist', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), instants, clock, (zone, now, text) => {
        const window = parseWindow(text, zone, now);
        if (!window.ok) {
          expect(window.failure).toContain('does not exist');
          return;
        }
        const { opensAt, closesAt } = window.value;
        const { hour, minute } = wallTimeAt(zone, opensAt);
        expect(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`).toBe(text);
        expect(opensAt).toBeGreaterThan(now);
        expect(opensAt - now).toBeLessThanOrEqual(49 * 3_600_000);
        expect(closesAt - opensAt).toBe(OPEN_FOR_MS);
      }),
      // A minute that clocks leave out, which chance alone seldom meets.
      { numRuns: 2000, examples: [['America/New_York', 1_709_967_600_000, '02:00']] },
    );
  });

  test('is read again from its own text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        instants,
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        (zone, now, ahead, length) => {
          const opensAt = now + ahead * 60_000;
          const window = { opensAt, closesAt: opensAt + length * 60_000 };
          const isFirst = (at: number): boolean => momentsOf(zone, wallTimeAt(zone, at))[0] === at;
          fc.pre(isFirst(window.opensAt) && isFirst(window.closesAt));
          expect(parseWindow(windowText(window, zone), zone, now)).toEqual({ ok: true, value: window });
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('of any text at all is a window or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const window = parseWindow(text, BERLIN, NOW);
        if (window.ok) expect(window.value.closesAt).toBeGreaterThan(NOW);
        else expect(window.failure).toMatch(/\.$/);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ['22:00', true],
  ['Sat', true],
  ['2026-11-26', true],
  ['tomorrow', true],
  ['Berlin', false],
  ['Sattel', false],
])('%s begins a window: %s', (word, expected) => {
  expect(beginsWindow(word)).toBe(expected);
});
