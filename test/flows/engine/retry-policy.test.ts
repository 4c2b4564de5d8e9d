import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterFailure, DEFAULT_RETRY, untilTimeIsUp } from '../../../src/flows/engine/retry-policy.ts';
import { troubleOf } from '../../../src/flows/engine/trouble.ts';
import { StoreError } from '../../../db/store-error.ts';
import { remote } from './toy-world.ts';

const unavailable = troubleOf(remote({ kind: 'unavailable' }), 'do');

it('waits longer after each failure, up to a limit, and then gives up', () => {
  const waits = [0, 1, 2, 3, 4, 5].map((attempts) => afterFailure(DEFAULT_RETRY, unavailable, attempts, 1));
  expect(waits).toEqual([
    { kind: 'again', afterMs: 1000, attempts: 1 },
    { kind: 'again', afterMs: 3000, attempts: 2 },
    { kind: 'again', afterMs: 9000, attempts: 3 },
    { kind: 'again', afterMs: 27_000, attempts: 4 },
    { kind: 'again', afterMs: 60_000, attempts: 5 },
    { kind: 'final' },
  ]);
});

it('never waits less than the vendor asks, nor more than the limit otherwise', () => {
  fc.assert(
    fc.property(
      fc.nat(4),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.option(fc.nat(500_000), { nil: undefined }),
      (attempts, random, retryAfterMs) => {
        const trouble = { ...unavailable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
        const verdict = afterFailure(DEFAULT_RETRY, trouble, attempts, random);
        if (verdict.kind === 'final') return false;
        const limit = Math.max(DEFAULT_RETRY.maxMs, retryAfterMs ?? 0);
        return (
          verdict.afterMs >= (retryAfterMs ?? 1) &&
          verdict.afterMs <= limit &&
          verdict.attempts === attempts + 1
        );
      },
    ),
  );
});

it('never gives up where only time does, and never waits longer than half a minute by itself', () => {
  fc.assert(
    fc.property(
      fc.nat(100_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempts, random) => {
        const verdict = afterFailure(untilTimeIsUp(DEFAULT_RETRY), unavailable, attempts, random);
        return verdict.kind === 'again' && verdict.afterMs >= 500 && verdict.afterMs <= 30_000;
      },
    ),
  );
  const final = troubleOf(remote({ kind: 'forbidden' }), 'look');
  expect(afterFailure(untilTimeIsUp(DEFAULT_RETRY), final, 0, 0)).toEqual({ kind: 'final' });
});

it('counts no rate limit, however many there were', () => {
  const limited = troubleOf(remote({ kind: 'rate-limited' }), 'look');
  expect(afterFailure(DEFAULT_RETRY, limited, 100, 0.5)).toEqual({
    kind: 'again',
    afterMs: 30_000,
    attempts: 100,
  });
});

it('repeats nothing that is final or broken', () => {
  for (const kind of ['unauthorized', 'forbidden', 'not-found', 'rejected', 'conflict'] as const) {
    expect(afterFailure(DEFAULT_RETRY, troubleOf(remote({ kind }), 'do'), 0, 0)).toEqual({ kind: 'final' });
  }
  expect(afterFailure(DEFAULT_RETRY, troubleOf(new RangeError('x'), 'do'), 0, 0)).toEqual({ kind: 'final' });
});

it('keeps the words of a failure and only the name of anything else', () => {
  const own = new StoreError('store.secret_unreadable', 'm', 'h');
  expect(troubleOf(own, 'do').failure).toBe(own);
  expect(troubleOf('psk', 'do').failure.message).toBe('unexpected string during do');
  const odd = Object.assign(new Error('psk'), { name: 'psk: hunter2' });
  expect(JSON.stringify(troubleOf(odd, 'do'))).not.toMatch(/psk|hunter2/);
});

it('repeats what the database refused, with a look first', () => {
  const full = Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
  const trouble = troubleOf(full, 'do');
  expect(trouble).toMatchObject({ uncertain: true, failure: { code: 'store.unavailable', retryable: true } });
  expect(afterFailure(DEFAULT_RETRY, trouble, 0, 0).kind).toBe('again');
});
