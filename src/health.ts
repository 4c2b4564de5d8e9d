import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import type { Metrics } from './metrics.ts';
import type { ReadyReport } from './start/readiness.ts';

export interface Health {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Once listening. */
  port(): number | undefined;
}

/**
 * `/healthz` (alive), `/readyz` (200 or 503 with `{ready, pid, version}`, with `reasons` where it is not ready, and `warnings` where there are any) and `/metrics`, on loopback only. A warning never makes it
 * unready: nothing would be better without this process.
 */
export function createHealth(options: {
  readonly port: number;
  readonly version: string;
  readonly report: () => Promise<ReadyReport>;
  /** What is wrong with this machine or with our access to others, in sentences. */
  readonly warnings?: () => readonly string[];
  readonly metrics: Metrics;
}): Health {
  const { port, version, report, metrics, warnings = () => [] } = options;
  const server: Server = createServer((request, response): void => {
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET') return json(405, { error: 'GET only' });
    if (path === '/healthz') return json(200, { alive: true });
    if (path === '/readyz') {
      void report().then(({ ready, reasons }) => {
        const facts = { ready, pid: process.pid, version };
        json(ready ? 200 : 503, { ...facts, ...some('reasons', reasons), ...some('warnings', warnings()) });
      });
      return;
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

function some(name: string, sentences: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return sentences.length === 0 ? {} : { [name]: sentences };
}
