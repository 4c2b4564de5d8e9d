import { afterEach, expect, it } from 'vitest';
import type { StepListener } from '../../../src/flows/engine/step-outcome.ts';
import { rig, type Rig } from './rig.ts';
import { planned, remote } from './toy-world.ts';

let open: Rig | undefined;
afterEach(() => open?.close());

type Ended = Parameters<StepListener>[0];

/** One object, then a refusal, so that the first is undone. */
async function turnedBack(ended: Ended[]): Promise<Rig> {
  const onStep: StepListener = (step) => void ended.push(step);
  const r = (open = await rig({ plan: [planned('a'), planned('b', ['a'])], executor: { onStep } }));
  r.world.fail('create b', { error: remote({ kind: 'rejected' }) });
  return r;
}

it('tells of each step how it ended and how long it took, and of its undoing as well', async () => {
  const ended: Ended[] = [];
  const r = await turnedBack(ended);
  const away = { error: remote({ kind: 'unavailable' }) };
  r.world.fail('create a', away);
  r.world.fail('remove a', away, away);
  await r.drive();
  expect(ended).toEqual([
    { opId: 'a', outcome: 'done', ms: 500 },
    { opId: 'b', outcome: 'failed', ms: 0 },
    { opId: 'a', outcome: 'undone', ms: 500 + 1500 },
  ]);
});

it('counts an undoing from its beginning, also where another process ends it', async () => {
  const ended: Ended[] = [];
  const r = await turnedBack(ended);
  r.world.fail('remove a', { error: remote({ kind: 'unavailable' }) });
  await r.executor.look('run1');
  r.clock.at += 90_000;
  await r.drive(r.another());
  expect(ended.at(-1)).toEqual({ opId: 'a', outcome: 'undone', ms: 90_000 });
});

it('tells that an undoing left something', async () => {
  const ended: Ended[] = [];
  const r = await turnedBack(ended);
  r.world.fail('remove a', { error: remote({ kind: 'forbidden' }) });
  await r.drive();
  expect(ended.at(-1)).toEqual({ opId: 'a', outcome: 'left', ms: 0 });
});
