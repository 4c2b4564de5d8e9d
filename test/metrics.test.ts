import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../src/metrics.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const NAMES = /\bsse_[a-z_]+/g;

function allOf() {
  const metrics = createMetrics();
  metrics.budget('mist', () => ({ used: 4800, limit: 5000 }));
  metrics.pause('entra', () => 90_000);
  metrics.clocks(() => ({ mist: -75_000 }));
  metrics.rows(async () => ({ runs: { active: 2 }, outbox: 1, outboxAgeMs: 4000 }));
  metrics.stepEnded('entra.link', 'done', 700);
  metrics.remoteCall({ system: 'mist', method: 'PUT', outcome: '503', ms: 20 });
  return metrics;
}

it('says what is left, what waits and what is wrong', async () => {
  const text = await allOf().registry.metrics();
  for (const line of [
    'sse_budget_calls_left{system="mist"} 200',
    'sse_vendor_pause_seconds{system="entra"} 90',
    'sse_clock_skew_seconds{system="mist"} -75',
    'sse_runs{state="active"} 2',
    'sse_cards_pending 1',
    'sse_cards_oldest_seconds 4',
    'sse_step_seconds_bucket{le="1",step="entra.link",outcome="done"} 1',
    'sse_remote_calls_total{system="mist",method="PUT",outcome="503"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

it('has a row in the runbook for each metric, and no row for one that is not', async () => {
  const own = (await allOf().registry.getMetricsAsJSON()).map(({ name }) => name);
  const guide = new Set(read('docs/operations.md').match(NAMES));
  expect([...guide].toSorted()).toEqual(own.toSorted());
});

it('is what the alert rules ask for', async () => {
  const own = (await allOf().registry.getMetricsAsJSON()).map(({ name }) => name);
  const { groups } = parse(read('deploy/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(8);
  for (const { alert, expr, annotations } of rules) {
    const asked = (expr.match(NAMES) ?? []).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
    expect([alert, asked.filter((name) => !own.includes(name))]).toEqual([alert, []]);
    expect(annotations.summary).toMatch(/\w{3}/);
  }
});
