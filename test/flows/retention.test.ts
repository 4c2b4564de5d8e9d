import { expect, test } from 'vitest';
import { createRetention, RETENTION } from '../../src/flows/retention.ts';
import { ask, valueOf } from './support/asking.ts';
import { startRig } from './support/rig.ts';

test('what ended seven years ago goes in small transactions, named in the audit, and what is open stays', async () => {
  const rig = await startRig({ start: false });
  const open = await ask(rig);
  const row = (await rig.store.requests.get(open))!;
  for (let n = 0; n < 70; n += 1) {
    await rig.store.requests.insert({ ...row, id: `old-${n}`, state: 'rejected', createdAt: n });
  }
  const prune = createRetention(rig.parts);
  rig.clock.aheadMs = RETENTION.auditMs + 60_000;
  await prune();
  const left = valueOf(await rig.flows.history({}));
  expect(left.entries.map((entry) => entry.requestId)).toEqual([open]);
  expect(await rig.store.requests.get('old-0')).toBeUndefined();
  expect(await rig.store.audit.firstBroken()).toBeUndefined();
  // Two transactions of fifty and twenty, each with its row; the pruning of the audit itself adds one.
  const { last, pruned } = await rig.store.audit.length();
  expect(last - pruned).toBe(3);
  await prune();
  expect(await rig.store.audit.length()).toEqual({ last, pruned });
});
