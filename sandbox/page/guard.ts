import type { IncomingMessage } from 'node:http';

/** Why a request gets nothing. */
export interface Refusal {
  readonly status: 403 | 405;
  readonly error: string;
}

/** Sent with every answer: nothing from elsewhere, no markup made from strings, no frames. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Keeps other web pages of the same browser out: the Host must be this server's own (no name that was rebound to
 * loopback), an Origin must be that very host, and a POST must be JSON, which no form of another page can send.
 */
export function refusalOf(request: IncomingMessage, port: number): Refusal | undefined {
  const { host = '', origin } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return { status: 403, error: 'this page answers on loopback only' };
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, error: 'this page answers itself only' };
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (request.method !== 'POST') return { status: 405, error: 'GET and POST only' };
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json')
    return { status: 403, error: 'a POST must be application/json' };
  return undefined;
}
