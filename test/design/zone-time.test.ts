import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { momentsOf, offsetAt, offsetWords, wallTimeAt } from '../../src/design/zone-time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Sao_Paulo',
];
const MINUTE = 60_000;
const minutes = fc
  .integer({ min: Date.UTC(2005, 0, 1) / MINUTE, max: Date.UTC(2037, 0, 1) / MINUTE })
  .map((at) => at * MINUTE);
const at = (text: string): number => Date.parse(text);

describe('the time on the wall', () => {
  test('of any moment in any zone names that moment again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), minutes, (zone, moment) => {
        expect(momentsOf(zone, wallTimeAt(zone, moment))).toContain(moment);
      }),
      { numRuns: 3000 },
    );
  });

  test('is shown at no moment but those that are named', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), minutes, (zone, moment) => {
        const { year, month, day, hour, minute } = wallTimeAt(zone, moment);
        const wall = { year, month, day, hour, minute };
        const found = momentsOf(zone, wall);
        for (const one of found) expect(wallTimeAt(zone, one)).toEqual(wall);
        expect(found.length).toBeLessThanOrEqual(2);
        expect([...found]).toEqual(found.toSorted((a, b) => a - b));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['Europe/Berlin', { year: 2026, month: 3, day: 29, hour: 2, minute: 30 }],
    ['America/New_York', { year: 2026, month: 3, day: 8, hour: 2, minute: 0 }],
    ['Australia/Lord_Howe', { year: 2026, month: 10, day: 4, hour: 2, minute: 15 }],
    // A day that Samoa left out.
    ['Pacific/Apia', { year: 2011, month: 12, day: 30, hour: 12, minute: 0 }],
    ['UTC', { year: 2026, month: 2, day: 30, hour: 12, minute: 0 }],
  ])('is nowhere where clocks leave it out: %s %o', (zone, wall) => {
    expect(momentsOf(zone, wall)).toEqual([]);
  });

  test('comes twice where clocks are put back, earlier one first', () => {
    const wall = { year: 2026, month: 10, day: 25, hour: 2, minute: 30 };
    expect(momentsOf('Europe/Berlin', wall)).toEqual([at('2026-10-25T00:30Z'), at('2026-10-25T01:30Z')]);
    const half = { year: 2026, month: 4, day: 5, hour: 1, minute: 45 };
    expect(momentsOf('Australia/Lord_Howe', half)).toHaveLength(2);
  });
});

test.each([
  ['Europe/Berlin', '2026-07-01T00:00Z', 'UTC+2'],
  ['America/St_Johns', '2026-01-01T00:00Z', 'UTC-3:30'],
  ['Asia/Kathmandu', '2026-01-01T00:00Z', 'UTC+5:45'],
  ['UTC', '2026-01-01T00:00Z', 'UTC'],
])('the offset of %s at %s is %s', (zone, when, words) => {
  expect(offsetWords(offsetAt(zone, at(when)))).toBe(words);
});
