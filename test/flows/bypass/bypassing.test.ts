import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, failureOf, valueOf, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours, writes } from '../support/both-sides.ts';
import { CHANNEL, eventually, startRig, type Rig } from '../support/rig.ts';
import { runOutOfTime } from '../support/waiting.ts';

const lyon = (rig: Rig) => ({ site: { id: rig.site('Lyon'), name: 'Lyon' }, channel: CHANNEL });

async function connected(options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  const rig = await startRig(options);
  await rig.until(await askAndApprove(rig), 'onboarded');
  return rig;
}

async function bypass(rig: Rig): Promise<string> {
  return valueOf(await rig.flows.bypass(ANNA, lyon(rig))).requestId;
}

describe('traffic is taken out of the tunnels', () => {
  test('at once, in one write, by one person, and everything else stays', async () => {
    const rig = await connected();
    const calls = writes(rig).length;
    const id = await bypass(rig);
    await rig.until(id, 'changed');
    expect(writes(rig).slice(calls)).toEqual([expect.stringMatching(/^mist PUT/)]);
    expect(ours(rig)).toMatchObject({ policies: [], connectors: ['mssse-wan0'], networks: ['Lyon'] });
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ state: 'Changed', verb: 'bypass', approvals: [] });
    expect(view.outcome.join(' ')).toMatch(/no longer uses the tunnels.*\/sse bypass Lyon off/);
    expect((await rig.store.audit.of(id)).map((a) => [a.actor, a.action])).toContainEqual([
      ANNA.user,
      'bypass',
    ]);
    const status = valueOf(await rig.flows.status(rig.site('Lyon')));
    expect(status.verdict).toMatch(/^Bypassed/);
    expect(status.tunnelsUp).toBe(1);
  });

  test('twice is harmless, and a site that is not connected is said so', async () => {
    const rig = await connected();
    await rig.until(await bypass(rig), 'changed');
    const calls = writes(rig).length;
    await rig.until(await bypass(rig), 'changed');
    expect(writes(rig)).toHaveLength(calls);
    const paris = { site: { id: rig.site('Paris'), name: 'Paris' }, channel: CHANNEL };
    expect(failureOf(await rig.flows.bypass(ANNA, paris)).code).toBe('flow.site_not_connected');
  });

  test('is refused while another run works on the router, and names it', async () => {
    const rig = await connected();
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const off = valueOf(await rig.flows.offboard(ANNA, lyon(rig))).requestId;
    await rig.flows.approve(BEN, off);
    await eventually(async () => (await viewOf(rig, off)).steps.some((s) => s.state === 'waiting'));
    const failure = failureOf(await rig.flows.bypass(ANNA, lyon(rig)));
    expect(failure.code).toBe('flow.device_busy');
    expect(failure.hint).toContain('offboard of Lyon');
    expect(failure.hint).toContain('/sse cancel Lyon');
  });

  test('works while a card of the site waits for a decision, which can still be taken afterwards', async () => {
    const rig = await connected();
    const before = configuration(rig);
    // The offboarding stops before it has done anything, and holds the router.
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      action: { kind: 'answer', status: 400 },
    });
    const off = valueOf(await rig.flows.offboard(ANNA, lyon(rig))).requestId;
    await rig.flows.approve(BEN, off);
    await rig.until(off, 'needs-decision');
    const id = await bypass(rig);
    await rig.until(id, 'changed');
    expect(ours(rig).policies).toEqual([]);
    expect(await rig.flows.retry(BEN, off)).toMatchObject({ kind: 'accepted' });
    await rig.until(off, 'offboarded');
    expect(before).toBeDefined();
    expect(ours(rig).connectors).toEqual([]);
  });

  test('a write that Mist refuses asks, and Retry does it', async () => {
    const rig = await connected();
    const before = ours(rig);
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      action: { kind: 'answer', status: 400 },
    });
    const id = await bypass(rig);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).left).toEqual(['application policy microsoft-sse']);
    await rig.flows.retry(ANNA, id);
    await rig.until(id, 'changed');
    expect(ours(rig).policies).toEqual([]);
    expect(before.policies).toEqual(['microsoft-sse']);
  });
});

describe('the bypass ends', () => {
  test('with a plan that another person approves, verified before and proven after', async () => {
    const rig = await connected();
    const before = configuration(rig);
    await rig.until(await bypass(rig), 'changed');
    const id = valueOf(await rig.flows.bypassOff(ANNA, lyon(rig))).requestId;
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ state: 'Plan', canApprove: true });
    expect(view.plan.map((op) => op.after.join())).toEqual([
      expect.stringContaining('+ policy microsoft-sse'),
    ]);
    expect(await rig.flows.approve(ANNA, id)).toMatchObject({ kind: 'refused' });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'changed');
    expect(configuration(rig)).toEqual(before);
    const done = await viewOf(rig, id);
    expect(done.statusLine).toBe('Lyon: tunnels 1/1, BGP 1/1, routes 25');
    expect(valueOf(await rig.flows.status(rig.site('Lyon'))).verdict).not.toContain('Bypassed');
  });

  test('not while the policy stands, and nothing is written while the tunnels are down', async () => {
    const rig = await connected();
    const early = valueOf(await rig.flows.bypassOff(ANNA, lyon(rig))).requestId;
    expect((await viewOf(rig, early)).canApprove).toBe(false);
    await rig.flows.cancel(ANNA, early);
    await rig.until(await bypass(rig), 'changed');
    const id = valueOf(await rig.flows.bypassOff(ANNA, lyon(rig))).requestId;
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    const calls = writes(rig).length;
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    expect(writes(rig)).toHaveLength(calls);
    expect(JSON.stringify(deviceOf(rig).body['service_policies'] ?? [])).not.toContain('microsoft-sse');
  });

  test('a bypassed site is taken back as any other', async () => {
    const rig = await startRig();
    const before = configuration(rig);
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    await rig.until(await bypass(rig), 'changed');
    const off = valueOf(await rig.flows.offboard(ANNA, lyon(rig))).requestId;
    await rig.flows.approve(BEN, off);
    await rig.until(off, 'offboarded');
    expect(configuration(rig)).toEqual(before);
  });
});
