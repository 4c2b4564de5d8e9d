import type { RunRow } from '../../../db/types.ts';
import { viewOf } from './asking.ts';
import { eventually, type Rig } from './rig.ts';

export const MINUTE = 60_000;

/** Longer than every deadline of a wait, and than the lifetime that {@link LASTING} gives a session. */
const LONGER_THAN_ANY_WAIT_MS = 31 * MINUTE;

/** Settings with a second look that no test is ever too slow for: it is due when {@link secondLookNow} says so. */
export const LASTING = { rekeyCheckMs: 30 * MINUTE } as const;

/** As many remote calls as at least three looks make. */
export async function looksGoOn(rig: Rig): Promise<void> {
  const calls = (): number => rig.mist.calls.length + rig.entra.calls.length;
  const from = calls();
  await eventually(() => calls() > from + 8);
}

/** The step, once it waits and its card says this. */
export async function waitingStep(rig: Rig, id: string, step: string, progress = /./) {
  return eventually(async () =>
    (await viewOf(rig, id)).steps.find((s) => s.id === step && progress.test(s.progress ?? '')),
  );
}

/** Lets the time of this step be over, but not before it waits and its card says this. */
export async function runOutOfTime(rig: Rig, id: string, step: string, progress?: RegExp): Promise<void> {
  await waitingStep(rig, id, step, progress);
  rig.clock.aheadMs += LONGER_THAN_ANY_WAIT_MS;
}

/** What is released earlier may still be seen to have come, and nothing is taken back. */
export async function deadlinePassed(rig: Rig, id: string): Promise<void> {
  await eventually(async () => (await viewOf(rig, id)).failure?.code === 'flow.deadline');
}

/** The second look of this request is due, and is made; its run. */
export async function secondLookNow(rig: Rig, id: string): Promise<RunRow> {
  const runs = await rig.store.runs.ofRequest(id);
  const look = runs.find((run) => run.kind === 'second-look');
  if (!look) throw new Error('no second look is planned');
  rig.clock.aheadMs += LONGER_THAN_ANY_WAIT_MS;
  rig.parts.dispatcher.wake(look.id);
  return look;
}
