import type { StepPatch, Store } from '../../../db/types.ts';

/** How a step ended, or the undoing of it: `left` where something of it still stands and a person is asked. */
export type StepOutcome = 'done' | 'failed' | 'undone' | 'left';

/** Told after the commit that a step, or its undoing, has come to an end, with how long that took since it began; ms. */
export type StepListener = (step: {
  readonly opId: string;
  readonly outcome: StepOutcome;
  readonly ms: number;
}) => void;

/** What this event of the journal ends; undefined where the step goes on. */
export function outcomeOf(event: string, patch: StepPatch): StepOutcome | undefined {
  if (event === 'undo-left' || event === 'undo-failed') return 'left';
  if (patch.state === 'done' || patch.state === 'failed' || patch.state === 'undone') return patch.state;
  return undefined;
}

export function isOfUndo(outcome: StepOutcome): boolean {
  return outcome === 'undone' || outcome === 'left';
}

/**
 * When the undoing of a step began, by the journal: the step's own times are those of its doing, and a restart may lie between. Undefined
 * where it cannot be read; what is only measured must not hold up a run.
 */
export async function undoBegan(store: Store, runId: string, opId: string): Promise<number | undefined> {
  const journal = await store.runs.journal(runId).catch(() => []);
  return journal.findLast((line) => line.opId === opId && line.event === 'undo-intent')?.at;
}
