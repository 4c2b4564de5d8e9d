import type { Failure } from '../src/base/failure.ts';

/**
 * A failure as it is stored: its known fields and no others, since an error object may carry a vendor's body. A cause
 * is kept only where it is a failure itself.
 */
export function failureToText(failure: Failure): string {
  return JSON.stringify(plain(failure, true));
}

/** A failure as {@link failureToText} wrote it. */
export function failureFromText(text: string): Failure {
  return JSON.parse(text) as Failure;
}

function plain(failure: Failure, withCause: boolean): Failure {
  const { code, message, hint, retryable, requestId, cause } = failure;
  return {
    code,
    message,
    hint,
    retryable,
    ...(requestId !== undefined && { requestId }),
    ...(withCause && isFailure(cause) && { cause: plain(cause, false) }),
  };
}

/** Whether something thrown or caught is an expected failure. */
export function isFailure(value: unknown): value is Failure {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string' &&
    'hint' in value &&
    typeof value.hint === 'string' &&
    'retryable' in value &&
    typeof value.retryable === 'boolean'
  );
}
