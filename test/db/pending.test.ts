import fc from 'fast-check';
import { expect, it } from 'vitest';
import { migrations } from '../../db/migrations/all.ts';
import { pendingOf } from '../../db/pending.ts';

const NAMES = Object.keys(migrations);

it('leaves exactly what was not run yet, in the order of the names, whichever ran before', () => {
  fc.assert(
    fc.property(fc.subarray(NAMES), (executed) => {
      const pending = pendingOf(new Set(executed), migrations);
      expect(pending).toEqual([...pending].sort());
      expect([...executed, ...pending].sort()).toEqual([...NAMES].sort());
    }),
  );
});

it('refuses a database of a newer version, and names what it does not know', () => {
  const newer = (): unknown => pendingOf(new Set([...NAMES, '9999-later']), migrations);
  expect(newer).toThrow(expect.objectContaining({ code: 'store.newer_schema' }));
  expect(newer).toThrow('9999-later');
});
