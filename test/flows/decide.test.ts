import { describe, expect, test } from 'vitest';
import type { Actor, DecisionAnswer } from '../../src/flows/types.ts';
import { ANNA, ask, BEN, CARLA, send, valueOf, viewOf } from './support/asking.ts';
import { holdLock, ours, writes } from './support/both-sides.ts';
import { eventually, startRig, type Rig } from './support/rig.ts';

const person = (n: number): Actor => ({ user: `U0PERSON${n}`, teamId: BEN.teamId });
const accepted = (answers: readonly DecisionAnswer[]) => answers.filter((a) => a.kind === 'accepted');

describe('approving', () => {
  test('starts one run, which takes the locks of the plan', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    expect(await rig.flows.approve(BEN, id)).toEqual({
      kind: 'accepted',
      message: 'Approved. The run has started; the card shows each step.',
    });
    expect((await viewOf(rig, id)).approvals.map((a) => a.user)).toEqual([BEN.user]);
    await rig.until(id, 'onboarded');
    expect((await rig.store.runs.ofRequest(id)).map((r) => r.kind)).toEqual(['change']);
  });

  test('is not for the requester, and the attempt stays in the audit', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const answer = await rig.flows.approve(ANNA, id);
    expect(answer).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('second person') as string,
    });
    expect((await viewOf(rig, id)).state).toBe('Plan');
    expect((await rig.store.audit.of(id)).map((a) => [a.actor, a.action])).toContainEqual([
      ANNA.user,
      'approve.refused',
    ]);
    expect(await rig.store.audit.firstBroken()).toBeUndefined();
  });

  test('comes too late once the time is up, before anybody swept', async () => {
    const rig = await startRig({ settings: { approvalTtlMs: 1000 } });
    const id = await ask(rig);
    rig.clock.aheadMs = 1001;
    const answer = await rig.flows.approve(BEN, id);
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringContaining('expired') as string });
    expect(writes(rig)).toEqual([]);
  });

  test('is refused while a preflight rule fails, and the rule is named', async () => {
    const rig = await startRig();
    rig.entra.store.tenant.onboardingStatus = 'offboarded';
    const id = await ask(rig);
    expect((await viewOf(rig, id)).canApprove).toBe(false);
    const answer = await rig.flows.approve(BEN, id);
    expect(answer.kind).toBe('refused');
    expect(answer.message).toContain('Tenant is onboarded to Global Secure Access');
  });

  test('of a card that shows an older revision is refused, of the present one taken', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const form = valueOf(await rig.flows.reopenForm(ANNA, id));
    await send(rig, form, { bandwidth: 'mbps500' });
    const old = await rig.flows.approve(BEN, id, 1);
    expect(old).toMatchObject({ kind: 'refused', message: expect.stringContaining('edited') as string });
    expect((await rig.flows.approve(BEN, id, 2)).kind).toBe('accepted');
  });

  test('a second time is refused, by the same person and by everybody else', async () => {
    const rig = await startRig({ settings: { approvalsNeeded: 2 } });
    const id = await ask(rig);
    expect((await rig.flows.approve(BEN, id)).kind).toBe('accepted');
    expect(await rig.flows.approve(BEN, id)).toEqual({
      kind: 'refused',
      message: 'You have approved this already.',
    });
    expect((await viewOf(rig, id)).state).toBe('Plan');
    expect((await rig.flows.approve(CARLA, id)).kind).toBe('accepted');
    expect(await rig.flows.approve(person(1), id)).toEqual({
      kind: 'refused',
      message: `This request is already approved and running (<@${BEN.user}>, <@${CARLA.user}>).`,
    });
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).approvals.map((a) => a.user)).toEqual([BEN.user, CARLA.user]);
  });

  test.each([1, 2, 3])('needs %i different people', async (approvalsNeeded) => {
    const rig = await startRig({ start: false, settings: { approvalsNeeded } });
    const id = await ask(rig);
    for (let n = 1; n < approvalsNeeded; n += 1) {
      expect(await rig.flows.approve(person(n), id)).toEqual({
        kind: 'accepted',
        message: `Approved: ${n} of ${approvalsNeeded}. ${approvalsNeeded - n} more ${approvalsNeeded - n === 1 ? 'approval is' : 'approvals are'} needed.`,
      });
      expect(await rig.store.runs.ofRequest(id)).toEqual([]);
    }
    expect((await rig.flows.approve(person(approvalsNeeded), id)).kind).toBe('accepted');
    expect(await rig.store.runs.ofRequest(id)).toHaveLength(1);
  });

  test('of what nobody knows is answered', async () => {
    const rig = await startRig({ start: false });
    const unknown = {
      kind: 'refused',
      message: expect.stringContaining('do not know this request') as string,
    };
    expect(await rig.flows.approve(BEN, 'nothing')).toEqual(unknown);
    expect(await rig.flows.reject(BEN, 'nothing', 'no')).toEqual(unknown);
    expect(await rig.flows.cancel(ANNA, 'nothing')).toEqual(unknown);
    expect(await rig.flows.retry(ANNA, 'nothing')).toEqual(unknown);
  });
});

async function waitingForApplication(rig: Rig, id: string): Promise<void> {
  await eventually(async () => {
    const step = (await viewOf(rig, id)).steps.find((s) => s.id === 'mist.application');
    return step?.progress === 'Another run is creating application Microsoft-SSE';
  });
}

/** Whether this request's run notes the application as its own work. */
async function createdBy(rig: Rig, id: string): Promise<unknown> {
  const [run] = await rig.store.runs.ofRequest(id);
  const step = (await rig.store.runs.steps(run!.id)).find((s) => s.opId === 'mist.application');
  return (step?.output as { created?: unknown } | undefined)?.created;
}

describe('locks', () => {
  test('a second run that needs the shared application waits while the first creates it, then uses it', async () => {
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const rig = await startRig({
      wrapMist: (mist) => ({
        ...mist,
        createService: async (service) => {
          reached.resolve();
          await gate.promise;
          return mist.createService(service);
        },
      }),
    });
    const first = await ask(rig);
    const second = await ask(rig, { site: 'Porto' });
    expect((await rig.flows.approve(BEN, first)).kind).toBe('accepted');
    await reached.promise;
    expect((await rig.flows.approve(BEN, second)).kind).toBe('accepted');
    await waitingForApplication(rig, second);
    gate.resolve();
    await rig.until(first, 'onboarded');
    await rig.until(second, 'onboarded');
    expect(ours(rig).applications).toEqual(['Microsoft-SSE']);
    expect(ours(rig, 'Porto').policies).toEqual(['microsoft-sse']);
    expect(writes(rig).filter((call) => call === 'mist POST services')).toHaveLength(1);
    expect(await createdBy(rig, first)).toBe(true);
    expect(await createdBy(rig, second)).toBe(false);
  });

  test('a run whose forerunner ended without the shared application creates it', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    await holdLock(rig, await ask(rig, { site: 'Porto' }), 'application:Microsoft-SSE');
    expect((await rig.flows.approve(BEN, id)).kind).toBe('accepted');
    await waitingForApplication(rig, id);
    expect(ours(rig).applications).toEqual([]);
    await rig.store.runs.unlock('other');
    await rig.until(id, 'onboarded');
    expect(await createdBy(rig, id)).toBe(true);
  });

  test('a router that another run holds is said so', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    const { design } = (await rig.store.requests.get(id))!;
    const key = `device:${(design as { device: { id: string } }).device.id}`;
    const run = {
      kind: 'change',
      state: 'active',
      planVersion: 1,
      epoch: 0,
      leaseUntil: 0,
      startedAt: 1,
    } as const;
    await rig.store.runs.create({ ...run, id: 'other', requestId: id }, [], [key]);
    const answer = await rig.flows.approve(BEN, id);
    expect(answer.message).toContain('Another run is changing this device');
  });
});

describe('rejecting, cancelling, expiring', () => {
  test('a rejection keeps its reason and frees what was reserved', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(await rig.flows.reject(BEN, id, 'wrong window')).toEqual({
      kind: 'accepted',
      message: 'Rejected.',
    });
    expect(await viewOf(rig, id)).toMatchObject({
      state: 'Rejected',
      reason: 'wrong window',
      canApprove: false,
    });
    expect(await rig.store.registry.all()).toEqual([]);
    expect(await rig.flows.approve(CARLA, id)).toEqual({
      kind: 'refused',
      message: `This request is already rejected (<@${BEN.user}>).`,
    });
  });

  test('only the requester cancels', async () => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(await rig.flows.cancel(BEN, id)).toEqual({
      kind: 'refused',
      message: `Only the requester (<@${ANNA.user}>) can cancel; an approver can reject.`,
    });
    expect(await rig.flows.cancel(ANNA, id)).toEqual({ kind: 'accepted', message: 'Cancelled.' });
    expect((await viewOf(rig, id)).state).toBe('Cancelled');
    expect(await rig.store.registry.all()).toEqual([]);
    expect((await rig.flows.reject(BEN, id, 'late')).message).toBe(
      `This request is already cancelled (<@${ANNA.user}>).`,
    );
  });

  test('what nobody decided in time ends when the flows start, and its ranges are free', async () => {
    const rig = await startRig({ start: false });
    const [old, young] = [await ask(rig), await ask(rig, { site: 'Porto' })];
    rig.clock.aheadMs = 3_600_001;
    const later = await ask(rig, { site: 'Bruges' });
    await rig.flows.start();
    await eventually(async () => (await viewOf(rig, old)).state === 'Expired');
    await eventually(async () => (await viewOf(rig, young)).state === 'Expired');
    expect((await viewOf(rig, later)).state).toBe('Plan');
    expect(new Set((await rig.store.registry.all()).map((r) => r.siteName))).toEqual(new Set(['Bruges']));
    expect((await rig.store.audit.of(old)).at(-1)).toMatchObject({ actor: 'bot', action: 'expire' });
    expect((await rig.flows.approve(BEN, old)).message).toBe('This request is expired.');
  });

  test.each(['retry', 'rollBack', 'keep'] as const)('%s means nothing for a plan', async (verb) => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(await rig.flows[verb](BEN, id)).toEqual({
      kind: 'refused',
      message: 'This request is waiting for a decision. There is nothing to decide.',
    });
  });

  test('a run that goes on cannot be rejected or cancelled', async () => {
    const rig = await startRig({ timing: { endpointMs: 200 } });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    const running = {
      kind: 'refused',
      message: `This request is already approved and running (<@${BEN.user}>).`,
    };
    expect(await rig.flows.reject(CARLA, id, 'stop')).toEqual(running);
    expect(await rig.flows.cancel(ANNA, id)).toEqual(running);
    await rig.until(id, 'onboarded');
    expect((await rig.flows.cancel(ANNA, id)).message).toBe(
      `This request is already carried out (<@${BEN.user}>).`,
    );
  });
});

describe('many decisions at once', () => {
  test('of 1,000 approvals exactly one starts the run, and every one is answered', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => rig.flows.approve(person(n % 50), id)),
    );
    expect(accepted(answers)).toHaveLength(1);
    expect(answers.every((a) => a.message !== '')).toBe(true);
    await rig.until(id, 'onboarded');
    expect(await rig.store.runs.ofRequest(id)).toHaveLength(1);
    expect((await viewOf(rig, id)).approvals).toHaveLength(1);
    expect(await rig.store.audit.firstBroken()).toBeUndefined();
    expect(writes(rig).filter((w) => w.includes('POST'))).toHaveLength(3);
  }, 120_000);

  test('of approvals, rejections and cancellations one kind wins', async () => {
    const rig = await startRig({ start: false });
    for (const round of [1, 2, 3, 4]) {
      const site = ['Lyon', 'Porto', 'Bruges', 'Rome'][round - 1]!;
      const id = await ask(rig, { site });
      const decisions = [
        () => rig.flows.approve(BEN, id),
        () => rig.flows.reject(CARLA, id, 'no'),
        () => rig.flows.cancel(ANNA, id),
      ];
      const turned = [...decisions.slice(round % 3), ...decisions.slice(0, round % 3)];
      const answers = await Promise.all(turned.flatMap((decide) => [decide(), decide()]));
      expect(accepted(answers)).toHaveLength(1);
      const { state } = (await rig.store.requests.get(id))!;
      expect((await rig.store.runs.ofRequest(id)).length).toBe(state === 'running' ? 1 : 0);
      expect((await rig.store.registry.all()).some((r) => r.siteName === site)).toBe(state === 'running');
      // Ends the round: the next one would wait for the lock of the shared application.
      for (const run of await rig.store.runs.ofRequest(id)) await rig.store.runs.unlock(run.id);
    }
  });
});
