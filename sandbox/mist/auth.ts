import type { IncomingHttpHeaders } from 'node:http';
import type { SimResponse } from '../http/server.ts';
import { tooMany, unauthorized } from './responses.ts';
import type { MistStore, Token } from './store.ts';

/** The hourly budget of a token; both may be changed while running. */
export interface RateLimit {
  limit: number;
  /** Length of the window in ms; Mist's is an hour and starts at the hour. */
  windowMs: number;
}

/** The token of a call, counted against its budget, or the answer that refuses it. */
export function authenticate(
  store: MistStore,
  headers: IncomingHttpHeaders,
  rate: RateLimit,
): { token: Token } | { refused: SimResponse } {
  const key = /^Token (\S+)$/.exec(headers.authorization ?? '')?.[1];
  const token = store.tokens.find((candidate) => candidate.key === key);
  if (token === undefined) return { refused: unauthorized };
  const window = Math.floor(Date.now() / rate.windowMs);
  if (token.window !== window) {
    token.window = window;
    token.requests = 0;
  }
  if (token.requests >= rate.limit) {
    const leftMs = (window + 1) * rate.windowMs - Date.now();
    return { refused: tooMany(rate.limit, Math.max(1, Math.ceil(leftMs / 1000))) };
  }
  token.requests += 1;
  return { token };
}

/** Writing needs `write` or `admin`; reading any role. */
export function mayWrite(token: Token): boolean {
  return token.role === 'admin' || token.role === 'write';
}

/** What `GET /api/v1/self` says of an organisation token. */
export function selfOf(store: MistStore, token: Token): object {
  return {
    name: token.name,
    email: `${token.name}@sandbox.invalid`,
    first_name: token.name,
    last_name: '',
    privileges: [
      { scope: 'org', role: token.role, org_id: store.orgId, org_name: store.orgName, name: store.orgName },
    ],
    tags: [],
  };
}

export function usageOf(token: Token, rate: RateLimit): object {
  return {
    requests: token.requests,
    request_limit: rate.limit,
    seconds: Math.floor((Date.now() % rate.windowMs) / 1000),
  };
}
