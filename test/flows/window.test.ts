import { describe, expect, test } from 'vitest';
import { ANNA, ask, BEN, CARLA, failureOf, openForm, send, valueOf, viewOf } from './support/asking.ts';
import { holdLock, ours, writes } from './support/both-sides.ts';
import { startRig, type Rig } from './support/rig.ts';
import { beginRun } from '../../src/flows/begin-run.ts';
import { onboardVerb } from '../../src/flows/onboard/onboard-verb.ts';

const HOUR = 3_600_000;
const LATER = { values: { window: 'in 2h' } };
/** Time goes on; sweeps and starts notice it within a moment. */
const pass = (rig: Rig, ms: number): void => void (rig.clock.aheadMs += ms);
const actions = async (rig: Rig, id: string): Promise<string[]> =>
  (await rig.store.audit.of(id)).map((row) => row.action);

describe('a change with a window', () => {
  test('is approved now and begins when the window opens', async () => {
    const rig = await startRig();
    const id = await ask(rig, LATER);
    const answer = await rig.flows.approve(BEN, id);
    expect(answer).toMatchObject({
      kind: 'accepted',
      message: expect.stringMatching(/^Approved. It starts /),
    });
    const view = await viewOf(rig, id);
    expect(view).toMatchObject({ state: 'Plan', canApprove: false, window: { isApproved: true } });
    expect(writes(rig)).toEqual([]);
    pass(rig, 2 * HOUR);
    await rig.until(id, 'onboarded');
    expect(await actions(rig, id)).toEqual(expect.arrayContaining(['approve', 'window.started']));
  });

  test('is not overtaken by its expiry, and needs every approval before it begins', async () => {
    const rig = await startRig({ settings: { approvalsNeeded: 2, approvalTtlMs: HOUR } });
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    expect((await viewOf(rig, id)).window?.isApproved).toBe(false);
    // Past the usual lifetime of a plan, and past the opening.
    pass(rig, 2.5 * HOUR);
    await rig.flows.approve(CARLA, id);
    await rig.until(id, 'onboarded');
  });

  test('has one answer for whoever approves once more', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    for (const who of [BEN, CARLA]) {
      const late = await rig.flows.approve(who, id);
      expect(late).toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('approved already (<@U0BEN00001>)'),
      });
    }
  });

  test.each(['cancel', 'reject'] as const)('can be stopped until then: %s', async (how) => {
    const rig = await startRig();
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    const done = how === 'cancel' ? await rig.flows.cancel(ANNA, id) : await rig.flows.reject(BEN, id, 'no');
    expect(done.kind).toBe('accepted');
    pass(rig, 2 * HOUR);
    await rig.parts.store.requests.get(id);
    expect(writes(rig)).toEqual([]);
    expect(['cancelled', 'rejected']).toContain((await rig.store.requests.get(id))?.state);
  });

  test('loses its approvals with an edit, of the window alone as well', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    const before = await viewOf(rig, id);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    expect(form.initial['window']).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}-/);
    await send(rig, form, { window: 'in 5h' });
    const after = await viewOf(rig, id);
    expect(after).toMatchObject({ approvals: [], revision: 2, window: { isApproved: false } });
    expect(after.changes?.[0]).toMatch(/^~ Change window: /);
    expect(after.digest).not.toBe(before.digest);
    await send(rig, valueOf(await rig.flows.reopenForm(ANNA, id)), { window: '' });
    expect((await viewOf(rig, id)).window).toBeUndefined();
  });

  test('waits for a freeze to end, says so, and begins then', async () => {
    const rig = await startRig();
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    await rig.flows.freeze(CARLA, true, 'storm');
    pass(rig, 2 * HOUR);
    await waitFor(async () => (await viewOf(rig, id)).reason !== undefined);
    expect((await viewOf(rig, id)).reason).toContain('frozen by <@U0CARLA001>: storm');
    expect(writes(rig)).toEqual([]);
    expect((await actions(rig, id)).filter((a) => a === 'window.waits')).toHaveLength(1);
    await rig.flows.freeze(CARLA, false, '');
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).reason).toBeUndefined();
  });

  test('waits for another run on the device', async () => {
    const rig = await startRig();
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    const { device } = (await rig.store.requests.get(id))!.design as { device: { id: string } };
    await holdLock(rig, id, `device:${device.id}`);
    pass(rig, 2 * HOUR);
    await waitFor(async () => (await viewOf(rig, id)).reason !== undefined);
    expect((await viewOf(rig, id)).reason).toContain('Another run is changing this device');
    await rig.store.runs.unlock('other');
    await waitFor(async () => (await rig.store.requests.get(id))?.state !== 'planned');
    expect(await actions(rig, id)).toContain('window.started');
  });

  test.each([
    [true, 'It was approved, but its change window closed before it could start. Changes are frozen'],
    [false, 'Its change window closed before it was approved.'],
  ])('never begins after its end; approved: %s', async (approved, reason) => {
    const rig = await startRig({ settings: { approvalTtlMs: 1000 } });
    const id = await ask(rig, LATER);
    if (approved) {
      await rig.flows.approve(BEN, id);
      await rig.flows.freeze(CARLA, true, 'storm');
      pass(rig, 3 * HOUR);
      await waitFor(async () => (await viewOf(rig, id)).reason !== undefined);
    }
    pass(rig, 7 * HOUR);
    await rig.until(id, 'expired');
    if (approved) await rig.flows.freeze(CARLA, false, '');
    expect((await viewOf(rig, id)).reason).toContain(reason);
    expect(writes(rig)).toEqual([]);
    expect(await rig.store.registry.all()).toEqual([]);
  });

  test('is void where the live state moved until it opened; the new plan keeps the window', async () => {
    const rig = await startRig();
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    rig.mist.portal.editDevice('Lyon', (body) => {
      body['bgp_config'] = { lan: { via: 'lan', type: 'external', local_as: 65001, neighbors: {} } };
    });
    pass(rig, 2 * HOUR);
    await rig.until(id, 'void');
    expect(await viewOf(rig, `${id}-again`)).toMatchObject({
      state: 'Plan',
      window: { opensAt: (await viewOf(rig, id)).window?.opensAt, isApproved: false },
    });
    expect(ours(rig).networks).toEqual([]);
  });

  test('survives a restart: the rows are all that is needed', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    pass(rig, 2 * HOUR);
    expect((await rig.store.requests.get(id))?.state).toBe('planned');
    await rig.flows.start();
    await rig.until(id, 'onboarded');
  });

  test('is part of what is approved: the same plan at another time has another digest', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const plain = await viewOf(rig, id);
    await send(rig, valueOf(await rig.flows.reopenForm(ANNA, id)), { window: '2h' }).then(
      () => expect.unreachable(),
      (error: Error) => expect(error.message).toContain('Write when it may start'),
    );
    await send(rig, valueOf(await rig.flows.reopenForm(ANNA, id)), { window: 'in 2h' });
    expect((await viewOf(rig, id)).digest).not.toBe(plain.digest);
  });

  test('is checked at its field, in the zone of the installation', async () => {
    const rig = await startRig({ start: false, settings: { timeZone: 'Europe/Berlin' } });
    const form = await openForm(rig);
    const problems = valueOf(await rig.flows.checkForm(form.draftId, { ...form.initial, window: 'soon' }));
    expect(problems).toEqual([
      { field: 'window', message: expect.stringContaining('Times are those of Europe/Berlin') as string },
    ]);
    const where = { site: form.site, channel: 'C1', window: '25:00' };
    expect(failureOf(await rig.flows.offboard(ANNA, where)).code).toBe('flow.bad_window');
  });
});

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 20_000, interval: 20 }).toBe(true);
}

describe('a run with a window', () => {
  /** Approved for a window that opens soon. */
  async function approved(rig: Rig): Promise<string> {
    const id = await ask(rig, { values: { window: 'in 1m' } });
    await rig.flows.approve(BEN, id);
    return id;
  }

  test('that could not write before the window closed writes nothing, and says so', async () => {
    const rig = await startRig({ start: false });
    const id = await approved(rig);
    // The run begins as the last thing in the window, and nobody is there to carry it out.
    const request = (await rig.store.requests.get(id))!;
    await rig.store.transaction((tx) => beginRun(tx, request, onboardVerb(rig.parts), rig.clock.now()));
    pass(rig, request.expiresAt - rig.clock.now() + 1);
    await rig.flows.start();
    await rig.until(id, 'expired');
    expect(writes(rig)).toEqual([]);
    expect((await viewOf(rig, id)).reason).toContain('before anything could be written');
    expect(await rig.store.registry.all()).toEqual([]);
  });

  test('that was begun before its window opens waits for it', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig, LATER);
    await rig.flows.approve(BEN, id);
    const request = (await rig.store.requests.get(id))!;
    await rig.store.transaction((tx) => beginRun(tx, request, onboardVerb(rig.parts), rig.clock.now()));
    await rig.flows.start();
    await waitFor(async () => (await rig.store.runs.ofRequest(id))[0]?.progress !== undefined);
    expect((await rig.store.runs.ofRequest(id))[0]?.progress).toContain('Its change window opens');
    expect(writes(rig)).toEqual([]);
    pass(rig, 2 * HOUR);
    await rig.until(id, 'onboarded');
  });

  test('whose window closes before the cutover asks, moves no traffic by itself, and does on Retry', async () => {
    const rig = await startRig();
    const id = await approved(rig);
    let closed = false;
    rig.mist.onChange(() => {
      if (closed || ours(rig).connectors.length === 0) return;
      closed = true;
      pass(rig, 6 * HOUR);
    });
    pass(rig, 60_000);
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('the change window closed');
    expect(ours(rig)).toMatchObject({ connectors: ['mssse-wan0'], policies: [] });
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'onboarded');
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
  });
});
