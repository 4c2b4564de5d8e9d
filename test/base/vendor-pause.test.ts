import { expect, it } from 'vitest';
import { createVendorPause } from '../../src/base/vendor-pause.ts';

it('keeps the later of two ends, and tells of what was asked here', () => {
  let now = 1000;
  let told = 0;
  const pause = createVendorPause(() => now);
  pause.onAsked(() => (told += 1));
  expect([pause.leftMs(), pause.until()]).toEqual([0, 0]);
  pause.ask(30_000);
  pause.ask(10_000);
  pause.learn(5000);
  expect([pause.leftMs(), told]).toEqual([30_000, 2]);
  pause.learn(61_000);
  expect(pause.leftMs()).toBe(60_000);
  now += 60_000;
  expect(pause.leftMs()).toBe(0);
  pause.ask(0);
  expect(told).toBe(2);
});

it('does not believe that a vendor wants to be left alone for days', () => {
  const pause = createVendorPause(() => 0);
  pause.ask(99_999_000);
  expect(pause.leftMs()).toBe(3_600_000);
});
