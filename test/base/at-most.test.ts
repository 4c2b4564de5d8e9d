import { expect, it } from 'vitest';
import { atMost } from '../../src/base/at-most.ts';

it('runs no more at once than it was told, all of them in the end, also after one has failed', async () => {
  const limited = atMost(3);
  let [now, most] = [0, 0];
  const works = Array.from({ length: 20 }, (_, n) =>
    limited(async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      if (n % 5 === 0) throw new Error('one of them');
      return n;
    }),
  );
  const ended = await Promise.allSettled(works);
  expect(most).toBe(3);
  expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(16);
});
