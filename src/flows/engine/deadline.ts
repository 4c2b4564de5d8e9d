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

/**
 * Nothing is wrong; the vendor, or the part of its allowance that is kept for people, has no call left for now. Until when is the step's
 * `notBefore`, for the card to say.
 */
export function budgetText(failure: Failure): string {
  const vendor = failure.code.startsWith('entra.') ? 'Microsoft Graph' : 'Mist';
  return `Waits for the call budget of ${vendor}`;
}

/** Whether a failed try only was one too many for the vendor. */
export function isRateLimit(failure: Failure | undefined): boolean {
  return failure?.code.endsWith('.rate_limited') === true;
}

function spanText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
