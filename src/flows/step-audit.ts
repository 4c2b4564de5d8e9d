import type { Json, RunRow, StepPatch, Store } from '../../db/types.ts';
import type { Plan } from './plan/types.ts';

/** Events that say what was done, found, refused or undone; polls and retries stay in the journal. */
const RECORDED = new Set(['intent', 'result', 'found', 'failed', 'undo-result', 'undo-left', 'undo-failed']);

/**
 * Writes a step to the audit: which operation, its lines before and after as the approver saw them (secrets masked), what a
 * verification found, and why it failed. In the transaction that journals the step.
 */
export async function auditStep(
  store: Store,
  run: RunRow,
  step: { readonly opId: string; readonly event: string; readonly patch: StepPatch },
  now: number,
): Promise<void> {
  const { opId, event, patch } = step;
  if (!RECORDED.has(event)) return;
  const request = await store.requests.get(run.requestId);
  if (!request) return;
  const op = (request.plan as unknown as Plan).operations.find((one) => one.id === opId);
  const data: { [key: string]: Json } = {
    run: run.id,
    operation: opId,
    ...(op && { side: op.side, what: op.what, before: [...op.before], after: [...op.after] }),
    ...(patch.output !== undefined && { output: patch.output }),
    ...(patch.failure && { failure: patch.failure.code, hint: patch.failure.hint }),
  };
  await store.audit.append({
    at: now,
    actor: 'bot',
    action: `step.${event}`,
    requestId: run.requestId,
    data,
  });
}
