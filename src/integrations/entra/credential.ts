import http from 'node:http';
import https from 'node:https';
import type { TokenCredential, TokenCredentialOptions } from '@azure/identity';
import { RemoteError } from '../../base/failure.ts';
import { tokenFailure, type TokenExchange } from './credential-errors.ts';
import { connectionCode, requestIdOf } from './errors.ts';
import {
  DEFAULT_GRAPH,
  DEFAULT_TIMEOUT_MS,
  isLoopback,
  scopeOf,
  type EntraCredential,
  type EntraOptions,
} from './options.ts';
import { readRetryAfter, withRetries, type Tried } from './retry.ts';

/** Hands out access tokens for Graph; throws `RemoteError`, kind `unauthorized` where Entra refuses. */
export interface TokenSource {
  /** A token that is good for a while, at most `maxAgeMs` old. Concurrent callers share one request. */
  token(maxAgeMs?: number): Promise<string>;
  /**
   * Graph refused this token (401) or what it may do (403): the next call asks Entra anew, so that a granted permission or
   * a changed secret counts at once. Returns whether a newer token is worth a try.
   */
  refused(token: string): boolean;
}

type Policy = NonNullable<TokenCredentialOptions['additionalPolicies']>[number]['policy'];

interface Held {
  readonly token: string;
  readonly expiresMs: number;
  readonly fetchedMs: number;
}

/** Renewed this long before it ends, or at half its life where that is shorter. */
const MARGIN_MS = 300_000;
/** A token younger than this already shows the tenant's present state. */
const YOUNG_MS = 60_000;

/**
 * Keeps one token. Every fetch builds its credential anew: MSAL refuses for 60 seconds to send again after a 429 or 5xx,
 * and a renewed certificate or token file is read. (For managed identities MSAL keeps tokens in the whole process all the same.)
 */
export function createTokenSource(options: EntraOptions): TokenSource {
  let held: Held | undefined;
  let pending: Promise<Held> | undefined;

  async function token(maxAgeMs = Number.POSITIVE_INFINITY): Promise<string> {
    const now = Date.now();
    if (held && now < held.expiresMs - margin(held) && now - held.fetchedMs <= maxAgeMs) return held.token;
    pending ??= fetchToken(options).finally(() => {
      pending = undefined;
    });
    try {
      held = await pending;
    } catch (error) {
      const outage = error instanceof RemoteError && error.retryable;
      if (outage && maxAgeMs === Number.POSITIVE_INFINITY && held && Date.now() < held.expiresMs)
        return held.token;
      throw error;
    }
    return held.token;
  }

  function refused(token: string): boolean {
    if (held?.token !== token) return held !== undefined;
    if (Date.now() - held.fetchedMs < YOUNG_MS) return false;
    held = undefined;
    return true;
  }

  return { token, refused };
}

function margin(held: Held): number {
  return Math.min(MARGIN_MS, (held.expiresMs - held.fetchedMs) / 2);
}

function fetchToken(options: EntraOptions): Promise<Held> {
  return withRetries(() => askOnce(options), options.signal);
}

async function askOnce(options: EntraOptions): Promise<Tried<Held>> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  const seen: TokenExchange = {};
  try {
    const credential = await buildCredential(options, watch(seen, signal));
    const scope = scopeOf(options.graphBaseUrl ?? DEFAULT_GRAPH);
    const answer = await Promise.race([credential.getToken(scope), aborted(signal)]);
    if (!answer) throw new Error('no token');
    const held = { token: answer.token, expiresMs: answer.expiresOnTimestamp, fetchedMs: Date.now() };
    return { ok: true, value: held };
  } catch (error) {
    if (timeout.aborted) seen.timedOut = true;
    else if (signal.aborted) seen.socketCode = 'CANCELLED';
    const failure = tokenFailure(error, seen, options.credential);
    return { ok: false, failure, again: failure.retryable };
  }
}

/** Loaded at the first token: the package takes a quarter of a second to import. */
async function buildCredential(options: EntraOptions, policy: Policy): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const how = options.credential;
  const common: TokenCredentialOptions & { disableInstanceDiscovery?: boolean } = {
    // One try each: repeating is ours, with a bound on Retry-After that the package does not have.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy, position: 'perRetry' }],
    ...(options.authorityHost !== undefined && {
      authorityHost: options.authorityHost,
      disableInstanceDiscovery: isLoopback(options.authorityHost),
    }),
  };
  return createCredential(identity, how, common);
}

function createCredential(
  identity: typeof import('@azure/identity'),
  how: EntraCredential,
  common: TokenCredentialOptions & { disableInstanceDiscovery?: boolean },
): TokenCredential {
  switch (how.kind) {
    case 'secret':
      return new identity.ClientSecretCredential(
        how.tenantId,
        how.clientId,
        how.clientSecret.reveal(),
        common,
      );
    case 'certificate':
      return new identity.ClientCertificateCredential(
        how.tenantId,
        how.clientId,
        how.certificatePath,
        common,
      );
    case 'federated':
      return new identity.WorkloadIdentityCredential({
        tenantId: how.tenantId,
        clientId: how.clientId,
        tokenFilePath: how.tokenFile,
        ...common,
      });
    case 'managed-identity':
      return new identity.ManagedIdentityCredential({
        ...(how.clientId !== undefined && { clientId: how.clientId }),
        ...common,
      });
  }
}

/** Notes what happens on the wire and ends it in time: neither comes out of the credential itself. */
function watch(seen: TokenExchange, signal: AbortSignal): Policy {
  return {
    name: 'sseTokenWatch',
    async sendRequest(request, next) {
      request.abortSignal = request.abortSignal
        ? AbortSignal.any([request.abortSignal as AbortSignal, signal])
        : signal;
      // Node's own agent, which the bot's proxy is set on. The package has rules of its own: it sends loopback and even the machine's identity
      // endpoint through HTTPS_PROXY, and reads NO_PROXY differently.
      request.agent = request.url.startsWith('https:') ? https.globalAgent : http.globalAgent;
      for (const key of ['status', 'socketCode', 'retryAfterMs', 'requestId'] as const) delete seen[key];
      seen.discovery = request.method === 'GET';
      try {
        const response = await next(request);
        seen.status = response.status;
        const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now());
        if (retryAfterMs !== undefined) seen.retryAfterMs = retryAfterMs;
        const requestId = requestIdOf(response.headers.get('x-ms-request-id'));
        if (requestId !== undefined) seen.requestId = requestId;
        return response;
      } catch (error) {
        seen.socketCode = connectionCode(error, socketCodeOf(error));
        throw error;
      }
    },
  };
}

function socketCodeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{3,40}$/.test(code) ? code : 'CONNECTION_FAILED';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
