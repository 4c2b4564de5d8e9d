import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, valueOf, viewOf, type Wish } from '../support/asking.ts';
import { configuration, ours } from '../support/both-sides.ts';
import { CHANNEL, startRig, type Rig } from '../support/rig.ts';
import { runOutOfTime } from '../support/waiting.ts';
import { buildDeviceByHand, buildPolicyByHand } from './hand-made-device.ts';
import { BY_HAND, buildByHand } from './hand-made.ts';

const SINGLE: Wish = { values: { range_a: BY_HAND.range_a } };

async function builtByHand(rig: Rig): Promise<void> {
  const made = await buildByHand(rig, SINGLE);
  await buildDeviceByHand(rig, made);
  await buildPolicyByHand(rig, made);
}

/** What was deleted on either side since then, by the last part of the path. */
function deleted(rig: Rig, from: { entra: number; mist: number }): string[] {
  return [...rig.entra.calls.slice(from.entra), ...rig.mist.calls.slice(from.mist)]
    .filter((call) => call.method === 'DELETE')
    .map((call) => call.path.split('/').at(-1) ?? '');
}

describe('a site of which everything was there before', () => {
  test('is left as it was found by a roll-back, to the last byte', async () => {
    const rig = await startRig();
    await builtByHand(rig);
    const id = await ask(rig, SINGLE);
    const before = configuration(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    const from = { entra: rig.entra.calls.length, mist: rig.mist.calls.length };
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    // Nothing of it was made here, so nothing was rolled back.
    await rig.until(id, 'failed');
    expect(configuration(rig)).toEqual(before);
    expect(deleted(rig, from)).toEqual([]);
    expect(rig.mist.calls.slice(from.mist).filter((call) => call.method === 'PUT')).toEqual([]);
    expect(await rig.store.ledger.live()).toEqual([]);
    expect((await rig.flows.orphans()).orphans).toEqual([]);
  });

  test('once connected is taken back by its recorded IDs alone, and what belongs to others stays', async () => {
    const rig = await startRig();
    const foreign = configuration(rig);
    await builtByHand(rig);
    await rig.until(await askAndApprove(rig, SINGLE), 'onboarded');
    const recorded = (await rig.store.ledger.live(rig.site('Lyon'))).map(({ remoteId }) => remoteId);
    rig.entra.store.seedForeignNetwork({
      name: 'Lyon-2',
      region: 'franceCentral',
      links: 1,
      profile: 'm365',
    });
    const network = [...rig.entra.store.networks.values()].find(({ name }) => name === 'Lyon-2')!;
    const from = { entra: rig.entra.calls.length, mist: rig.mist.calls.length };
    const where = { site: { id: rig.site('Lyon'), name: 'Lyon' }, channel: CHANNEL };
    const id = valueOf(await rig.flows.offboard(ANNA, where)).requestId;
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'offboarded');
    const gone = deleted(rig, from);
    expect(gone.length).toBeGreaterThanOrEqual(2);
    expect(gone.filter((one) => !recorded.includes(one))).toEqual([]);
    expect([...rig.entra.store.networks.values()].map(({ name }) => name)).toEqual(['Lyon-2']);
    expect(rig.entra.store.linksOf(network.id)).toHaveLength(1);
    // The application was made by hand and is shared: it is not ours to remove.
    expect(ours(rig)).toMatchObject({
      applications: ['Microsoft-SSE'],
      connectors: [],
      groups: [],
      routingPolicies: [],
      policies: [],
    });
    const elsewhere = (of: unknown): unknown => {
      const { mist } = of as { mist: { devices: { site_id: string }[]; services: unknown } };
      const devices = mist.devices.filter((device) => device.site_id !== rig.site('Lyon'));
      const { services: _services, ...others } = mist;
      return { ...others, devices };
    };
    expect(elsewhere(configuration(rig))).toEqual(elsewhere(foreign));
  });
});

describe('an undo that a vendor refuses', () => {
  test('names exactly what is left, is listed until it is gone, and is finished by Retry', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    const refusing = rig.entra.faults.plant({
      method: 'DELETE',
      times: -1,
      action: { kind: 'answer', status: 403 },
    });
    await rig.flows.rollBack(BEN, id);
    await rig.until(id, 'running');
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.failure?.code).toBe('flow.left_behind');
    const said = view.left.join();
    for (const part of ['device link Lyon-wan0', 'remote network Lyon']) expect(said).toContain(part);
    expect(said).toMatch(/^Still there: device link Lyon-wan0; remote network Lyon\. /);
    // Each undo is in the journal, the refused one with its reason.
    const [run] = await rig.store.runs.ofRequest(id);
    const undone = (await rig.store.runs.journal(run!.id)).filter(({ event }) => event.startsWith('undo'));
    expect(undone.map(({ event, opId }) => `${event} ${opId}`)).toEqual(
      expect.arrayContaining(['undo-result mist.connectors', 'undo-failed entra.link.1']),
    );

    expect((await rig.flows.keep(BEN, id)).kind).toBe('accepted');
    const listed = async (): Promise<string[]> =>
      (await rig.flows.orphans()).orphans.flatMap(({ what }) => [...what]).toSorted();
    expect(await listed()).toEqual(['device link Lyon-wan0', 'remote network Lyon']);
    rig.entra.faults.remove(refusing.id);
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(await listed()).toEqual([]);
    expect(configuration(rig)).toEqual(before);
  });
});
