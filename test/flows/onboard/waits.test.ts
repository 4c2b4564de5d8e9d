import { describe, expect, test } from 'vitest';
import { requestCard } from '../../../src/commands/cards/request-card.ts';
import { ask, askAndApprove, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours } from '../support/both-sides.ts';
import { eventually, startRig } from '../support/rig.ts';
import { looksGoOn, MINUTE, runOutOfTime, waitingStep } from '../support/waiting.ts';

/** What never happens by itself while a test runs. */
const NEVER = 3_600_000;

describe('a router that is away', () => {
  test('is waited for beyond every deadline, and the run goes on by itself', async () => {
    const rig = await startRig({ settings: { verifyCapMs: 10 * MINUTE } });
    const id = await ask(rig, { site: 'Rome' });
    await rig.flows.approve(BEN, id);
    const waits = await eventually(async () => {
      const step = (await viewOf(rig, id)).steps.find((s) => s.id === 'mist.connectors.applied');
      return step?.state === 'waiting' && step.progress !== undefined ? step : undefined;
    });
    expect(waits.progress).toMatch(
      /^rome-ssr120 is offline, last seen \d+ min ago\. Mist has saved the configuration/,
    );
    // Far beyond the deadline of a configuration and of the cap.
    rig.clock.aheadMs += 60 * MINUTE;
    await eventually(async () => {
      const [step] = (await viewOf(rig, id)).steps.filter((s) => s.id === 'mist.connectors.applied');
      return step?.progress !== undefined && step.progress !== waits.progress;
    });
    await looksGoOn(rig);
    expect((await viewOf(rig, id)).state).toBe('Running');
    rig.mist.portal.setDeviceOnline('Rome', true);
    await rig.until(id, 'onboarded');
    expect(ours(rig, 'Rome').connectors).toEqual(['mssse-wan0']);
  });

  test('while everything is undone: Entra is kept until the router runs without it', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    rig.mist.portal.setDeviceOnline('Lyon', false);
    await rig.flows.rollBack(BEN, id);
    const step = await eventually(async () => {
      const found = (await viewOf(rig, id)).steps.find((s) => s.id === 'mist.connectors');
      return found?.progress === undefined ? undefined : found;
    });
    expect(step.progress).toContain(
      "is offline: Microsoft's side stays until the router has applied the removal",
    );
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: [] });
    rig.mist.portal.setDeviceOnline('Lyon', true);
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
  });

  test('that refuses the removal keeps Entra and is named', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    const [template] = [...rig.mist.store.templates.values()].filter((t) => t['name'] === 'Branch-Std');
    const preferences = template!['path_preferences'];
    template!['path_preferences'] = {
      direct: { strategy: 'ordered', paths: [{ type: 'wan', name: 'nobody' }] },
    };
    await rig.flows.rollBack(BEN, id);
    await rig.until(id, 'running');
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).left.join()).toContain('lyon-ssr120 refused the removal');
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'] });
    rig.mist.portal.editTemplate('Branch-Std', (body) => (body['path_preferences'] = preferences));
    await eventually(() => !deviceOf(rig).pending);
    await rig.flows.retry(BEN, id);
    await rig.until(id, 'rolled-back');
    expect(ours(rig)).toMatchObject({ networks: [], links: [] });
  });
});

describe('a vendor that asks for patience', () => {
  test('is left alone until then; the step says so with the time, and the run goes on', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.faults.plant({
      method: 'POST',
      path: '/services$',
      action: { kind: 'answer', status: 429, headers: { 'retry-after': '3' } },
    });
    await rig.flows.approve(BEN, id);
    const view = await eventually(async () => {
      const now = await viewOf(rig, id);
      return now.steps.some((s) => s.until !== undefined) && now;
    });
    const step = view.steps.find((s) => s.until !== undefined);
    expect(step).toMatchObject({ id: 'mist.application', progress: 'Waits for the call budget of Mist' });
    const until = `until <!date^${Math.floor((step?.until ?? 0) / 1000)}^`;
    expect(JSON.stringify(requestCard(view).blocks)).toContain(`Waits for the call budget of Mist ${until}`);
    await rig.until(id, 'onboarded');
    const limited = rig.mist.calls.findIndex((call) => call.status === 429);
    expect(rig.mist.calls[limited + 1]?.at).toBeGreaterThanOrEqual((rig.mist.calls[limited]?.at ?? 0) + 2900);
    const { steps } = await viewOf(rig, id);
    expect(steps.filter((s) => s.until !== undefined || s.failure !== undefined)).toEqual([]);
  });
});

describe('what takes long', () => {
  test("Microsoft's endpoints are waited for, and the card says how many are there", async () => {
    const rig = await startRig({ timing: { endpointMs: NEVER } });
    const id = await askAndApprove(rig, { option: 'dual-wan-zone-redundant' });
    const progress = await eventually(async () => {
      const step = (await viewOf(rig, id)).steps.find((s) => s.id === 'entra.endpoints');
      return step?.progress;
    });
    expect(progress).toBe('Microsoft has allocated 0 of 4 gateway instance(s); 90 s is usual');
    rig.timing.endpointMs = 1;
    await rig.until(id, 'onboarded');
  });

  test('endpoints that never come undo everything', async () => {
    const rig = await startRig({ timing: { endpointMs: NEVER }, settings: { verifyCapMs: 60 } });
    const id = await ask(rig);
    const before = configuration(rig);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure).toMatchObject({ code: 'flow.deadline' });
    expect(configuration(rig)).toEqual(before);
  });

  test('a router that takes neither configuration nor removal in time: what is left is named, retry finishes it', async () => {
    const rig = await startRig({ timing: { configApplyMs: NEVER } });
    const id = await ask(rig);
    const before = configuration(rig);
    await rig.flows.approve(BEN, id);
    const { progress } = await waitingStep(rig, id, 'mist.connectors.applied');
    expect(progress).toBe('lyon-ssr120 has not applied the configuration yet; normal is under a minute');
    rig.clock.aheadMs += 11 * MINUTE;
    await runOutOfTime(rig, id, 'mist.connectors', /until the router runs without it/);
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.failure).toMatchObject({ code: 'flow.left_behind' });
    expect(view.failure?.message).toContain('(flow.deadline)');
    expect(view.reason).toContain('waiting until the router runs without it');
    // Microsoft's side stays for as long as the router still runs the tunnels.
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: [] });
    rig.timing.configApplyMs = 1;
    rig.mist.portal.setDeviceOnline('Lyon', false);
    rig.mist.portal.setDeviceOnline('Lyon', true);
    await eventually(() => !deviceOf(rig).pending);
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
  });

  test('a router whose events are not read is believed by its configuration time', async () => {
    // That time has whole seconds only.
    const rig = await startRig({ timing: { configApplyMs: 1050 } });
    const id = await ask(rig);
    rig.mist.faults.plant({
      path: '/devices/events/search$',
      times: -1,
      action: { kind: 'answer', status: 200, body: '{"results":[],"total":0,"limit":100,"start":0,"end":1}' },
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
  });
});
