import { setTimeout as sleep } from 'node:timers/promises';
import ky from 'ky';
import type { RemoteError, RemoteErrorKind } from '../../base/failure.ts';
import type { Secret } from '../../base/secret.ts';
import { isPlainPath } from '../../base/plain-path.ts';
import { fetchIfPermitted } from '../../base/permitted-fetch.ts';
import { isWorkOfARun } from '../../base/send-permit.ts';
import { isPageInstead } from '../../base/contradiction.ts';
import type { VendorPause } from '../../base/vendor-pause.ts';
import type { Budget } from './budget.ts';
import {
  connectionProblem,
  kindOfStatus,
  mistError,
  retryAfterMs,
  wasNeverSent,
  type CallSite,
} from './errors.ts';

/** One attempt of a call, for logs and metrics; `status` is 0 where no answer came. The path has no query. */
export interface CallEvent {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly attempt: number;
  /** `x-request-id`, where the answer has one; Mist documents none. */
  readonly requestId?: string;
  /** The answer's `Date`, epoch ms. */
  readonly dateMs?: number;
}

export interface HttpOptions {
  readonly baseUrl: string;
  readonly token: Secret;
  readonly timeoutMs: number;
  readonly budget: Budget;
  readonly pause: VendorPause;
  readonly reserve: number;
  readonly onCall?: (event: CallEvent) => void;
}

/**
 * How often a call may be sent: `read` again after anything transient, `whole` (a PUT of whole root keys) and `once` only
 * as said at {@link createHttp}.
 */
export type Repeat = 'read' | 'whole' | 'once';

export interface Call<T> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** From the root, with or without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly repeat: Repeat;
  /** Reads the body; what it throws makes the answer a `bad-response`. */
  readonly parse: (body: unknown, headers: Headers) => T;
}

export interface Http {
  readonly origin: string;
  send<T>(call: Call<T>): Promise<T>;
}

const ATTEMPTS = 4;
const BACKOFF_MS = 250;
const LONGEST_WAIT_MS = 20_000;
const TRANSIENT: ReadonlySet<RemoteErrorKind> = new Set([
  'rate-limited',
  'unavailable',
  'network',
  'timeout',
  'bad-response',
]);

const UNCERTAIN: ReadonlySet<RemoteErrorKind> = new Set(['unavailable', 'timeout', 'bad-response']);

/**
 * REST calls to Mist with `Authorization: Token`. Reads are repeated a few times after 429, 5xx, network faults, timeouts and
 * malformed answers; a wait that Mist asks for is kept when it is short, else the error says how long. A `whole` call is
 * repeated after 429 only, because it was not carried out; a `once` call never. A write without a good answer is `uncertain`,
 * unless it certainly was not sent. Errors hold no body. Throws `RemoteError`.
 */
export function createHttp(options: HttpOptions): Http {
  const { origin } = new URL(options.baseUrl);
  const { budget, pause } = options;

  async function send<T>(call: Call<T>): Promise<T> {
    const url = new URL(call.path, origin);
    if (url.origin !== origin || !isPlainPath(call.path.replace(origin, ''))) {
      const site = { method: call.method, path: '(no path of ours)' };
      throw mistError('rejected', site, { what: 'not sent: an ID in its path is none' });
    }
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const site = { method: call.method, path: url.pathname };
    const giveUpAt = Date.now() + options.timeoutMs * 2;
    for (let attempt = 1; ; attempt += 1) {
      refuseBelowReserve(site);
      const outcome = whilePaused(site) ?? (await tryOnce(call, url, site, attempt));
      if ('value' in outcome) return outcome.value;
      const { error } = outcome;
      const wait = error.retryAfterMs ?? backoff(attempt);
      const again = attempt < ATTEMPTS && mayRepeat(call.repeat, error) && Date.now() + wait < giveUpAt;
      if (!again || wait > LONGEST_WAIT_MS) throw error;
      await sleep(wait);
    }
  }

  function refuseBelowReserve(site: CallSite): void {
    if (options.reserve === 0 || !isWorkOfARun() || !budget.isBelow(options.reserve)) return;
    throw mistError('rate-limited', site, {
      what: `not sent: the last ${options.reserve} calls of this hour are kept for people`,
      retryAfterMs: budget.resetsInMs(),
    });
  }

  /** Mist asked this token to wait, here or in another process. */
  function whilePaused(site: CallSite): { error: RemoteError } | undefined {
    const left = pause.leftMs();
    if (left === 0) return undefined;
    return {
      error: mistError('rate-limited', site, {
        what: 'not sent: Mist asked to wait',
        retryAfterMs: left,
      }),
    };
  }

  async function tryOnce<T>(
    call: Call<T>,
    url: URL,
    site: CallSite,
    attempt: number,
  ): Promise<{ value: T } | { error: RemoteError }> {
    const started = performance.now();
    let status = 0;
    let headers: Headers | undefined;
    budget.count();
    try {
      const answer = await exchange(call, url);
      status = answer.status;
      headers = answer.headers;
      return read(call, site, answer);
    } catch (error) {
      return { error: lost(call, site, error) };
    } finally {
      const ms = Math.round(performance.now() - started);
      options.onCall?.({ ...site, status, ms, attempt, ...toldBy(headers) });
    }
  }

  async function exchange(
    call: Call<unknown>,
    url: URL,
  ): Promise<{ status: number; headers: Headers; text: string }> {
    // One signal for headers and body together: the client's own timeout starts anew for the body. It goes to fetch itself: through the
    // client's request it gets lost when that is collected as garbage, and a body that stalls would be waited for without an end.
    const signal = AbortSignal.timeout(options.timeoutMs);
    const send = call.repeat === 'read' ? fetch : fetchIfPermitted;
    const response = await ky(url, {
      method: call.method,
      headers: { authorization: `Token ${options.token.reveal()}`, accept: 'application/json' },
      ...(call.json !== undefined && { json: call.json }),
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      redirect: 'manual',
      fetch: (input, init) => send(input, { ...init, signal }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  function read<T>(
    call: Call<T>,
    site: CallSite,
    answer: { status: number; headers: Headers; text: string },
  ): { value: T } | { error: RemoteError } {
    const { status, headers, text } = answer;
    const { requestId } = toldBy(headers);
    const common = { status, ...(requestId !== undefined && { requestId }) };
    if (status < 200 || status > 299) {
      const kind = status === 404 && isPageInstead(text) ? 'bad-response' : kindOfStatus(status);
      const wait = retryAfterMs(headers.get('retry-after'));
      if (kind === 'rate-limited') {
        // Without a time, the budget of the hour is meant (guide "Rate limiting").
        if (wait === undefined) budget.exhausted();
        else pause.ask(wait);
      }
      return {
        error: mistError(kind, site, {
          ...common,
          what: `answered ${status}`,
          uncertain: call.repeat !== 'read' && UNCERTAIN.has(kind),
          ...(wait !== undefined && { retryAfterMs: wait }),
        }),
      };
    }
    try {
      return { value: call.parse(text.trim() === '' ? undefined : JSON.parse(text), headers) };
    } catch {
      // The parser's message is dropped on purpose: it may quote the body.
      const what = `answered ${status} with a body that is not what its API documents`;
      return {
        error: mistError('bad-response', site, { ...common, what, uncertain: call.repeat !== 'read' }),
      };
    }
  }

  return { origin, send };
}

/** What the answer's headers say about the exchange itself; a request ID comes from outside and ends up in messages. */
function toldBy(headers: Headers | undefined): { readonly requestId?: string; readonly dateMs?: number } {
  const requestId = headers?.get('x-request-id') ?? '';
  const dateMs = Date.parse(headers?.get('date') ?? '');
  return {
    ...(/^[\w-]{1,64}$/.test(requestId) && { requestId }),
    ...(!Number.isNaN(dateMs) && { dateMs }),
  };
}

function lost(call: Call<unknown>, site: CallSite, error: unknown): RemoteError {
  const name = error instanceof Error ? error.name : '';
  const timedOut = name === 'TimeoutError' || name === 'AbortError';
  return mistError(timedOut ? 'timeout' : 'network', site, {
    what: timedOut ? 'no answer in time' : connectionProblem(error),
    uncertain: call.repeat !== 'read' && !wasNeverSent(error),
  });
}

function mayRepeat(repeat: Repeat, error: RemoteError): boolean {
  if (repeat === 'read') return TRANSIENT.has(error.kind);
  return repeat === 'whole' && error.kind === 'rate-limited';
}

function backoff(attempt: number): number {
  return BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}
