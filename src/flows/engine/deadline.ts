import type { Failure } from '../../base/failure.ts';
import type { PlannedOperation } from './types.ts';

/** A wait that was not over in time; `progress` is what was seen last. */
export function deadlineFailure(op: PlannedOperation, deadlineMs: number, progress: string): Failure {
  const waited = spanText(deadlineMs);
  return {
    code: 'flow.deadline',
    message: `${op.id} was not reached within ${waited}`,
    hint: `${op.what}: not reached within ${waited}. Last seen: ${progress}`,
    retryable: true,
  };
}

/** An undo that waited in vain, as a reason for what is left. */
export function undoDeadlineFailure(op: PlannedOperation, deadlineMs: number, progress: string): Failure {
  const waited = spanText(deadlineMs);
  return {
    code: 'flow.deadline',
    message: `the undo of ${op.id} waited ${waited} in vain`,
    hint: `Waited ${waited}. Last seen: ${progress.replace(/\.$/, '')}.`,
    retryable: true,
  };
}

/** What a card shows while a call fails that is repeated as long as there is time. */
export function failingText(what: string, failure: Failure): string {
  return `${what} (${failure.code}). ${failure.hint}`;
}

function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
