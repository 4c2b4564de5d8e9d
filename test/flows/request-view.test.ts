import { describe, expect, test } from 'vitest';
import { REQUEST_STATES } from '../../db/types.ts';
import { viewRequest } from '../../src/flows/request-view.ts';
import { createRunObserver } from '../../src/flows/run-observer.ts';
import { ask, askAndApprove, BEN, viewOf } from './support/asking.ts';
import { finishRun } from './support/both-sides.ts';
import { eventually, startRig } from './support/rig.ts';

describe('what a card shows', () => {
  test('of every state a request can be in: its word, and buttons only for a plan', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const seen: Record<string, string> = {};
    for (const state of REQUEST_STATES) {
      const from = (await rig.store.requests.get(id))!.state;
      await rig.store.requests.move(id, [from], state);
      const view = await viewOf(rig, id);
      seen[state] = view.state;
      expect(view.canApprove).toBe(state === 'planned');
      expect(view.statusLine).toBeUndefined();
      expect(view.outcome).toEqual([]);
      expect(view.steps).toEqual([]);
    }
    expect(seen).toEqual({
      planned: 'Plan',
      running: 'Running',
      onboarded: 'Onboarded',
      verified: 'Verified',
      changed: 'Changed',
      offboarded: 'Offboarded',
      rejected: 'Rejected',
      expired: 'Expired',
      cancelled: 'Cancelled',
      void: 'Void',
      'needs-decision': 'Needs decision',
      'rolled-back': 'Rolled back',
      failed: 'Failed',
    });
  });

  test('of a plan: what was asked for, every change, the rules, who is touched and until when', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, {
      option: 'dual-wan-zone-redundant',
      values: { range_a: '10.99.99.0/29', range_b: '10.99.100.0/29', ticket: 'CHG-17', networks: ['Lab'] },
    });
    const view = await viewOf(rig, id);
    expect(Object.fromEntries(view.facts)).toEqual({
      Site: 'Lyon',
      Router: 'lyon-ssr120',
      Option: 'dual-wan-zone-redundant',
      'WAN links': 'wan0 203.0.113.10, wan1 198.51.100.10',
      Region: 'franceSouth',
      Bandwidth: '250 Mbps per link',
      Peering: '10.99.99.0/29, 10.99.100.0/29',
      'Device ASN': '65000',
      Networks: 'Lab',
      Traffic: 'Microsoft 365',
      Zones: 'single-tunnel',
      IKE: expect.stringContaining('AES-256') as string,
    });
    expect(view.plan.map((p) => p.id)).toEqual([
      'entra.network',
      'entra.link.1',
      'entra.link.2',
      'mist.application',
      'mist.connectors',
      'mist.policy',
    ]);
    expect(view.preflight.length).toBeGreaterThan(15);
    expect(view.expiresAt).toBe(view.createdAt + 3_600_000);
    expect(view).toMatchObject({ ticket: 'CHG-17', approvalsNeeded: 1, approvals: [], left: [] });
  });

  test('of all internet traffic', async () => {
    const rig = await startRig({ start: false });
    const view = await viewOf(rig, await ask(rig, { values: { mode: 'internet' } }));
    expect(Object.fromEntries(view.facts)['Traffic']).toBe('All internet traffic');
    expect(Object.fromEntries(view.facts)).not.toHaveProperty('Zones');
  });

  test('of a run: which step it is at, what it waits for, what is done', async () => {
    const rig = await startRig({ timing: { endpointMs: 400 } });
    const id = await askAndApprove(rig);
    const view = await eventually(async () => {
      const now = await viewOf(rig, id);
      return now.steps.some((s) => s.progress !== undefined) && now;
    });
    expect(view.state).toBe('Running');
    expect(view.reason).toContain('Microsoft has allocated 0 of 1 gateway instance(s)');
    const states = Object.fromEntries(view.steps.map((s) => [s.id, s.state]));
    expect(states).toMatchObject({
      recheck: 'done',
      'entra.network': 'done',
      'entra.endpoints': 'waiting',
      'mist.connectors': 'pending',
      'verify.path': 'pending',
    });
    expect(view.startedAt).toBeDefined();
    expect(view.endedAt).toBeUndefined();
    await rig.until(id, 'onboarded');
    const done = await viewOf(rig, id);
    expect(done.endedAt).toBeGreaterThanOrEqual(done.startedAt ?? Infinity);
    expect(done.steps.every((s) => s.state === 'done' && s.progress === undefined)).toBe(true);
  });

  test('of a site that is up: routes, announcements, the path and when it is looked at again', async () => {
    const rig = await startRig({ settings: { rekeyCheckMs: 600_000 } });
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const { outcome } = await viewOf(rig, id);
    expect(outcome).toEqual([
      'All 25 prefixes of the traffic profile are covered.',
      'Announced to Microsoft: 2 route(s).',
      'Path proven: the application leaves through mssse-wan0.',
      expect.stringMatching(/^Second look, after the first rekey: <!date\^\d+\^\{time\}\|soon>\.$/) as string,
    ]);
  });

  test('of a site of which little is known: unknown is said, not left out', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const routes = { count: 25, expected: null, missing: null, announced: null };
    const path = { verdict: 'unknown', seen: 'answer not readable' };
    await finishRun(rig, id, createRunObserver(rig.parts.settings, rig.clock), {
      'verify.routes': { output: routes },
      'verify.path': { output: path },
    });
    const view = await viewOf(rig, id);
    expect(view.outcome.slice(0, 2)).toEqual([
      'Expected prefixes: unknown, the traffic profile does not list them.',
      "Path: unknown (answer not readable); the router's answer names neither the tunnel nor a WAN port.",
    ]);
    expect(view.statusLine).toBe('Lyon: tunnels ?/?, BGP ?/?, routes 25');
  });

  test('comes from rows alone: no vendor is asked', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const calls = () => rig.entra.calls.length + rig.mist.calls.length;
    const before = calls();
    await viewRequest(rig.store, id, rig.parts.settings);
    expect(calls()).toBe(before);
    expect(await viewRequest(rig.store, 'nothing', rig.parts.settings)).toBeUndefined();
  });
});

describe('the feed of cards', () => {
  test('lists each request once with its newest position until that is confirmed', async () => {
    const rig = await startRig({ start: false });
    let told = 0;
    rig.flows.cards.onAdded(() => (told += 1));
    const [first, second] = [await ask(rig), await ask(rig, { site: 'Porto' })];
    await rig.flows.reject(BEN, first, 'no');
    expect(told).toBeGreaterThanOrEqual(3);
    const pending = await rig.flows.cards.pending();
    expect(pending.map((p) => p.requestId).toSorted()).toEqual([first, second].toSorted());
    const mine = pending.find((p) => p.requestId === first)!;
    await rig.flows.cards.confirm(first, mine.seq - 1);
    expect((await rig.flows.cards.pending()).map((p) => p.requestId)).toContain(first);
    await rig.flows.cards.confirm(first, mine.seq);
    expect((await rig.flows.cards.pending()).map((p) => p.requestId)).toEqual([second]);
  });

  test('remembers where a card stands', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(await rig.flows.cards.card(id)).toBeUndefined();
    await rig.flows.cards.saveCard(id, { channel: 'C1', ts: '17.1', drawn: 'hash' });
    expect(await rig.flows.cards.card(id)).toMatchObject({ channel: 'C1', ts: '17.1', drawn: 'hash' });
  });
});

test('a card shows nothing that the disk has not got yet', async () => {
  const rig = await startRig({ start: false });
  const id = await ask(rig);
  const disk = Promise.withResolvers<void>();
  const { settled } = rig.store;
  Object.assign(rig.store, { settled: () => disk.promise });
  let isShown = false;
  const shown = rig.flows.cards.view(id).then(() => (isShown = true));
  // By now the rows are read, and only the disk is waited for.
  await rig.store.requests.get(id);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isShown).toBe(false);
  disk.resolve();
  await shown;
  Object.assign(rig.store, { settled });
});
