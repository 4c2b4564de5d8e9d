import type { OperationContext } from './engine/types.ts';

/** When somebody last chose Retry for the request of this run, since the run began; epoch ms. */
export async function lastRetry({ store, run }: OperationContext): Promise<number | undefined> {
  const decisions = await store.decisions.of(run.requestId);
  return decisions.filter((d) => d.action === 'retry' && d.at >= run.startedAt).at(-1)?.at;
}
