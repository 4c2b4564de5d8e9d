import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** How far a request's time may be from ours, either way. Source: Slack "Verifying requests from Slack". */
const MAX_SKEW_S = 300;
const MAX_SEEN = 20_000;

/**
 * What Bolt's signature check leaves open: times in the future and the same request a second time. Returns why a
 * request is refused, or undefined. It remembers for this process only; what acts is guarded by rows besides.
 */
export function createRequestGuard(now: () => number = Date.now) {
  const seen = new Map<string, number>();
  return function refuse(headers: IncomingMessage['headers']): string | undefined {
    const signature = headers['x-slack-signature'];
    const timestamp = Number(headers['x-slack-request-timestamp']);
    // Without a signature only Slack's certificate probe passes Bolt's own check, and without its content.
    if (typeof signature !== 'string') return undefined;
    if (!Number.isFinite(timestamp)) return 'no timestamp';
    const nowS = Math.floor(now() / 1000);
    if (Math.abs(nowS - timestamp) > MAX_SKEW_S) return 'timestamp too far away';
    if (seen.has(signature)) return 'seen before';
    for (const [old, at] of seen) {
      if (seen.size < MAX_SEEN && nowS - at <= 2 * MAX_SKEW_S) break;
      seen.delete(old);
    }
    seen.set(signature, nowS);
    return undefined;
  };
}

export interface HttpListener {
  start(): Promise<void>;
  stop(): Promise<void>;
  live(): boolean;
  /** Once listening. */
  port(): number | undefined;
}

/** One listener for everything that comes in over HTTP; `routes` by `METHOD /path`. Anything else is a 404. */
export function createHttpListener(options: {
  readonly host: string;
  readonly port: number;
  readonly routes: ReadonlyMap<string, RequestHandler>;
}): HttpListener {
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const handle = options.routes.get(`${request.method} ${path}`);
    if (handle) handle(request, response);
    else response.writeHead(404).end();
  });
  // A request that trickles in holds a socket, nothing else; it is cut well before Node's five minutes.
  server.requestTimeout = 15_000;
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2000).unref();
      }),
    live: () => server.listening,
    port: () => (server.address() as AddressInfo | null)?.port,
  };
}
