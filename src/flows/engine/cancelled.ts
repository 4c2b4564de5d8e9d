import type { Failure } from '../../base/failure.ts';

/** Code of a run that was stopped because somebody asked for it. */
export const CANCELLED = 'flow.cancelled';

/** Why a run stopped between two steps. */
export function cancelledFailure(begun: boolean): Failure {
  return {
    code: CANCELLED,
    message: 'stopped by a person',
    hint: begun
      ? 'Stopped on request, between two steps.'
      : 'Stopped on request before anything was changed.',
    retryable: true,
  };
}
