import { describe, expect, test } from 'vitest';
import { ask, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours } from '../support/both-sides.ts';
import type { FormValues } from '../../../src/flows/types.ts';
import { startRig, type Rig, type RigOptions } from '../support/rig.ts';

/** Approves, and has somebody act as soon as Entra holds the new network: before Mist's first write to the router. */
async function approvedAndMoved(
  act: (rig: Rig) => void,
  options: RigOptions = {},
  values: FormValues = {},
): Promise<{ rig: Rig; id: string }> {
  const rig = await startRig(options);
  const id = await ask(rig, { values });
  let done = false;
  rig.entra.onChange(() => {
    if (done) return;
    done = true;
    act(rig);
  });
  await rig.flows.approve(BEN, id);
  return { rig, id };
}

const editDevice = (rig: Rig): void =>
  rig.mist.portal.editDevice('Lyon', (body) => {
    body['bgp_config'] = { 'lan-peer': { via: 'lan', type: 'external', local_as: 65001, neighbors: {} } };
  });

describe('what the plan rests on moves after Entra was written and before the router is', () => {
  test('Entra is taken back, the approval is void, and the new plan stands with what is different', async () => {
    const { rig, id } = await approvedAndMoved(editDevice);
    await rig.until(id, 'void');
    expect(ours(rig)).toEqual({
      networks: [],
      links: [],
      profiles: [],
      applications: [],
      connectors: [],
      groups: [],
      routingPolicies: [],
      policies: [],
    });
    const old = await viewOf(rig, id);
    expect(old.reason).toContain('What was done is undone. The new plan is posted for a new approval.');
    const anew = await viewOf(rig, `${id}-again`);
    expect(anew).toMatchObject({ state: 'Plan', canApprove: true, approvals: [] });
    expect(anew.changes?.join('\n')).toContain('bgp_config.lan-peer was added');
    expect(anew.blastRadius.join()).toContain('other site(s) use it');
    expect(await rig.store.ledger.live()).toEqual([]);
    await rig.flows.approve(BEN, `${id}-again`);
    await rig.until(`${id}-again`, 'onboarded');
    expect(Object.keys(deviceOf(rig).body['bgp_config'] as object)).toContain('lan-peer');
  });

  test('the address of the port that the tunnel leaves through counts as well', async () => {
    const { rig, id } = await approvedAndMoved((r) =>
      r.mist.portal.editDevice('Lyon', (body) => {
        const ports = (body['port_config'] ?? {}) as Record<string, object>;
        body['port_config'] = { ...ports, 'ge-0/0/9': { usage: 'lan', networks: ['Lab'] } };
      }),
    );
    await rig.until(id, 'void');
    expect(ours(rig).networks).toEqual([]);
  });

  test('nothing of what others have there is touched', async () => {
    const { rig, id } = await approvedAndMoved(editDevice);
    await rig.until(id, 'void');
    const before = configuration(rig);
    expect(JSON.stringify(before)).toContain('lan-peer');
    expect(JSON.stringify(before)).not.toContain('mssse-');
  });

  test('in the same change window, or not at all where that is closed by then', async () => {
    const open = await approvedAndMoved(editDevice, {}, { window: 'in 0s' });
    await open.rig.until(open.id, 'void');
    const [old, anew] = [
      await open.rig.store.requests.get(open.id),
      await open.rig.store.requests.get(`${open.id}-again`),
    ];
    expect(anew).toMatchObject({ opensAt: old?.opensAt, expiresAt: old?.expiresAt });

    const closed = await approvedAndMoved(
      (rig) => {
        editDevice(rig);
        rig.clock.aheadMs = 5 * 3_600_000;
      },
      {},
      { window: 'in 0s' },
    );
    await closed.rig.until(closed.id, 'void');
    expect((await viewOf(closed.rig, closed.id)).reason).toContain('Ask again for a plan');
    expect(await closed.rig.store.requests.get(`${closed.id}-again`)).toBeUndefined();
    expect(ours(closed.rig).networks).toEqual([]);
  });
});
