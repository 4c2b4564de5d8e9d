import { describe, expect, test } from 'vitest';
import { ANNA, ask, BEN, CARLA, send, valueOf, viewOf } from './support/asking.ts';
import { createUpkeep } from '../../src/flows/upkeep.ts';
import { writes } from './support/both-sides.ts';
import { startRig } from './support/rig.ts';

const frozen = expect.stringContaining('frozen by <@U0CARLA001>: quarter end') as string;

describe('a freeze', () => {
  test('lets no change start, says who froze and why, and shows on every open card', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    expect((await rig.flows.freeze(CARLA, true, ' quarter end ')).kind).toBe('accepted');
    expect(await viewOf(rig, id)).toMatchObject({ frozen: { by: CARLA.user, reason: 'quarter end' } });
    expect(await rig.flows.approve(BEN, id)).toEqual({ kind: 'refused', message: frozen });
    expect((await viewOf(rig, id)).approvals).toEqual([]);
    expect(writes(rig)).toEqual([]);
    const recorded = (await rig.store.audit.of(id)).map((a) => a.action);
    expect(recorded).toContain('approve.refused');
    expect((await rig.flows.freeze(BEN, false, '')).kind).toBe('accepted');
    expect((await viewOf(rig, id)).frozen).toBeUndefined();
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
  });

  test('is on or off once, and the second who tries learns of the first', async () => {
    const rig = await startRig({ start: false });
    expect(await rig.flows.freeze(BEN, false, '')).toMatchObject({ kind: 'refused' });
    await rig.flows.freeze(CARLA, true, 'quarter end');
    expect((await rig.flows.freeze(BEN, true, 'mine')).message).toContain('already by <@U0CARLA001>');
  });

  test('lets rejecting and cancelling through', async () => {
    const rig = await startRig();
    const [id, other] = [await ask(rig), await ask(rig, { site: 'Porto' })];
    await rig.flows.freeze(CARLA, true, 'quarter end');
    expect((await rig.flows.reject(BEN, id, 'no')).kind).toBe('accepted');
    expect((await rig.flows.cancel(ANNA, other)).kind).toBe('accepted');
  });
});

describe('who never counts', () => {
  test('whoever edited the plan last, even where somebody else asked for it', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const request = (await rig.store.requests.get(id))!;
    // As if rights had changed and another person had edited it.
    await rig.store.requests.replan(id, 1, { ...request, lastEditor: BEN.user });
    expect(await rig.flows.approve(BEN, id)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('edited this plan last') as string,
    });
    expect((await rig.flows.approve(CARLA, id)).kind).toBe('accepted');
  });
});

describe('an edit', () => {
  test('voids what was approved, names its editor and shows what is different', async () => {
    const rig = await startRig({ start: false, settings: { approvalsNeeded: 2 } });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    await send(rig, form, { bandwidth: 'mbps500' });
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ revision: 2, approvals: [], lastEditor: ANNA.user });
    expect(view.changes).toContain('~ Bandwidth: 250 Mbps per link → 500 Mbps per link');
  });

  test('has nothing to show before there was one', async () => {
    const rig = await startRig({ start: false });
    expect((await viewOf(rig, await ask(rig))).changes).toEqual([]);
  });
});

describe('before a plan expires', () => {
  test('its thread is reminded once, and again only of a new revision', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const sweep = createUpkeep(rig.parts);
    await sweep();
    expect((await viewOf(rig, id)).remindedAt).toBeUndefined();
    rig.clock.aheadMs = 3_000_000;
    await sweep();
    const first = (await viewOf(rig, id)).remindedAt;
    expect(first).toBeDefined();
    rig.clock.aheadMs = 3_100_000;
    await sweep();
    expect(await rig.store.reminders.claim(id, 1, rig.clock.now())).toBe(false);
    expect((await viewOf(rig, id)).remindedAt).toBe(first);
    expect(await rig.store.reminders.claim(id, 2, rig.clock.now())).toBe(true);
  });
});

describe('the record of a run', () => {
  test('holds every operation with its lines before and after, what was verified, and no key', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    const rows = await rig.store.audit.of(id);
    const link = rows.find(
      (r) => r.action === 'step.result' && JSON.stringify(r.data).includes('entra.link.1'),
    );
    expect(link?.data).toMatchObject({ side: 'entra', operation: 'entra.link.1' });
    expect(rows.map((r) => r.action)).toEqual(expect.arrayContaining(['request', 'approve', 'onboarded']));
    expect(rows.some((r) => JSON.stringify(r.data).includes('verify.tunnels'))).toBe(true);
    const keys = rig.entra.calls.flatMap((c) =>
      [...c.requestBody.matchAll(/"preSharedKey":"([^"]+)"/g)].map(([, key]) => key!),
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(JSON.stringify(rows)).not.toContain(key);
    expect(await rig.store.audit.firstBroken()).toBeUndefined();
  });
});
