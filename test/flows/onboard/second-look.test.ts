import { describe, expect, test } from 'vitest';
import { isEstablished, tunnelRow } from '../../../src/flows/live/observed.ts';
import { createRunObserver } from '../../../src/flows/run-observer.ts';
import { ANNA, ask, askAndApprove, BEN, CARLA, viewOf } from '../support/asking.ts';
import { configuration, finishRun, holdLock, ours } from '../support/both-sides.ts';
import { eventually, startRig, type Rig } from '../support/rig.ts';
import { LASTING, secondLookNow } from '../support/waiting.ts';

/** Onboarded, then a second look that fails because the neighbor went away and came back. */
async function broken(): Promise<{ rig: Rig; id: string; before: unknown }> {
  const rig = await startRig({ settings: LASTING });
  const id = await ask(rig);
  const before = configuration(rig);
  await rig.flows.approve(BEN, id);
  await rig.until(id, 'onboarded');
  rig.mist.portal.setWanUp('Lyon', 'wan0', false);
  await secondLookNow(rig, id);
  await rig.until(id, 'needs-decision');
  return { rig, id, before };
}

async function sessionIsBack(rig: Rig): Promise<void> {
  const siteId = rig.site('Lyon');
  await eventually(async () => {
    const [tunnels, peers] = await Promise.all([
      rig.parts.mist.tunnels({ siteId }),
      rig.parts.mist.bgpPeers({ siteId }),
    ]);
    return tunnelRow(tunnels, 'mssse-wan0')?.up === true && peers.some((peer) => isEstablished(peer));
  });
}

describe('the second look', () => {
  test('verifies a session that nothing broke', async () => {
    const rig = await startRig({ settings: { rekeyCheckMs: 30 } });
    const id = await askAndApprove(rig, { option: 'dual-wan-zone-redundant' });
    await rig.until(id, 'verified');
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ state: 'Verified', statusLine: 'Lyon: tunnels 2/2, BGP 4/4, routes 25' });
    expect(view.outcome.at(-1)).toBe('The session outlived one SA lifetime: the rekey works.');
    expect(view.reason).toBeUndefined();
    expect((await rig.store.sites.get(rig.site('Lyon')))?.state).toBe('verified');
  });

  test('writes nothing and holds no lock', async () => {
    const rig = await startRig({ settings: { rekeyCheckMs: 60_000 } });
    await rig.until(await askAndApprove(rig), 'onboarded');
    await rig.until(await askAndApprove(rig, { site: 'Porto' }), 'onboarded');
    const [change, look] = await rig.store.runs.ofRequest(
      (await rig.store.sites.get(rig.site('Lyon')))!.requestId,
    );
    expect(change).toMatchObject({ kind: 'change', state: 'succeeded' });
    expect(look).toMatchObject({ kind: 'second-look', state: 'active' });
    expect(await rig.store.runs.lockKeys(look!.id)).toEqual([]);
  });

  test('is due one SA lifetime and five minutes after the tunnel came up, unless configured', async () => {
    const due = async (rekeyCheckMs: number | undefined): Promise<number | undefined> => {
      const rig = await startRig({ settings: rekeyCheckMs === undefined ? {} : { rekeyCheckMs } });
      const id = await askAndApprove(rig);
      await rig.until(id, 'onboarded');
      const runs = await rig.store.runs.ofRequest(id);
      const steps = await rig.store.runs.steps(runs[0]!.id);
      const upAt = steps.find((s) => s.opId === 'verify.tunnels')?.endedAt ?? 0;
      const look = runs.find((r) => r.kind === 'second-look');
      return look?.wakeAt === undefined ? undefined : look.wakeAt - upAt;
    };
    expect(await due(0)).toBeUndefined();
    expect(await due(60_000)).toBeGreaterThanOrEqual(60_000);
    const rig = await startRig({ start: false });
    const { rekeyCheckMs: _off, ...settings } = rig.parts.settings;
    const id = await ask(rig);
    const observer = createRunObserver(settings, { now: () => 10_000 });
    await finishRun(rig, id, observer, { 'verify.tunnels': { endedAt: 4000 } });
    const look = (await rig.store.runs.ofRequest(id)).find((r) => r.kind === 'second-look');
    expect(look?.wakeAt).toBe(4000 + 1_800_000 + 300_000);
  });

  test('says what broke, keeps everything and asks', async () => {
    const { rig, id } = await broken();
    const view = await viewOf(rig, id);
    expect(view.failure?.code).toBe('verify.second_look');
    expect(view.reason).toMatch(
      /^After one SA lifetime: tunnel mssse-wan0 is down, neighbor \S+ is not established/,
    );
    expect(view.reason).toContain('PFS groups');
    expect(view.statusLine).toBeUndefined();
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
  });

  test('a session that came back is still broken: the event says so', async () => {
    const rig = await startRig({ settings: LASTING });
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    await sessionIsBack(rig);
    await secondLookNow(rig, id);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toMatch(/GW_(TUNNEL|BGP_NEIGHBOR)_DOWN since then/);
  });

  test('rolled back: the policy goes first and both sides are as before', async () => {
    const { rig, id, before } = await broken();
    const from = rig.mist.calls.length;
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.sites.get(rig.site('Lyon'))).toBeUndefined();
    const [first] = rig.mist.calls.slice(from).filter((c) => c.method === 'PUT');
    expect(Object.keys(JSON.parse(first?.requestBody ?? '{}') as object)).toContain('-service_policies');
    expect((await viewOf(rig, id)).state).toBe('Rolled back');
  });

  test('kept: the site stays in use and nothing is left to decide', async () => {
    const { rig, id } = await broken();
    expect((await rig.flows.keep(CARLA, id)).kind).toBe('accepted');
    expect(await viewOf(rig, id)).toMatchObject({
      state: 'Onboarded',
      reason: 'Kept in use although the second look failed.',
    });
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
    expect((await rig.flows.retry(ANNA, id)).kind).toBe('refused');
  });

  test('retried while nothing is mended asks again', async () => {
    const { rig, id } = await broken();
    expect((await rig.flows.retry(ANNA, id)).kind).toBe('accepted');
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).failure?.code).toBe('verify.second_look');
  });

  test('retried after the cause was mended, verifies: what broke before the retry does not count', async () => {
    const { rig, id } = await broken();
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    await sessionIsBack(rig);
    expect((await rig.flows.retry(ANNA, id)).kind).toBe('accepted');
    await secondLookNow(rig, id);
    await rig.until(id, 'verified');
    expect((await viewOf(rig, id)).failure).toBeUndefined();
  });

  test('roll back is refused while another run holds the router, and nothing is decided', async () => {
    const { rig, id } = await broken();
    const [change] = await rig.store.runs.ofRequest(id);
    const [key] = await rig.store.runs.lockKeys(change!.id);
    await holdLock(rig, id, key!);
    expect(await rig.flows.rollBack(BEN, id)).toEqual({
      kind: 'refused',
      message: 'Another run holds this device; try again when it is finished.',
    });
    const look = (await rig.store.runs.ofRequest(id)).find((r) => r.kind === 'second-look');
    expect(look?.state).toBe('needs-decision');
    await rig.store.runs.unlock('other');
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
  });
});
