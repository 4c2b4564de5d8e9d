import type { Json, RunRow, StepPatch, Store } from '../../db/types.ts';
import type { PlannedOperation } from './engine/types.ts';

/** Events that say what was done, found, refused or undone; polls and retries stay in the journal. */
const RECORDED = new Set(['intent', 'result', 'found', 'failed', 'undo-result', 'undo-left', 'undo-failed']);

/**
 * Writes a step to the audit: which operation, its lines before and after as the approver saw them (secrets masked), what a
 * verification found, and why it failed. In the transaction that journals the step.
 */
export async function auditStep(
  store: Store,
  run: RunRow,
  step: { readonly op: PlannedOperation; readonly event: string; readonly patch: StepPatch },
  now: number,
): Promise<void> {
  const { op, event, patch } = step;
  if (!RECORDED.has(event)) return;
  const data: { [key: string]: Json } = {
    run: run.id,
    operation: op.id,
    side: op.side,
    what: op.what,
    before: [...op.before],
    after: [...op.after],
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
