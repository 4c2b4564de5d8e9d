import { expect, test } from 'vitest';
import { askAndApprove, viewOf } from './support/asking.ts';
import { startRig } from './support/rig.ts';

test('x', async () => {
  const t0 = performance.now();
  const rig = await startRig();
  console.log('rig', performance.now() - t0);
  const id = await askAndApprove(rig);
  console.log('approved', performance.now() - t0);
  await rig.until(id, 'onboarded');
  console.log('onboarded', performance.now() - t0);
  const view = await viewOf(rig, id);
  expect(view.statusLine).toBe('Lyon: tunnels 1/1, BGP 1/1, routes 25');
  console.log(view);
});
