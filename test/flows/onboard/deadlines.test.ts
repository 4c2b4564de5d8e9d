import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, valueOf, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours } from '../support/both-sides.ts';
import { CHANNEL, eventually, startRig, type Rig } from '../support/rig.ts';
import {
  deadlinePassed,
  LASTING,
  looksGoOn,
  MINUTE,
  secondLookNow,
  waitingStep,
} from '../support/waiting.ts';

/** What never happens by itself while a test runs. */
const NEVER = 3_600_000;

/** One wait that is held up, as long as it really takes by the clock of the flows. */
interface HeldUp {
  readonly name: string;
  readonly step: string;
  readonly minutes: number;
  /** What the card says goes on, and what is normal. */
  readonly progress: RegExp;
  /** Makes that it is waited for in vain; called before the approval. */
  readonly hold: (rig: Rig) => void;
  /** Lets the world go on again. */
  readonly release: (rig: Rig) => void;
  readonly end: 'asks' | 'unwinds';
}

function learned(rig: Rig, change: (prefixes: string[]) => string[]): void {
  const peers = rig.plane.bgpPeers.bind(rig.plane);
  rig.plane.bgpPeers = (mac) => peers(mac).map((peer) => ({ ...peer, learned: change(peer.learned) }));
}

/** Until the test says otherwise, the plane answers as this function makes of what it sees. */
function switched(rig: Rig, hold: (rig: Rig) => void): void {
  const { bgpPeers, tunnels } = rig.plane;
  hold(rig);
  held.set(rig, () => Object.assign(rig.plane, { bgpPeers, tunnels }));
}
const held = new WeakMap<Rig, () => unknown>();

const DURING_AN_ONBOARDING: readonly HeldUp[] = [
  {
    name: "Microsoft's endpoints",
    step: 'entra.endpoints',
    minutes: 10,
    progress: /allocated 0 of 1 gateway instance.*90 s is usual/,
    hold: (rig) => (rig.timing.endpointMs = NEVER),
    release: (rig) => (rig.timing.endpointMs = 1),
    end: 'unwinds',
  },
  {
    name: 'a configuration that an online router does not apply',
    step: 'mist.connectors.applied',
    minutes: 10,
    progress: /has not applied the configuration yet; normal is under a minute/,
    hold: (rig) => (rig.timing.configApplyMs = NEVER),
    release: (rig) => (rig.timing.configApplyMs = 1),
    end: 'unwinds',
  },
  {
    name: 'the first IPsec software of a router',
    step: 'verify.tunnels',
    minutes: 30,
    progress: /0\/1: mssse-wan0 is not reported yet; .* takes up to half an hour/,
    hold: (rig) => switched(rig, (r) => (r.plane.tunnels = () => [])),
    release: (rig) => held.get(rig)?.(),
    end: 'asks',
  },
  {
    name: 'a tunnel that is reported down',
    step: 'verify.tunnels',
    minutes: 10,
    progress: /0\/1: mssse-wan0 is down .*normal is under 10 minutes/,
    hold: (rig) => rig.mist.portal.setWanUp('Lyon', 'wan0', false),
    release: (rig) => rig.mist.portal.setWanUp('Lyon', 'wan0', true),
    end: 'asks',
  },
  {
    name: 'a neighbor',
    step: 'verify.neighbors',
    minutes: 5,
    progress: /BGP 0\/1: .*normal is under 2 minutes/,
    hold: (rig) => (rig.timing.bgpUpMs = NEVER),
    release: (rig) => (rig.timing.bgpUpMs = 1),
    end: 'asks',
  },
  {
    name: 'routes',
    step: 'verify.routes',
    minutes: 5,
    progress: /No routes learned yet; normal is within a minute/,
    hold: (rig) => switched(rig, (r) => learned(r, () => [])),
    release: (rig) => held.get(rig)?.(),
    end: 'asks',
  },
];

describe('a deadline, by the clock', () => {
  test.each(DURING_AN_ONBOARDING)(
    '$name: $minutes minutes, then it $end',
    async ({ step, minutes, progress, hold, release, end }) => {
      const rig = await startRig();
      const id = await ask(rig);
      const before = configuration(rig);
      hold(rig);
      await rig.flows.approve(BEN, id);
      expect(await waitingStep(rig, id, step, progress)).toMatchObject({ state: 'waiting' });
      rig.clock.aheadMs += (minutes - 2) * MINUTE;
      await looksGoOn(rig);
      expect(await viewOf(rig, id)).toMatchObject({ state: 'Running' });
      rig.clock.aheadMs += 3 * MINUTE;
      if (end === 'unwinds') {
        await deadlinePassed(rig, id);
        release(rig);
        await rig.until(id, 'rolled-back');
        expect(configuration(rig)).toEqual(before);
        return;
      }
      await rig.until(id, 'needs-decision');
      const view = await viewOf(rig, id);
      expect(view.reason).toContain(`not reached within ${minutes} min`);
      expect(view.reason).toMatch(progress);
      expect(view.canRollBack).toBe(true);
      // Verification asks before anything was cut over.
      expect(ours(rig)).toMatchObject({ connectors: ['mssse-wan0'], policies: [] });
      release(rig);
      expect((await rig.flows.retry(ANNA, id)).kind).toBe('accepted');
      await rig.until(id, 'onboarded');
    },
  );

  test('a tunnel has its ten minutes from when it is reported, however long the software took', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    switched(rig, (r) => (r.plane.tunnels = () => []));
    await rig.flows.approve(BEN, id);
    await waitingStep(rig, id, 'verify.tunnels', /not reported yet/);
    rig.clock.aheadMs += 15 * MINUTE;
    await looksGoOn(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    held.get(rig)?.();
    await waitingStep(rig, id, 'verify.tunnels', /is down/);
    rig.clock.aheadMs += 8 * MINUTE;
    await looksGoOn(rig);
    expect((await viewOf(rig, id)).state).toBe('Running');
    rig.clock.aheadMs += 3 * MINUTE;
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('not reached within 25 min');
  });

  test('a cutover that the router does not apply in ten minutes is taken back, and the rest with it', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    switched(rig, (r) => learned(r, () => []));
    await rig.flows.approve(BEN, id);
    await waitingStep(rig, id, 'verify.routes', /No routes/);
    rig.timing.configApplyMs = NEVER;
    held.get(rig)?.();
    await waitingStep(rig, id, 'mist.policy.applied', /has not applied the configuration yet; normal is/);
    rig.clock.aheadMs += 10 * MINUTE + 1000;
    await deadlinePassed(rig, id);
    rig.timing.configApplyMs = 1;
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(before);
  });

  test.each([
    ['remove.policy.applied', ['microsoft-sse'], ['mssse-wan0']],
    ['remove.connectors.applied', [], []],
  ])('a removal that an online router does not apply asks after ten minutes: %s', async (step) => {
    const rig = await startRig();
    await rig.until(await askAndApprove(rig), 'onboarded');
    const where = { site: { id: rig.site('Lyon'), name: 'Lyon' }, channel: CHANNEL };
    const id = valueOf(await rig.flows.offboard(ANNA, where)).requestId;
    const stops = (): void => void (rig.timing.configApplyMs = NEVER);
    if (step === 'remove.policy.applied') stops();
    // The router is told so the moment it runs without the policy.
    else rig.mist.onChange(() => ours(rig).policies.length === 0 && !deviceOf(rig).pending && stops());
    await rig.flows.approve(BEN, id);
    await waitingStep(rig, id, step, /has not applied the configuration yet; normal is under a minute/);
    rig.clock.aheadMs += 8 * MINUTE;
    await looksGoOn(rig);
    expect((await viewOf(rig, id)).state).toBe('Running');
    rig.clock.aheadMs += 3 * MINUTE;
    await rig.until(id, 'needs-decision');
    // Microsoft's side stays for as long as the router may still use it.
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'] });
  });
});

describe('a router that goes away in the middle', () => {
  test.each(DURING_AN_ONBOARDING.filter(({ step }) => step.startsWith('verify.')))(
    'of the wait for $name leaves the run waiting, and it goes on by itself',
    async ({ step, progress, hold, release }) => {
      const rig = await startRig();
      const id = await ask(rig);
      hold(rig);
      await rig.flows.approve(BEN, id);
      await waitingStep(rig, id, step, progress);
      rig.mist.portal.setDeviceOnline('Lyon', false);
      await waitingStep(rig, id, step, /^lyon-ssr120 is offline, last seen 0 min ago\. .* I go on then$/);
      rig.clock.aheadMs += 120 * MINUTE;
      await waitingStep(rig, id, step, /^lyon-ssr120 is offline, last seen 120 min ago/);
      expect(await viewOf(rig, id)).toMatchObject({ state: 'Running' });
      expect(ours(rig).policies).toEqual([]);
      release(rig);
      rig.mist.portal.setDeviceOnline('Lyon', true);
      await rig.until(id, 'onboarded');
    },
  );

  test.each([
    { back: 'between two questions', isWhileAsked: false },
    { back: 'while it is asked', isWhileAsked: true },
  ])('of the proof of the path: it is asked when the router is back, $back', async ({ isWhileAsked }) => {
    let gone = false;
    let returns = false;
    const rig = await startRig({
      wrapMist: (mist) => ({
        ...mist,
        async servicePath(...what) {
          const nothing = await mist.servicePath(...what);
          if (returns) rig.mist.portal.setDeviceOnline('Lyon', true);
          return nothing;
        },
      }),
    });
    const id = await ask(rig);
    rig.mist.faults.plant({
      path: '/show_service_path$',
      delayMs: 10,
      times: -1,
      action: { kind: 'slow' },
    });
    rig.mist.onChange(() => {
      if (ours(rig).policies.length > 0 && !gone && !deviceOf(rig).pending) {
        gone = true;
        rig.mist.portal.setDeviceOnline('Lyon', false);
      }
    });
    await rig.flows.approve(BEN, id);
    await waitingStep(rig, id, 'verify.path', /is offline.*Which path it takes is asked when it is back/);
    rig.clock.aheadMs += 120 * MINUTE;
    await waitingStep(rig, id, 'verify.path', /last seen 120 min ago/);
    rig.mist.faults.remove();
    if (isWhileAsked) returns = true;
    else rig.mist.portal.setDeviceOnline('Lyon', true);
    await rig.until(id, 'onboarded');
    expect((await viewOf(rig, id)).outcome.join()).toContain('Path proven');
  });
});

describe('the second look', () => {
  test('of a router that is away waits, and decides when it is back', async () => {
    const rig = await startRig({ settings: LASTING });
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const look = await secondLookNow(rig, id);
    await eventually(async () => {
      const [step] = await rig.store.runs.steps(look.id);
      return step?.progress?.startsWith('lyon-ssr120 is offline');
    });
    rig.clock.aheadMs += 48 * 60 * MINUTE;
    await looksGoOn(rig);
    expect((await viewOf(rig, id)).state).toBe('Onboarded');
    rig.mist.portal.setDeviceOnline('Lyon', true);
    await rig.until(id, 'verified', 'needs-decision');
  });

  test('lets another change of the site begin before it, and still comes', async () => {
    const rig = await startRig({ settings: LASTING });
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const site = { id: rig.site('Lyon'), name: 'Lyon' };
    const bypass = valueOf(await rig.flows.bypass(ANNA, { site, channel: CHANNEL })).requestId;
    await rig.until(bypass, 'changed');
    expect((await viewOf(rig, id)).state).toBe('Onboarded');
    await secondLookNow(rig, id);
    await rig.until(id, 'verified');
    expect((await rig.store.sites.get(site.id))?.state).toBe('bypassed');
  });
});
