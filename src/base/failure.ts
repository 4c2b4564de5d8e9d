/**
 * An expected failure as a value: what a step, a preflight rule or a command can end with.
 * `code` is stable (`entra.rejected`, `mist.rate_limited`, `flow.timeout`), `hint` is one sentence that a card can
 * show to an engineer, `message` is for logs. None of them ever holds a provider's body or a secret.
 */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** The vendor's request id, for its support. */
  readonly requestId?: string;
  readonly cause?: unknown;
}

/** A value or a failure. Expected outcomes are returned, not thrown. */
export type Result<T, F = Failure> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed<F>(failure: F): { readonly ok: false; readonly failure: F } {
  return { ok: false, failure };
}

/** What kind of answer a vendor gave; flows decide by it, never by a status code. */
export type RemoteErrorKind =
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not-found' // 404, the only kind that means "absent"
  | 'rejected' // other 4xx: the vendor refused the content
  | 'conflict' // 409, 412
  | 'rate-limited' // 429
  | 'unavailable' // 5xx
  | 'timeout'
  | 'network'
  | 'bad-response'; // not JSON, or lacks what we rely on

export interface RemoteErrorInit {
  readonly system: 'entra' | 'mist' | 'slack';
  readonly kind: RemoteErrorKind;
  readonly message: string;
  readonly hint: string;
  /** True where the call may have taken effect although no good answer came back (lost answer of a write). */
  readonly uncertain?: boolean;
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<RemoteErrorKind> = new Set([
  'rate-limited',
  'unavailable',
  'timeout',
  'network',
  'bad-response',
]);

/**
 * Thrown by every integration call that did not succeed. `code` is `<system>.<kind>` with underscores.
 * Its message never contains the provider's body, which may echo a request with a PSK.
 */
export class RemoteError extends Error implements Failure {
  override readonly name = 'RemoteError';
  readonly system: 'entra' | 'mist' | 'slack';
  readonly kind: RemoteErrorKind;
  readonly code: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly uncertain: boolean;
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;

  constructor(init: RemoteErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.system = init.system;
    this.kind = init.kind;
    this.code = `${init.system}.${init.kind.replaceAll('-', '_')}`;
    this.hint = init.hint;
    this.retryable = RETRYABLE.has(init.kind);
    this.uncertain = init.uncertain ?? false;
    if (init.status !== undefined) this.status = init.status;
    if (init.requestId !== undefined) this.requestId = init.requestId;
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs;
  }
}
