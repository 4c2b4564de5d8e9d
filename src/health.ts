import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted. Labels hold no names of sites or people, so their number stays small. */
export interface Metrics {
  readonly registry: Registry;
  remoteCall(call: {
    readonly system: 'entra' | 'mist' | 'slack';
    readonly method: string;
    readonly outcome: string;
    readonly ms: number;
  }): void;
  acknowledged(kind: string, ms: number): void;
  /** Events of Mist's webhooks by topic and what became of them; a refused request counts as one of topic `none`. */
  webhookEvents(topic: string, outcome: string, count: number): void;
  /** Asked at each scrape. */
  budget(system: 'mist', read: () => { readonly used: number; readonly limit: number }): void;
  /** Asked at each scrape; what cannot be read then is missing. */
  rows(read: () => Promise<RowCounts>): void;
}

/** What stands in the database now. */
export interface RowCounts {
  readonly runs: Readonly<Record<string, number>>;
  /** Requests whose card is out of date. */
  readonly outbox: number;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const calls = new Counter({
    name: 'sse_remote_calls_total',
    help: 'Calls to Slack, Entra and Mist by method and outcome',
    labelNames: ['system', 'method', 'outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'sse_remote_call_seconds',
    help: 'Duration of calls to Slack, Entra and Mist',
    labelNames: ['system'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const acks = new Histogram({
    name: 'sse_slack_ack_seconds',
    help: 'Time until a command, click or submission was acknowledged',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers: [registry],
  });
  const webhookEvents = new Counter({
    name: 'sse_webhook_events_total',
    help: "Events of Mist's webhooks by topic and outcome",
    labelNames: ['topic', 'outcome'],
    registers: [registry],
  });
  return {
    registry,
    webhookEvents: (topic, outcome, count) => webhookEvents.inc({ topic, outcome }, count),
    remoteCall({ system, method, outcome, ms }) {
      calls.inc({ system, method, outcome });
      durations.observe({ system }, ms / 1000);
    },
    acknowledged: (kind, ms) => acks.observe({ kind }, ms / 1000),
    budget(system, read) {
      new Gauge({
        name: 'sse_budget_calls_left',
        help: 'Calls that are left of the hourly allowance of a token, over all processes',
        labelNames: ['system'],
        registers: [registry],
        collect() {
          const { used, limit } = read();
          this.set({ system }, Math.max(0, limit - used));
        },
      });
    },
    rows(read) {
      const outbox = new Gauge({
        name: 'sse_cards_pending',
        help: 'Requests whose card is out of date',
        registers: [registry],
      });
      new Gauge({
        name: 'sse_runs',
        help: 'Runs that have not ended, by state',
        labelNames: ['state'],
        registers: [registry],
        async collect() {
          try {
            const counts = await read();
            this.reset();
            for (const [state, count] of Object.entries(counts.runs)) this.set({ state }, count);
            outbox.set(counts.outbox);
          } catch {
            this.reset();
          }
        },
      });
    },
  };
}

export interface Health {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Once listening. */
  port(): number | undefined;
}

/** `/healthz` (alive), `/readyz` (200 or 503 with `{ready, pid, version}`) and `/metrics`, on loopback only. */
export function createHealth(options: {
  readonly port: number;
  readonly version: string;
  readonly isReady: () => boolean;
  readonly metrics: Metrics;
}): Health {
  const { port, version, isReady, metrics } = options;
  const server: Server = createServer((request, response): void => {
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET') return json(405, { error: 'GET only' });
    if (path === '/healthz') return json(200, { alive: true });
    if (path === '/readyz') {
      const ready = isReady();
      return json(ready ? 200 : 503, { ready, pid: process.pid, version });
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
