import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { RemoteError } from '../../base/failure.ts';
import { isPlainPath } from '../../base/plain-path.ts';
import { isPageInstead } from '../../base/contradiction.ts';
import { createVendorPause } from '../../base/vendor-pause.ts';
import type { TokenSource } from './credential.ts';
import {
  answerFailure,
  errorCodeOf,
  malformed,
  pausedFailure,
  requestIdOf,
  type CallFacts,
} from './errors.ts';
import { DEFAULT_GRAPH, type EntraOptions } from './options.ts';
import { readRetryAfter, withRetries, type Tried } from './retry.ts';
import { collectionOf } from './schema.ts';
import { createSend, type Method } from './session.ts';

/** Graph beta as JSON over HTTP. Paths are below `/beta`, their parts already encoded. Every method throws `RemoteError`. */
export interface Graph {
  /** Repeated up to three times on 429, 5xx, a lost connection, a timeout and a malformed answer. */
  read<T>(path: string, shape: z.ZodType<T>): Promise<T>;
  /**
   * Follows `@odata.nextLink` until `enough` or the end. More than {@link MAX_PAGES} pages are a bad response,
   * unless `newestFirst` says that the rest may be left.
   */
  readAll<T>(
    path: string,
    item: z.ZodType<T>,
    until?: { enough?: number; newestFirst?: boolean },
  ): Promise<T[]>;
  /**
   * POST is repeated after 429 only, as nothing else proves that it was not carried out; PATCH and DELETE also after 503
   * and, with a new token, after 401 and 403. Resolves to the parsed answer, undefined where it is empty.
   */
  write(method: Exclude<Method, 'GET'>, path: string, body?: object): Promise<unknown>;
}

export const MAX_PAGES = 50;

export function createGraph(options: EntraOptions, tokens: TokenSource): Graph {
  const { origin } = new URL(options.graphBaseUrl ?? DEFAULT_GRAPH);
  const send = createSend(options);
  const pause = options.pause ?? createVendorPause();

  /** One try: token, exchange, verdict. `check` runs inside, so that half an answer is asked for again. */
  async function once<T>(
    request: { method: Method; path: string; body?: object | undefined },
    attempt: number,
    check: (answer: unknown, call: CallFacts, status: number) => T,
  ): Promise<Tried<T>> {
    const { method, path, body } = request;
    if (!isPlainPath(path)) throw notSent(method);
    const left = pause.leftMs();
    if (left > 0)
      return { ok: false, failure: pausedFailure({ method, path: withoutQuery(path) }, left), again: true };
    // Not caught: a refused token was asked for often enough in there.
    const token = await tokens.token();
    const ownId = randomUUID();
    let call: CallFacts = { method, path: withoutQuery(path), requestId: ownId };
    let status = 0;
    let date = Number.NaN;
    const started = performance.now();
    try {
      const answer = await send({ method, path, body, token, call });
      status = answer.status;
      date = Date.parse(answer.headers.get('date') ?? '');
      call = { ...call, requestId: requestIdOf(answer.headers.get('request-id')) ?? ownId };
      if (status < 200 || status > 299) {
        const retryAfter = readRetryAfter(answer.headers.get('retry-after'), Date.now());
        if (status === 429 && retryAfter !== undefined) pause.ask(retryAfter);
        if (status === 404 && isPageInstead(answer.text))
          throw malformed(call, 'a page instead of JSON', status);
        throw answerFailure(call, status, errorCodeOf(answer.text), retryAfter);
      }
      return { ok: true, value: check(parse(answer.text, call, status), call, status) };
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      const renewed = (error.kind === 'unauthorized' || error.kind === 'forbidden') && tokens.refused(token);
      return { ok: false, failure: error, again: mayRepeat(method, error, renewed) };
    } finally {
      const { path: plain, requestId } = call;
      const ms = performance.now() - started;
      options.onCall?.({
        method,
        path: plain,
        status,
        ms,
        attempt,
        ...(requestId !== undefined && { requestId }),
        ...(!Number.isNaN(date) && { dateMs: date }),
      });
    }
  }

  function read<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return withRetries(
      (attempt) =>
        once({ method: 'GET', path }, attempt, (answer, call, status) => {
          const checked = shape.safeParse(answer);
          if (!checked.success) throw malformed(call, fieldsOf(checked.error), status);
          return checked.data;
        }),
      options.signal,
    );
  }

  async function readAll<T>(
    path: string,
    item: z.ZodType<T>,
    {
      enough = Number.POSITIVE_INFINITY,
      newestFirst = false,
    }: { enough?: number; newestFirst?: boolean } = {},
  ): Promise<T[]> {
    const shape: z.ZodType<{ value: T[]; '@odata.nextLink'?: string | undefined }> = collectionOf(item);
    const call = { method: 'GET', path: withoutQuery(path) };
    const found: T[] = [];
    let next: string | undefined = path;
    for (let pages = 0; next !== undefined; pages += 1) {
      if (pages >= MAX_PAGES && newestFirst) break;
      if (pages >= MAX_PAGES) throw malformed(call, `more than ${MAX_PAGES} pages`);
      const page: z.infer<typeof shape> = await read(next, shape);
      found.push(...page.value);
      const link = page['@odata.nextLink'];
      next = link === undefined || found.length >= enough ? undefined : pathOf(link, origin, call);
    }
    return found.length > enough ? found.slice(0, enough) : found;
  }

  function write(method: Exclude<Method, 'GET'>, path: string, body?: object): Promise<unknown> {
    return withRetries<unknown>(
      (attempt) => once({ method, path, body }, attempt, (answer) => answer),
      options.signal,
    );
  }

  return { read, readAll, write };
}

function mayRepeat(method: Method, failure: RemoteError, renewed: boolean): boolean {
  if (method === 'POST') return failure.status === 429;
  if (method === 'GET') return failure.retryable || renewed;
  // Both say the whole wanted state, so that a second one changes nothing.
  return failure.status === 429 || failure.status === 503 || renewed;
}

/** A path that would arrive as another one; what stands in it is not repeated. */
function notSent(method: string): RemoteError {
  return new RemoteError({
    system: 'entra',
    kind: 'rejected',
    message: `${method}: not sent, an ID in its path is none`,
    hint: 'An ID that was given is none of Microsoft Graph; nothing was sent.',
  });
}

/** Empty answers are normal for writes; what a read expects refuses them. */
function parse(text: string, call: CallFacts, status: number): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(call, 'not JSON', status);
  }
}

/** Names the fields that are missing or of another type, never their values. */
function fieldsOf(error: z.ZodError): string {
  const paths = error.issues
    .slice(0, 3)
    .map((issue) => issue.path.map(String).join('.') || 'the whole answer');
  return paths.join(', ');
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? path;
}

/** A next link as a path of ours. One that leads elsewhere would hand our token to a stranger. */
function pathOf(link: string, origin: string, call: CallFacts): string {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (url?.origin !== origin || !/^\/beta\//i.test(url.pathname))
    throw malformed(call, 'a next page at another address');
  return url.pathname.slice('/beta'.length) + url.search;
}
