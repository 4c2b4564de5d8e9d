import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from './metrics.ts';

export interface Health {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Once listening. */
  port(): number | undefined;
}

/**
 * `/healthz` (alive), `/readyz` (200 or 503 with `{ready, pid, version}`, and `warnings` where there are any) and `/metrics`, on loopback only. A warning never makes it
 * unready: nothing would be better without this process.
 */
export function createHealth(options: {
  readonly port: number;
  readonly version: string;
  readonly isReady: () => boolean;
  /** What is wrong with this machine, in sentences. */
  readonly warnings?: () => readonly string[];
  readonly metrics: Metrics;
}): Health {
  const { port, version, isReady, metrics, warnings = () => [] } = options;
  const server: Server = createServer((request, response): void => {
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET') return json(405, { error: 'GET only' });
    if (path === '/healthz') return json(200, { alive: true });
    if (path === '/readyz') {
      const ready = isReady();
      return json(ready ? 200 : 503, { ready, pid: process.pid, version, ...warned(warnings()) });
    }
    if (path !== '/metrics') return json(404, { error: 'not found' });
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => json(500, { error: 'metrics could not be collected' }),
    );
  });
  return {
    start() {
      collectDefaultMetrics({ register: metrics.registry });
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    port: () => (server.address() as AddressInfo | null)?.port,
  };
}

function warned(warnings: readonly string[]): { readonly warnings?: readonly string[] } {
  return warnings.length === 0 ? {} : { warnings };
}
