import { RemoteError, type RemoteErrorKind } from '../../base/failure.ts';
import { proxyRefusal } from '../../base/proxy-refusal.ts';

const HINTS: Record<RemoteErrorKind, string> = {
  unauthorized:
    'Mist refuses the API token: check MIST_API_TOKEN and that the base URL is the cloud of this organisation.',
  forbidden:
    'The Mist token lacks the right for this call, or the organisation restricts source addresses of tokens.',
  'not-found': 'Mist does not know this object any more.',
  rejected: 'Mist refuses the content of this call.',
  conflict: 'Mist says that the object changed meanwhile: read it again.',
  'rate-limited': 'The hourly budget of the Mist token is used up; it resets at the full hour.',
  unavailable: 'Mist is not available just now; the call can be repeated.',
  timeout: 'Mist did not answer in time; the call can be repeated.',
  network: 'Mist could not be reached: check the base URL, DNS, the firewall and the proxy.',
  'bad-response':
    'Mist answered something that is not its API, often a proxy or a login page: check the base URL.',
};

/** Where a call went. The path has no query, and no error holds a body of either direction. */
export interface CallSite {
  readonly method: string;
  readonly path: string;
}

/** What is known of a failed call besides its kind. */
export interface FailureDetails {
  readonly what: string;
  readonly status?: number;
  readonly uncertain?: boolean;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
  /** Only causes that cannot carry a body: a network error's code, never a parser's message. */
  readonly cause?: unknown;
}

/** A Mist call that failed. */
export function mistError(kind: RemoteErrorKind, site: CallSite, details: FailureDetails): RemoteError {
  const { what, ...rest } = details;
  return new RemoteError({
    system: 'mist',
    kind,
    message: `Mist ${site.method} ${site.path}: ${what}`,
    hint: HINTS[kind],
    ...rest,
  });
}

/**
 * What a status code means. Source: Juniper, "REST API HTTP response codes"; a 404 counts whatever its body is, because
 * published and observed bodies differ.
 */
export function kindOfStatus(status: number): RemoteErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 429) return 'rate-limited';
  if (status === 408) return 'timeout';
  if (status >= 500) return 'unavailable';
  if (status >= 400) return 'rejected';
  return 'bad-response';
}

/** Delay that a Retry-After header asks for, in seconds or as an HTTP date; undefined where there is none. */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1000) : undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The system's code of a network error, looked for in its causes. */
export function networkCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    const { code, errors } = at as Error & { code?: unknown; errors?: unknown };
    if (typeof code === 'string') return code;
    if (Array.isArray(errors) && errors.length > 0) return networkCode(errors[0]);
  }
  return undefined;
}

/** What to say of a connection that failed. */
export function connectionProblem(error: unknown): string {
  const refusal = proxyRefusal(error);
  if (refusal !== undefined) return `the proxy (HTTPS_PROXY) refused the connection with ${refusal}`;
  const code = networkCode(error);
  return `connection failed${code === undefined ? '' : ` (${code})`}`;
}

/** Whether the connection was never made, so that nothing can have been carried out. */
export function wasNeverSent(error: unknown): boolean {
  const code = networkCode(error);
  return (code !== undefined && NEVER_SENT.has(code)) || proxyRefusal(error) !== undefined;
}
