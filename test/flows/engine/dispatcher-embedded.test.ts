import { expect, it, vi } from 'vitest';
import { createEmbeddedDispatcher } from '../../../src/flows/engine/dispatcher-embedded.ts';
import { createExecutor } from '../../../src/flows/engine/executor.ts';
import { runRow } from '../../db/rows.ts';
import { tempDir } from '../../db/temp-store.ts';
import { toyOperations } from './rig.ts';
import { planned, World } from './toy-world.ts';

const clock = { now: () => Date.now() };
const quiet = (): void => undefined;
const log = { info: quiet, warn: quiet, error: quiet };

it('takes up at start what a dead process left, without waiting for its lease', async () => {
  const temp = tempDir();
  const store = await temp.open();
  await store.runs.create(runRow(), ['a', 'w'], []);
  await store.runs.claim('run1', 'dead', Date.now(), 3_600_000);
  const world = new World();
  world.ready.add('w');
  const executor = createExecutor({
    store,
    operations: toyOperations(world),
    planOf: async () => [planned('a'), planned('w', ['a'], 'toy.wait.ask')],
    observer: { changed: async () => undefined, finished: async () => undefined },
    dispatcher: createEmbeddedDispatcher({ runs: store.runs, clock, log }),
    owner: 'me',
    clock,
    pollMs: 20,
    log,
  });
  await executor.start();
  await vi.waitFor(async () => expect((await store.runs.get('run1'))?.state).toBe('succeeded'), 60_000);
  await executor.stop();
  await store.close();
  temp.remove();
});
