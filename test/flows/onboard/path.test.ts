import { describe, expect, test } from 'vitest';
import { ask, askAndApprove, BEN, viewOf } from '../support/asking.ts';
import { configuration, ours } from '../support/both-sides.ts';
import { eventually, startRig, type Rig } from '../support/rig.ts';

/** The run with everything as usual but the mist command that proves the path. */
async function approvedWith(prepare: (rig: Rig) => void): Promise<{ rig: Rig; id: string; before: unknown }> {
  const rig = await startRig();
  const id = await ask(rig);
  const before = configuration(rig);
  prepare(rig);
  await rig.flows.approve(BEN, id);
  return { rig, id, before };
}

describe('the proof of the path', () => {
  test('names the tunnel', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).outcome).toContain(
      'Path proven: the application leaves through mssse-wan0.',
    );
  });

  test('what cannot be read is unknown: shown, not acted on', async () => {
    const { rig, id } = await approvedWith((r) => {
      r.mist.faults.plant({
        path: '/show_service_path$',
        times: -1,
        action: { kind: 'answer', status: 403 },
      });
    });
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).outcome).toContain(
      "Path: unknown (mist.forbidden); the router's answer names neither the tunnel nor a WAN port.",
    );
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
  });

  test('an answer that says nothing about the application is unknown', async () => {
    const { rig, id } = await approvedWith((r) => {
      const never = { kind: 'answer', status: 200, body: '{"session":"never"}' } as const;
      r.mist.faults.plant({ path: '/show_service_path$', times: -1, action: never });
    });
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).outcome.join()).toContain('Path: unknown (answer not readable)');
  });

  test('a WAN port is wrong: after a moment the policy is taken out first, then the rest', async () => {
    const { rig, id, before } = await approvedWith((r) => {
      // Without a learned route this router lets the application out with the rest of the internet.
      const tunnels = r.plane.bgpPeers.bind(r.plane);
      let cutOver = false;
      r.mist.onChange(() => {
        cutOver ||= ours(r).policies.length > 0;
      });
      r.plane.bgpPeers = (mac) => (cutOver ? [] : tunnels(mac));
    });
    const waiting = await eventually(async () => {
      const step = (await viewOf(rig, id)).steps.find((s) => s.id === 'verify.path');
      return step?.progress;
    });
    expect(waiting).toBe('Microsoft-SSE still leaves through a WAN port; normal is a few seconds');
    const from = rig.mist.calls.length;
    rig.clock.aheadMs = 10_000;
    await rig.until(id, 'rolled-back');
    const view = await viewOf(rig, id);
    expect(view.failure?.code).toBe('verify.wrong_path');
    expect(view.failure?.hint).toContain('leaves through wan0');
    expect(configuration(rig)).toEqual(before);
    const removed = rig.mist.calls
      .slice(from)
      .filter((c) => c.method === 'PUT')
      .map((c) => Object.keys(JSON.parse(c.requestBody) as object).filter((k) => k.startsWith('-'))[0]);
    expect(removed[0]).toBe('-service_policies');
  });

  test('a wrong path that rights itself in a moment is proven', async () => {
    let wrong = true;
    const { rig, id } = await approvedWith((r) => {
      const peers = r.plane.bgpPeers.bind(r.plane);
      r.plane.bgpPeers = (mac) => (wrong && ours(r).policies.length > 0 ? [] : peers(mac));
    });
    await eventually(async () => {
      const step = (await viewOf(rig, id)).steps.find((s) => s.id === 'verify.path');
      return step?.progress !== undefined;
    });
    wrong = false;
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).outcome.join()).toContain('Path proven');
  });
});
