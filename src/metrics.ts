import { Counter, Gauge, Histogram, Registry } from 'prom-client';

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
  /** A step of a run, or its undoing, came to its end; `step` without a link's number. */
  stepEnded(step: string, outcome: string, ms: number): void;
  /** Events of Mist's webhooks by topic and what became of them; a refused request counts as one of topic `none`. */
  webhookEvents(topic: string, outcome: string, count: number): void;
  /** Asked at each scrape. */
  budget(system: 'mist', read: () => { readonly used: number; readonly limit: number }): void;
  /** Asked at each scrape: milliseconds for which a vendor asked not to be called. */
  pause(system: 'entra' | 'mist', leftMs: () => number): void;
  /** Asked at each scrape: milliseconds that this machine's clock is ahead of a vendor's, by system. */
  clocks(skews: () => Readonly<Record<string, number>>): void;
  /** Asked at each scrape; what cannot be read then is missing. */
  rows(read: () => Promise<RowCounts>): void;
}

/** What stands in the database now. */
export interface RowCounts {
  readonly runs: Readonly<Record<string, number>>;
  /** Requests whose card is out of date. */
  readonly outbox: number;
  /** Milliseconds since when the longest-waiting of them is; 0 where there is none. */
  readonly outboxAgeMs: number;
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
  const steps = new Histogram({
    name: 'sse_step_seconds',
    help: 'Duration of the steps of runs, and of undoing them, by outcome; waits included',
    labelNames: ['step', 'outcome'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 120, 300, 600, 1800, 7200],
    registers: [registry],
  });
  const webhookEvents = new Counter({
    name: 'sse_webhook_events_total',
    help: "Events of Mist's webhooks by topic and outcome",
    labelNames: ['topic', 'outcome'],
    registers: [registry],
  });
  const pauses = new Map<string, () => number>();
  new Gauge({
    name: 'sse_vendor_pause_seconds',
    help: 'For how long a vendor asked not to be called (Retry-After), over all processes',
    labelNames: ['system'],
    registers: [registry],
    collect() {
      for (const [system, leftMs] of pauses) this.set({ system }, leftMs() / 1000);
    },
  });
  return {
    registry,
    webhookEvents: (topic, outcome, count) => webhookEvents.inc({ topic, outcome }, count),
    remoteCall({ system, method, outcome, ms }) {
      calls.inc({ system, method, outcome });
      durations.observe({ system }, ms / 1000);
    },
    acknowledged: (kind, ms) => acks.observe({ kind }, ms / 1000),
    stepEnded: (step, outcome, ms) => steps.observe({ step, outcome }, ms / 1000),
    pause(system, leftMs) {
      pauses.set(system, leftMs);
    },
    clocks(skews) {
      new Gauge({
        name: 'sse_clock_skew_seconds',
        help: "How far this machine's clock is ahead of a vendor's, by the Date header",
        labelNames: ['system'],
        registers: [registry],
        collect() {
          for (const [system, ms] of Object.entries(skews())) this.set({ system }, ms / 1000);
        },
      });
    },
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
      // One reading for all three; each waits for it, or a scrape would show the one before.
      let reading: Promise<RowCounts | undefined> | undefined;
      const counts = (): Promise<RowCounts | undefined> => {
        reading ??= read()
          .catch(() => undefined)
          .finally(() => setImmediate(() => (reading = undefined)));
        return reading;
      };
      const gauge = (name: string, help: string, valueOf: (rows: RowCounts) => number): void => {
        new Gauge({
          name,
          help,
          registers: [registry],
          async collect() {
            const rows = await counts();
            this.set(rows === undefined ? Number.NaN : valueOf(rows));
          },
        });
      };
      gauge('sse_cards_pending', 'Requests whose card is out of date', (rows) => rows.outbox);
      gauge(
        'sse_cards_oldest_seconds',
        'Since when the card that waits longest is out of date',
        (rows) => rows.outboxAgeMs / 1000,
      );
      new Gauge({
        name: 'sse_runs',
        help: 'Runs that have not ended, by state',
        labelNames: ['state'],
        registers: [registry],
        async collect() {
          const rows = await counts();
          this.reset();
          for (const [state, count] of Object.entries(rows?.runs ?? {})) this.set({ state }, count);
        },
      });
    },
  };
}
