import { describe, expect, test } from 'vitest';
import { ANNA, ask, askAndApprove, BEN, openForm, viewOf } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** Two forms of different sites, sent at the same moment. */
async function both(rig: Rig, sites: readonly [string, string], values = {}): Promise<string[]> {
  const forms = await Promise.all(sites.map((site) => openForm(rig, { site })));
  const ranges = ['10.99.99.0/29', '10.99.100.0/29'];
  const sent = await Promise.all(
    forms.map((form, n) =>
      rig.flows.submitForm(ANNA, form.draftId, { ...form.initial, range_a: ranges[n], ...values }),
    ),
  );
  return sent.map((answer) => (answer.ok ? 'stored' : answer.failure.code)).toSorted();
}

const held = async (rig: Rig) => [...new Set((await rig.store.registry.all()).map((r) => r.kind))].toSorted();
const ALL = ['bandwidth', 'link-slot', 'network-slot', 'range'];

describe('two requests at once', () => {
  test('do not both take the last bandwidth', async () => {
    const rig = await startRig({ start: false, settings: { bandwidthPoolMbps: 700 } });
    expect(await both(rig, ['Lyon', 'Porto'], { bandwidth: 'mbps500' })).toEqual([
      'flow.bandwidth_taken',
      'stored',
    ]);
  });

  test('do not both take the last remote network', async () => {
    const rig = await startRig({ start: false, settings: { maxNetworks: 1 } });
    expect(await both(rig, ['Lyon', 'Porto'])).toEqual(['flow.network_slot_taken', 'stored']);
  });

  test('both go ahead where there is room for both', async () => {
    const rig = await startRig({ start: false, settings: { maxNetworks: 2, bandwidthPoolMbps: 1000 } });
    expect(await both(rig, ['Lyon', 'Porto'], { bandwidth: 'mbps500' })).toEqual(['stored', 'stored']);
  });

  test('what a live site holds is counted once, in Entra or here', async () => {
    const rig = await startRig({ settings: { maxNetworks: 2, bandwidthPoolMbps: 1000 } });
    const lyon = await askAndApprove(rig, { values: { bandwidth: 'mbps500', range_a: '10.99.101.0/29' } });
    await rig.until(lyon, 'onboarded');
    expect(await both(rig, ['Porto', 'Bruges'], { bandwidth: 'mbps500' })).toEqual([
      'flow.network_slot_taken',
      'stored',
    ]);
  });
});

describe('what a request holds is free again', () => {
  test.each<[string, (rig: Rig, id: string) => Promise<unknown>]>([
    ['rejected', (rig, id) => rig.flows.reject(BEN, id, 'no')],
    ['cancelled', (rig, id) => rig.flows.cancel(ANNA, id)],
    [
      'expired',
      async (rig, id) => {
        rig.clock.aheadMs = 3_600_001;
        await rig.flows.start();
        await rig.until(id, 'expired');
      },
    ],
  ])('once it is %s', async (state, end) => {
    const rig = await startRig({ start: false });
    const id = await ask(rig);
    expect(await held(rig)).toEqual(ALL);
    await end(rig, id);
    expect((await rig.store.requests.get(id))?.state).toBe(state);
    expect(await held(rig)).toEqual([]);
  });

  test('once it is rolled back', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const action = { kind: 'answer', status: 400, body: '{"detail":"no"}' } as const;
    rig.mist.faults.plant({ method: 'PUT', path: '/devices/[^/]+$', action });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect(await held(rig)).toEqual([]);
  });

  test('once it is void: the plan that takes its place holds it', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.portal.editDevice('Lyon', (body) => (body['routing_policies'] = {}));
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'void');
    expect((await viewOf(rig, `${id}-again`)).state).toBe('Plan');
    expect(new Set((await rig.store.registry.all()).map((r) => r.requestId))).toEqual(
      new Set([`${id}-again`]),
    );
  });
});
