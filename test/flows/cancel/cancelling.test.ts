import { describe, expect, test } from 'vitest';
import type { Mist } from '../../../src/integrations/mist/types.ts';
import { ANNA, ask, askAndApprove, BEN, failureOf, valueOf, viewOf } from '../support/asking.ts';
import { configuration, ours, writes } from '../support/both-sides.ts';
import { eventually, startRig, type Rig } from '../support/rig.ts';

/** Where a run stands still from its first call on until the test opens it, however long that takes. */
function gate() {
  const [begun, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    begun: begun.promise,
    open: () => opened.resolve(),
    async pass(): Promise<void> {
      begun.resolve();
      await opened.promise;
    },
  };
}

/** A client that does this once a device is written, before the run learns of it. */
function afterPut(then: () => Promise<void>): (mist: Mist) => Mist {
  return (mist) => ({
    ...mist,
    async putDevice(...what) {
      const answer = await mist.putDevice(...what);
      await then();
      return answer;
    },
  });
}

/** Waits until this step of the run is going on. */
async function reached(rig: Rig, id: string, step: string): Promise<void> {
  await eventually(async () =>
    (await viewOf(rig, id)).steps.some((s) => s.id === step && s.startedAt !== undefined),
  );
}

describe('a run is stopped', () => {
  test('while it waits: it asks, and Roll back leaves nothing', async () => {
    const rig = await startRig({ timing: { tunnelUpMs: 60_000 } });
    const before = configuration(rig);
    const id = await askAndApprove(rig);
    await reached(rig, id, 'verify.tunnels');
    expect(await rig.flows.stopRun(ANNA, id)).toMatchObject({ kind: 'accepted' });
    await rig.until(id, 'needs-decision');
    expect(await viewOf(rig, id)).toMatchObject({ reason: 'Stopped on request, between two steps.' });
    await rig.flows.rollBack(ANNA, id);
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
  });

  test('in the middle of a write: the write is finished first and nothing is written after it', async () => {
    const written = gate();
    const rig = await startRig({
      wrapMist: afterPut(() => written.pass()),
    });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await written.begun;
    const sent = writes(rig).length;
    await rig.flows.stopRun(ANNA, id);
    expect((await viewOf(rig, id)).stopBy).toBe(ANNA.user);
    written.open();
    await rig.until(id, 'needs-decision');
    expect(writes(rig)).toHaveLength(sent);
    const view = await viewOf(rig, id);
    expect(view.steps.find((s) => s.id === 'mist.connectors')?.state).toBe('done');
    expect(view.stopBy).toBeUndefined();
    expect(ours(rig).policies).toEqual([]);
  });

  test('before anything was begun: it is cancelled and there is nothing to decide', async () => {
    const looked = gate();
    let isApproved = false;
    const rig = await startRig({
      wrapMist: (mist) => ({
        ...mist,
        async networks() {
          if (isApproved) await looked.pass();
          return mist.networks();
        },
      }),
    });
    const before = configuration(rig);
    const id = await ask(rig);
    isApproved = true;
    await rig.flows.approve(BEN, id);
    await looked.begun;
    await rig.flows.stopRun(BEN, id);
    looked.open();
    await rig.until(id, 'cancelled');
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.registry.all()).toEqual([]);
  });

  test('and goes on with Retry, to the end', async () => {
    const rig = await startRig({ timing: { tunnelUpMs: 60_000 } });
    const id = await askAndApprove(rig);
    await reached(rig, id, 'verify.tunnels');
    await rig.flows.stopRun(ANNA, id);
    await rig.until(id, 'needs-decision');
    rig.timing.tunnelUpMs = 1;
    rig.plane.poke();
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    rig.mist.portal.setWanUp('Lyon', 'wan0', true);
    await rig.flows.retry(ANNA, id);
    await rig.until(id, 'onboarded');
  });

  test('after the cutover and kept: the site is in use and in the fleet, from where it can be taken back', async () => {
    const cutOver = gate();
    const rig = await startRig({
      wrapMist: afterPut(async () => {
        const { steps } = await viewOf(rig, id);
        if (steps.some((s) => s.id === 'mist.policy' && s.state === 'doing')) await cutOver.pass();
      }),
    });
    const before = configuration(rig);
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await cutOver.begun;
    await rig.flows.stopRun(ANNA, id);
    cutOver.open();
    await rig.until(id, 'needs-decision');
    expect((await rig.flows.keep(ANNA, id)).kind).toBe('accepted');
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).reason).toContain('the path was not proven');
    const site = { id: rig.site('Lyon'), name: 'Lyon' };
    const off = valueOf(await rig.flows.offboard(ANNA, { site, channel: 'C0NETWORK1' })).requestId;
    await rig.flows.approve(BEN, off);
    await rig.until(off, 'offboarded');
    expect(configuration(rig)).toEqual(before);
  });

  test('in its last step: it ends as usual, which was said', async () => {
    const asked = gate();
    const rig = await startRig({
      wrapMist: (mist) => ({
        ...mist,
        async servicePath(...what) {
          await asked.pass();
          return mist.servicePath(...what);
        },
      }),
    });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await asked.begun;
    const answer = await rig.flows.stopRun(ANNA, id);
    expect(answer.message).toContain('If that step is the last one, the run ends as usual.');
    asked.open();
    await rig.until(id, 'onboarded');
  });

  test('not while it is rolled back, nor twice, nor when it has ended', async () => {
    const removed = gate();
    const rig = await startRig({
      wrapEntra: (entra) => ({
        ...entra,
        async deleteRemoteNetwork(network) {
          await removed.pass();
          return entra.deleteRemoteNetwork(network);
        },
      }),
    });
    const id = await ask(rig);
    expect(await rig.flows.stopRun(ANNA, id)).toMatchObject({ kind: 'refused' });
    rig.entra.faults.plant({
      method: 'POST',
      path: '/deviceLinks$',
      action: { kind: 'answer', status: 400 },
    });
    await rig.flows.approve(BEN, id);
    await removed.begun;
    expect((await viewOf(rig, id)).steps.some((s) => s.state === 'undoing')).toBe(true);
    expect(await rig.flows.stopRun(ANNA, id)).toMatchObject({
      kind: 'refused',
      message: 'It is being rolled back already.',
    });
    removed.open();
    await rig.until(id, 'rolled-back');
    expect(await rig.flows.stopRun(ANNA, id)).toMatchObject({ kind: 'refused' });
  });
});

describe('which request is meant', () => {
  test('its ID, a unique beginning, or the site of an open one in any case', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const found = { id, requester: ANNA.user, siteName: 'Lyon', isRunning: false };
    for (const text of [id, id.slice(0, 8), id.slice(0, 8).toUpperCase(), 'lyon', ' Lyon ']) {
      expect(valueOf(await rig.flows.findRequest(text))).toEqual(found);
    }
    for (const text of ['', id.slice(0, 3), 'Paris', 'nothing']) {
      expect(failureOf(await rig.flows.findRequest(text)).code).toBe('flow.request_unknown');
    }
    await rig.flows.cancel(ANNA, id);
    expect(failureOf(await rig.flows.findRequest('Lyon')).code).toBe('flow.request_unknown');
    expect(valueOf(await rig.flows.findRequest(id)).id).toBe(id);
  });

  test('several with the same beginning are listed', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const row = (await rig.store.requests.get(id))!;
    for (const n of [1, 2])
      await rig.store.requests.insert({ ...row, id: `same-beginning-${n}`, state: 'void' });
    const failure = failureOf(await rig.flows.findRequest('same-beg'));
    expect(failure.code).toBe('flow.request_ambiguous');
    expect(failure.hint).toContain('same-beginning-1');
  });
});
