import { RemoteError, type RemoteErrorKind } from '../../base/failure.ts';
import { proxyRefusal, proxyRefusalHint } from '../../base/proxy-refusal.ts';

/** What is known of a call when it failed. Nothing here comes from a body except Graph's short error code. */
export interface CallFacts {
  readonly method: string;
  readonly path: string;
  readonly requestId?: string;
}

/** Graph's own word for a failure, fit to be shown: too short for a key, and letters only. */
export function errorCodeOf(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { error?: { code?: unknown } } | null;
    const code = parsed?.error?.code;
    return typeof code === 'string' && /^[A-Za-z][A-Za-z_.]{0,39}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Only what looks like a request id is kept: the header comes from outside and ends up in messages. */
export function requestIdOf(header: string | null | undefined): string | undefined {
  return header && /^[0-9A-Za-z-]{1,36}$/.test(header) ? header : undefined;
}

/** An answer outside 2xx. `code` is the result of {@link errorCodeOf}. */
export function answerFailure(
  call: CallFacts,
  status: number,
  code: string | undefined,
  retryAfterMs: number | undefined,
): RemoteError {
  const kind = kindOf(status);
  // 429 and the 4xx refuse before anything is done; of a redirect and of a 5xx nobody can tell.
  const uncertain = isWrite(call) && (kind === 'unavailable' || kind === 'bad-response');
  return failure(call, kind, `answered ${status}${code ? ` (${code})` : ''}`, hintOf(kind, call, code), {
    uncertain,
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(code !== undefined && { code }),
  });
}

/** Not sent: Graph asked for patience shortly before, here or in another process. */
export function pausedFailure(call: CallFacts, leftMs: number): RemoteError {
  const hint = hintOf('rate-limited', call, undefined);
  return failure(call, 'rate-limited', 'was not sent: Graph asked to wait', hint, {
    uncertain: false,
    retryAfterMs: leftMs,
  });
}

const PROXY = /^PROXY_(\d{3})$/;

/** The code of a connection that failed: `PROXY_<status>` where a proxy refused it, else the socket's or TLS' own. */
export function connectionCode(error: unknown, own: string): string {
  const refusal = proxyRefusal(error);
  return refusal === undefined ? own : `PROXY_${refusal}`;
}

/** What to do about a connection that a proxy refused; undefined for any other code. */
export function proxyHintOf(code: string): string | undefined {
  const status = PROXY.exec(code)?.[1];
  return status === undefined ? undefined : proxyRefusalHint(status);
}

/** No answer, or half of one. `code` is the socket's or TLS' error code. */
export function connectionFailure(
  call: CallFacts,
  why: 'timeout' | 'cancelled' | 'connection',
  code: string,
  host: string,
): RemoteError {
  if (why === 'timeout') {
    const hint =
      'Microsoft Graph did not answer in time; try again, and look at the service health of Entra if it stays so.';
    return failure(call, 'timeout', 'timed out', hint, { uncertain: isWrite(call) });
  }
  if (why === 'cancelled') {
    return failure(
      call,
      'network',
      'was cancelled',
      'The bot was stopping; the call is made again when it is up.',
      {
        uncertain: isWrite(call),
      },
    );
  }
  if (code === 'NO_TOKEN') {
    const hint =
      'The Graph SDK hands no token to this host: GRAPH_BASE_URL must be https and name its host, not an IPv6 address.';
    return failure(call, 'network', 'was not sent', hint, { uncertain: false, code });
  }
  const hint =
    proxyHintOf(code) ??
    (/CERT|SIGNATURE|SELF_SIGNED|ISSUER/.test(code)
      ? `The certificate of ${host} is not trusted (${code}): set NODE_EXTRA_CA_CERTS to the authority of your proxy and start again.`
      : `${host} could not be reached (${code}): check DNS, the firewall and HTTPS_PROXY of the bot's machine.`);
  return failure(call, 'network', `failed: ${code}`, hint, {
    uncertain: isWrite(call) && !NEVER_SENT.test(code) && !PROXY.test(code),
    code,
  });
}

/** A 2xx answer that is not JSON or lacks what we rely on. `what` names fields, never values. */
export function malformed(call: CallFacts, what: string, status?: number): RemoteError {
  return failure(
    call,
    'bad-response',
    `answered something else than expected: ${what}`,
    'The answer is not what Microsoft documents; if it stays so, a proxy answers in its place or the beta API has changed.',
    { uncertain: isWrite(call), ...(status !== undefined && { status }) },
  );
}

/** Failures before a single byte of the request left: the write cannot have been carried out. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|.*CERT.*|.*SIGNATURE.*)$/;

interface FailureFacts {
  readonly uncertain: boolean;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly code?: string;
}

function failure(
  call: CallFacts,
  kind: RemoteErrorKind,
  what: string,
  hint: string,
  { code, uncertain, status, retryAfterMs }: FailureFacts,
): RemoteError {
  return new RemoteError({
    system: 'entra',
    kind,
    message: `Graph ${call.method} ${call.path} ${what}`,
    hint: uncertain
      ? `${hint} The change may have been made all the same: it is looked up before it is sent again.`
      : hint,
    uncertain,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(call.requestId !== undefined && { requestId: call.requestId }),
    // The SDK's GraphError holds the body and all headers; only these four survive.
    cause: {
      name: 'GraphError',
      ...(code !== undefined && { code }),
      ...(status !== undefined && { statusCode: status }),
      ...(call.requestId !== undefined && { requestId: call.requestId }),
    },
  });
}

function isWrite(call: CallFacts): boolean {
  return call.method !== 'GET';
}

function kindOf(status: number): RemoteErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 408) return 'timeout';
  if (status === 429) return 'rate-limited';
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'rejected' : 'bad-response';
}

function hintOf(kind: RemoteErrorKind, call: CallFacts, code: string | undefined): string {
  const quote = call.requestId ? ` Microsoft's request id is ${call.requestId}.` : '';
  switch (kind) {
    case 'unauthorized':
      return 'Graph does not accept the token: check that AZURE_TENANT_ID, AZURE_AUTHORITY_HOST and GRAPH_BASE_URL belong together.';
    case 'forbidden':
      return (
        `Grant the application permission ${permissionFor(call)} to the app registration of AZURE_CLIENT_ID, give admin consent, and try again.` +
        ' If it is granted, look for a Conditional Access policy for workload identities.'
      );
    case 'not-found':
      return 'Entra does not know this object: it was deleted there, or this tenant has no Global Secure Access.';
    case 'conflict':
      return 'Entra holds something else under this name, or it was changed at the same moment: look at it there, then plan again.';
    case 'rate-limited':
      return 'Microsoft Graph limits the calls of this tenant; it is tried again after the wait that it asks for.';
    case 'unavailable':
      return `Microsoft Graph has a fault of its own; try again later.${quote}`;
    case 'rejected':
      return `${refusalOf(call)}${code ? ` Graph calls it ${code}.` : ''}${quote}`;
    case 'bad-response':
      return 'Graph answered with a redirect: check GRAPH_BASE_URL, and whether a proxy answers in its place.';
    case 'timeout':
    case 'network':
      return 'Microsoft Graph gave up waiting; try again.';
  }
}

function refusalOf(call: CallFacts): string {
  if (call.method === 'POST' && call.path.endsWith('/deviceLinks')) {
    return (
      "Entra refuses the device link: compare ASN, addresses, bandwidth pool and number of links with Microsoft's rules;" +
      ' if SSE_DEVICE_VENDOR is not "other", set it to "other".'
    );
  }
  if (call.method === 'POST')
    return 'Entra refuses the remote network: check region, name and how many the tenant may have.';
  if (call.method === 'DELETE')
    return 'Entra refuses to delete this: look in its portal for what still hangs on it.';
  return 'Entra refuses the content of this call.';
}

/** The least application permission that covers a call (Graph permissions reference, NetworkAccess). */
function permissionFor(call: CallFacts): string {
  if (isWrite(call)) return 'NetworkAccess.ReadWrite.All';
  return call.path.startsWith('/networkAccess/logs/')
    ? 'NetworkAccess-Reports.Read.All'
    : 'NetworkAccess.Read.All (or NetworkAccess.ReadWrite.All)';
}
