import { fetchIfPermitted } from '../../base/permitted-fetch.ts';
import type {
  AuthenticationHandlerOptions,
  Client,
  Context,
  GraphRequest,
} from '@microsoft/microsoft-graph-client';
import { connectionCode, connectionFailure, type CallFacts } from './errors.ts';
import { DEFAULT_GRAPH, DEFAULT_TIMEOUT_MS, type EntraOptions } from './options.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Exchange {
  readonly method: Method;
  /** Below `/beta`, with the query. */
  readonly path: string;
  readonly body: object | undefined;
  readonly token: string;
  /** Its `requestId` is sent as `client-request-id`. */
  readonly call: CallFacts;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** One exchange with Graph, exactly one request; throws `RemoteError` only where no whole answer came. */
export type Send = (exchange: Exchange) => Promise<Answer>;

interface Session {
  readonly client: Client;
  readonly raw: Parameters<GraphRequest['responseType']>[0];
  auth(token: string): AuthenticationHandlerOptions;
}

/** The Graph SDK with its habits switched off: no retries, no redirects, no reading of the answer. Loaded at the first call. */
export function createSend(options: EntraOptions): Send {
  const base = new URL(options.graphBaseUrl ?? DEFAULT_GRAPH);
  let session: Promise<Session> | undefined;

  return async ({ method, path, body, token, call }) => {
    session ??= import('@microsoft/microsoft-graph-client').then((sdk) => openSession(sdk, base));
    const { client, raw, auth } = await session;
    // Headers and body under one deadline; the SDK's own `timeout` option does nothing.
    const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const request = client
      .api(path)
      .responseType(raw)
      .option('signal', signal)
      // Following a redirect would send a body with keys to wherever it points.
      .option('redirect', 'manual')
      .header('client-request-id', call.requestId ?? '')
      .middlewareOptions([auth(token)]);
    try {
      const response = (await dispatch(request, method, body)) as Response;
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      const why = timeout.aborted ? 'timeout' : signal.aborted ? 'cancelled' : 'connection';
      throw connectionFailure(call, why, socketCodeOf(error), base.host);
    }
  };
}

function openSession(sdk: typeof import('@microsoft/microsoft-graph-client'), base: URL): Session {
  // The token comes with each call. The SDK's retry handler is left out because it repeats POSTs.
  const authentication = new sdk.AuthenticationHandler({
    getAccessToken: () => Promise.reject(new Error('no token')),
  });
  const client = sdk.Client.initWithMiddleware({
    baseUrl: base.origin,
    defaultVersion: 'beta',
    // Bare host name: with a port, the SDK would leave the token out without a word.
    customHosts: new Set([base.hostname]),
    middleware: [authentication, { execute: transport }],
  });
  return {
    client,
    raw: sdk.ResponseType.RAW,
    auth: (token) => new sdk.AuthenticationHandlerOptions({ getAccessToken: () => Promise.resolve(token) }),
  };
}

/** The end of the chain. Of an error the SDK keeps only the name, so the name carries the socket's code. */
async function transport(context: Context): Promise<void> {
  const headers = new Headers(context.options?.headers as Record<string, string>);
  if (!headers.has('authorization')) throw named('NO_TOKEN');
  try {
    const { method = 'GET' } = context.options ?? {};
    const send = method === 'GET' ? fetch : fetchIfPermitted;
    context.response = await send(context.request as string, { ...context.options, headers } as RequestInit);
  } catch (error) {
    throw named(connectionCode(error, codeOf(error instanceof Error ? error.cause : undefined)));
  }
}

function dispatch(request: GraphRequest, method: Method, body: object | undefined): Promise<unknown> {
  switch (method) {
    case 'GET':
      // Otherwise members newer than the enum's sentinel arrive as unknownFutureValue (Graph "Evolvable enumerations").
      return request.header('Prefer', 'include-unknown-enum-members').get();
    case 'POST':
      return request.post(body);
    case 'PATCH':
      return request.patch(body);
    case 'DELETE':
      return request.delete();
  }
}

function named(name: string): Error {
  return Object.assign(new Error('no answer'), { name });
}

/** Of the SDK's GraphError, or of an answer that broke off while it was read. */
function socketCodeOf(error: unknown): string {
  const code = codeOf(error);
  return code === UNKNOWN && error instanceof Error ? codeOf(error.cause) : code;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{3,60}$|^PROXY_\d{3}$/.test(code) ? code : UNKNOWN;
}

const UNKNOWN = 'CONNECTION_FAILED';
