import { describe, expect, test } from 'vitest';
import { ask, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours, writes } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** Approves after the live state has moved; the state in which the request ends. */
async function approvedAfter(rig: Rig, change: (rig: Rig) => void): Promise<string> {
  const id = await ask(rig);
  change(rig);
  await rig.flows.approve(BEN, id);
  return id;
}

const editDevice = (rig: Rig) =>
  rig.mist.portal.editDevice('Lyon', (body) => {
    body['bgp_config'] = { 'lan-peer': { via: 'lan', type: 'external', local_as: 65001, neighbors: {} } };
  });

describe('the live state moved between plan and approval', () => {
  test('the approval is void, nothing is written and the new plan waits for its own approval', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, editDevice);
    await rig.until(id, 'void');
    const old = await viewOf(rig, id);
    expect(old.state).toBe('Void');
    expect(old.reason).toContain('Nothing was written');
    expect(old.failure?.code).toBe('flow.moved');
    expect(writes(rig)).toEqual([]);
    const again = await viewOf(rig, `${id}-again`);
    expect(again).toMatchObject({
      state: 'Plan',
      requester: old.requester,
      canApprove: true,
      approvals: [],
      revision: 1,
    });
    expect(again.digest).not.toBe(old.digest);
    expect(new Set((await rig.store.registry.all()).map((r) => r.requestId))).toEqual(
      new Set([`${id}-again`]),
    );
    expect((await rig.flows.approve(BEN, id)).message).toContain('void');
  });

  test('the new plan, approved, keeps what was edited', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, editDevice);
    await rig.until(id, 'void');
    await rig.flows.approve(BEN, `${id}-again`);
    await rig.until(`${id}-again`, 'onboarded');
    expect(Object.keys(deviceOf(rig).body['bgp_config'] as object).toSorted()).toEqual([
      'lan-peer',
      'mssse-wan0',
    ]);
  });

  test('moved twice, planned three times', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, editDevice);
    await rig.until(id, 'void');
    rig.mist.portal.editDevice('Lyon', (body) => delete body['bgp_config']);
    await rig.flows.approve(BEN, `${id}-again`);
    await rig.until(`${id}-again`, 'void');
    await rig.flows.approve(BEN, `${id}-again-again`);
    await rig.until(`${id}-again-again`, 'onboarded');
  });

  test('a rule that fails by now voids it too, and the new plan cannot be approved', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, (r) => void r.entra.store.seedForeignNetwork({ name: 'Lyon' }));
    await rig.until(id, 'void');
    expect((await viewOf(rig, id)).reason).toContain(
      'Remote network Lyon is free or matches: exists and does not match: region westEurope, not',
    );
    expect((await viewOf(rig, `${id}-again`)).canApprove).toBe(false);
    expect(ours(rig)).toMatchObject({ connectors: [], applications: [] });
  });

  test('a router that is gone cannot be planned for again: the request fails', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, (r) => void r.mist.store.devices.delete(deviceOf(r).body.id));
    await rig.until(id, 'failed');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.device_gone');
    expect(await rig.store.requests.get(`${id}-again`)).toBeUndefined();
    expect(await rig.store.registry.all()).toEqual([]);
  });

  test('edits that touch nothing of ours do not matter', async () => {
    const rig = await startRig();
    const id = await approvedAfter(rig, (r) => {
      r.mist.portal.editDevice('Lyon', (body) => (body['dns_servers'] = ['1.1.1.1']));
      r.entra.store.seedForeignNetwork({ name: 'Elsewhere' });
    });
    await rig.until(id, 'onboarded');
  });

  test('an edit between the look and the first write to the router undoes what Entra has', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    let edited = false;
    rig.entra.onChange(() => {
      if (edited) return;
      edited = true;
      editDevice(rig);
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'void');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.moved');
    rig.mist.portal.editDevice('Lyon', (body) => delete body['bgp_config']);
    expect(configuration(rig)).toEqual(before);
    expect(rig.mist.calls.filter((c) => c.method === 'PUT')).toEqual([]);
  });

  test('a rule that moved the position before the cutover undoes everything', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    let edited = false;
    rig.mist.onChange(() => {
      if (edited || deviceOf(rig).body['tunnel_configs'] === undefined) return;
      edited = true;
      rig.mist.portal.editTemplate('Branch-Std', (body) => {
        const [dns, deny, dia] = body['service_policies'] as object[];
        body['service_policies'] = [dns, deny, { ...dia, name: 'renamed' }];
      });
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect(ours(rig)).toMatchObject({
      networks: [],
      links: [],
      connectors: [],
      policies: [],
      applications: [],
    });
  });
});

describe('what cannot be read has not moved', () => {
  test.concurrent.each([
    ['mist', '/networks$'],
    ['entra', '/forwardingProfiles$'],
    ['entra', '/policies$'],
    ['entra', '/tenantStatus'],
    ['entra', '/remoteNetworks$'],
  ] as const)('%s %s is away for a moment: the run goes on', async (system, path) => {
    const rig = await startRig({ shared: true });
    const id = await ask(rig);
    // Longer than one call is repeated by itself.
    rig[system].faults.plant({ method: 'GET', path, times: 4, action: { kind: 'answer', status: 503 } });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(await rig.store.requests.get(`${id}-again`)).toBeUndefined();
    expect(ours(rig).profiles).toEqual(['m365']);
  });

  test("the profile's policies are away at the cutover: it is tried again", async () => {
    let arm = false;
    const rig: Rig = await startRig({
      wrapMist: (mist) => ({
        ...mist,
        services: () => {
          // With the connectors written, the cutover is the next that reads the applications.
          if (arm && ours(rig).connectors.length > 0) {
            arm = false;
            const action = { kind: 'answer', status: 503 } as const;
            rig.entra.faults.plant({ path: '/policies$', times: 4, action });
          }
          return mist.services();
        },
      }),
    });
    const id = await ask(rig);
    arm = true;
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(rig.entra.faults.list().map((f) => f.hits)).toEqual([4]);
    expect(ours(rig).policies).toEqual(['microsoft-sse']);
  });
});
