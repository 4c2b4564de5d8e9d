import { expect, it } from 'vitest';
import { createClockWatch } from '../../src/start/clock-watch.ts';

const AT = Date.UTC(2026, 10, 23, 9, 30);

function watched() {
  const logged: Readonly<Record<string, unknown>>[] = [];
  return { logged, clocks: createClockWatch({ warn: (fields) => void logged.push(fields) }) };
}

it('says nothing of a minute and of an answer that was long on its way', () => {
  const { logged, clocks } = watched();
  clocks.saw('mist', { dateMs: AT - 60_000, atMs: AT, ms: 100 });
  clocks.saw('entra', { dateMs: AT - 600_000, atMs: AT, ms: 11_000 });
  expect([logged, clocks.warnings(), clocks.skews()]).toEqual([[], [], { mist: 60_000 }]);
});

it('warns of more, once an hour, until the clock is right again', () => {
  const { logged, clocks } = watched();
  for (const minute of [0, 1, 59]) {
    const atMs = AT + minute * 60_000;
    clocks.saw('entra', { dateMs: atMs + 90_000, atMs, ms: 100 });
  }
  expect(logged).toEqual([{ system: 'entra', skewSeconds: -90 }]);
  expect(clocks.warnings()).toEqual(["the clock of this machine is 90 s behind entra's; check NTP"]);
  clocks.saw('entra', { dateMs: AT + 3_660_000 - 90_000, atMs: AT + 3_660_000, ms: 100 });
  expect(logged).toHaveLength(2);
  expect(clocks.warnings()[0]).toContain('90 s ahead of entra');
  clocks.saw('entra', { dateMs: AT, atMs: AT, ms: 100 });
  expect(clocks.warnings()).toEqual([]);
});
