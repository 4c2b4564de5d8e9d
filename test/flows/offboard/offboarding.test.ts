import { describe, expect, test } from 'vitest';
import { ANNA, askAndApprove, BEN, failureOf, valueOf, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours, writes } from '../support/both-sides.ts';
import { CHANNEL, eventually, startRig, type Rig } from '../support/rig.ts';

const NOTHING = {
  networks: [],
  links: [],
  profiles: [],
  applications: [],
  connectors: [],
  groups: [],
  routingPolicies: [],
  policies: [],
};

/** A rig with Lyon connected, and what both sides held before that. */
async function connected(
  options: Parameters<typeof startRig>[0] = {},
  wish: Parameters<typeof askAndApprove>[1] = {},
) {
  const rig = await startRig(options);
  const before = configuration(rig);
  const id = await askAndApprove(rig, wish);
  await rig.until(id, 'onboarded');
  return { rig, before, onboarding: id };
}

async function askOffboard(rig: Rig, site = 'Lyon'): Promise<string> {
  const where = { site: { id: rig.site(site), name: site }, channel: CHANNEL };
  return valueOf(await rig.flows.offboard(ANNA, where)).requestId;
}

function linkOf(rig: Rig) {
  return [...rig.entra.store.links.values()].find((l) => l.resource.name === 'Lyon-wan0')!;
}

async function offboard(rig: Rig): Promise<string> {
  const id = await askOffboard(rig);
  expect(await rig.flows.approve(BEN, id)).toMatchObject({ kind: 'accepted' });
  return id;
}

describe('a connected site is taken back', () => {
  test('the plan names each object with its recorded ID and says where the traffic goes', async () => {
    const { rig } = await connected();
    const view = await viewOf(rig, await askOffboard(rig));
    expect(view).toMatchObject({ state: 'Plan', verb: 'offboard', canApprove: true, canEdit: false });
    const network = [...rig.entra.store.networks.values()].find((n) => n.name === 'Lyon')!;
    const lines = view.plan.flatMap((op) => op.before);
    expect(lines).toEqual([
      '- application policy microsoft-sse',
      '- BGP group mssse-wan0',
      '- connector mssse-wan0',
      '- routing policy mssse-out',
      '- routing policy mssse-in',
      '- application Microsoft-SSE: no template, device or policy refers to it',
      '- traffic profiles Microsoft traffic profile',
      expect.stringContaining('- device link Lyon-wan0'),
      `- remote network Lyon (${network.id})`,
    ]);
    expect(view.blastRadius.join(' ')).toContain('local breakout');
  });

  test('in the safe order, to exactly what was there before, with ranges and the fleet free again', async () => {
    const { rig, before } = await connected();
    const calls = writes(rig).length;
    const id = await offboard(rig);
    expect(await rig.until(id, 'offboarded', 'needs-decision')).toBe('offboarded');
    expect(writes(rig).slice(calls)).toEqual([
      expect.stringMatching(/^mist PUT/),
      expect.stringMatching(/^mist PUT/),
      expect.stringMatching(/^mist DELETE/),
      expect.stringMatching(/^entra PATCH forwardingProfiles/),
      expect.stringMatching(/^entra DELETE/),
      expect.stringMatching(/^entra DELETE/),
    ]);
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.ledger.live()).toEqual([]);
    expect(await rig.store.registry.all()).toEqual([]);
    expect(await rig.store.sites.all()).toEqual([]);
    const view = await viewOf(rig, id);
    expect(view.state).toBe('Offboarded');
    expect(view.outcome.join(' ')).toContain('Proof of absence');
    expect(failureOf(await rig.flows.status(rig.site('Lyon'))).code).toBe('flow.site_not_connected');
  });

  test('with two links, zones and an own key of the router, foreign entries stay as they are', async () => {
    const { rig, before } = await connected(
      {},
      { option: 'dual-wan-zone-redundant', values: { range_a: '10.99.99.0/29', range_b: '10.99.100.0/29' } },
    );
    const id = await offboard(rig);
    expect(await rig.until(id, 'offboarded', 'needs-decision')).toBe('offboarded');
    expect(configuration(rig)).toEqual(before);
  });

  test('a site can be connected again afterwards', async () => {
    const { rig } = await connected();
    await rig.until(await offboard(rig), 'offboarded');
    const again = await askAndApprove(rig);
    await rig.until(again, 'onboarded');
    expect(ours(rig).networks).toEqual(['Lyon']);
  });

  test('its second look that was still to come is called off and the earlier card stays as it was', async () => {
    const { rig, onboarding } = await connected({ settings: { rekeyCheckMs: 600_000 } });
    await rig.until(await offboard(rig), 'offboarded');
    expect((await rig.store.requests.get(onboarding))?.state).toBe('onboarded');
    expect(await rig.store.runs.unfinished()).toEqual([]);
  });
});

describe('what is in the way', () => {
  test('links that are not ours: the plan cannot be approved', async () => {
    const { rig } = await connected();
    const network = [...rig.entra.store.networks.values()].find((n) => n.name === 'Lyon')!;
    const { id: _id, ...link } = linkOf(rig).resource;
    rig.entra.store.addLink(network.id, { ...link, name: 'by-hand' } as never);
    const view = await viewOf(rig, await askOffboard(rig));
    expect(view.canApprove).toBe(false);
    expect(view.preflight.find((i) => i.id === 'offboard.links')).toMatchObject({
      verdict: 'fail',
      seen: 'by-hand',
    });
  });

  test('a site that the bot has not connected, and a vendor that cannot be read, are said so', async () => {
    const { rig } = await connected();
    const paris = { site: { id: rig.site('Paris'), name: 'Paris' }, channel: CHANNEL };
    expect(failureOf(await rig.flows.offboard(ANNA, paris)).code).toBe('flow.site_not_connected');
    rig.entra.faults.plant({ path: '/remoteNetworks$', times: -1, action: { kind: 'answer', status: 403 } });
    const lyon = { site: { id: rig.site('Lyon'), name: 'Lyon' }, channel: CHANNEL };
    expect(failureOf(await rig.flows.offboard(ANNA, lyon)).code).toBe('entra.forbidden');
  });

  test('an edit after the approval makes it void before anything is removed', async () => {
    const { rig } = await connected();
    const id = await askOffboard(rig);
    rig.mist.portal.editDevice('Lyon', (body) => {
      (body['bgp_config'] as Record<string, unknown>)['by-hand'] = { type: 'external', via: 'lan' };
    });
    const before = configuration(rig);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'void');
    expect(configuration(rig)).toEqual(before);
    expect(await viewOf(rig, `${id}-again`)).toMatchObject({ verb: 'offboard', state: 'Plan' });
  });

  test('an offline router is waited for, and Entra is not touched before it is back', async () => {
    const { rig, before } = await connected();
    rig.mist.portal.setDeviceOnline('Lyon', false);
    const id = await offboard(rig);
    const wait = await eventually(async () =>
      (await viewOf(rig, id)).steps.find((s) => s.progress?.includes('is offline')),
    );
    expect(wait.progress).toContain("Microsoft's side stays");
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], policies: [] });
    rig.mist.portal.setDeviceOnline('Lyon', true);
    await rig.until(id, 'offboarded');
    expect(configuration(rig)).toEqual(before);
  });
});

describe('half-way', () => {
  test('a refusal in Mist: the card names what still stands, Roll back puts the policy back', async () => {
    const { rig } = await connected();
    const connectedState = configuration(rig);
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      skip: 1,
      times: 1,
      action: { kind: 'answer', status: 400 },
    });
    const id = await offboard(rig);
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.canRollBack).toBe(true);
    expect(view.left).toEqual(
      expect.arrayContaining([
        'connector mssse-wan0',
        'BGP group mssse-wan0',
        expect.stringMatching(/^remote network Lyon/),
      ]),
    );
    expect(view.left.join()).not.toContain('application policy');
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(configuration(rig)).toEqual(connectedState);
    expect((await rig.store.ledger.live()).map((r) => r.kind)).toContain('service-policy');
    expect((await rig.store.sites.all()).map((s) => s.name)).toEqual(['Lyon']);
  });

  test('a refusal in Entra after the router was cleaned: cannot be rolled back any more, Retry finishes it', async () => {
    const { rig, before } = await connected();
    rig.entra.faults.plant({
      method: 'DELETE',
      path: '/remoteNetworks/[^/]+$',
      action: { kind: 'answer', status: 400 },
    });
    const id = await offboard(rig);
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.canRollBack).toBe(false);
    expect(view.left).toEqual([expect.stringMatching(/^remote network Lyon/)]);
    expect(await rig.flows.rollBack(BEN, id)).toMatchObject({ kind: 'refused' });
    expect(deviceOf(rig).body['tunnel_configs']).toBeUndefined();
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'offboarded');
    expect(configuration(rig)).toEqual(before);
  });

  test('Roll back before Entra was touched puts connectors and application back as they were', async () => {
    const { rig } = await connected();
    const connectedState = ours(rig);
    rig.entra.faults.plant({
      method: 'GET',
      path: '/forwardingProfiles$',
      times: 30,
      action: { kind: 'answer', status: 403 },
    });
    const id = await offboard(rig);
    await rig.until(id, 'needs-decision');
    expect(ours(rig)).toMatchObject({ connectors: [], applications: [], networks: ['Lyon'] });
    rig.entra.faults.remove();
    expect((await rig.flows.rollBack(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(ours(rig)).toEqual(connectedState);
    await eventually(async () => {
      const status = await rig.flows.status(rig.site('Lyon'));
      return status.ok && status.value.tunnelsUp === 1 && status.value.neighborsUp === 1;
    });
  });

  test('Keep leaves it half-way and open: Retry finishes it later', async () => {
    const { rig, before } = await connected();
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      skip: 1,
      action: { kind: 'answer', status: 400 },
    });
    const id = await offboard(rig);
    await rig.until(id, 'needs-decision');
    expect((await rig.flows.keep(BEN, id)).kind).toBe('accepted');
    expect(await viewOf(rig, id)).toMatchObject({
      state: 'Needs decision',
      reason: expect.stringContaining('half-way'),
    });
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'offboarded');
    expect(configuration(rig)).toEqual(before);
  });
});

test('the application stays while another site uses it, and goes with the last one', async () => {
  const { rig, before } = await connected();
  const porto = await askAndApprove(rig, { site: 'Porto', values: { range_a: '10.99.97.0/29' } });
  await rig.until(porto, 'onboarded');
  const first = await offboard(rig);
  await rig.until(first, 'offboarded');
  expect(ours(rig).applications).toEqual(['Microsoft-SSE']);
  expect((await viewOf(rig, first)).blastRadius.join(' ')).toContain('site Porto refers to it');
  const second = await askOffboard(rig, 'Porto');
  await rig.flows.approve(BEN, second);
  await rig.until(second, 'offboarded');
  expect(ours(rig)).toEqual(NOTHING);
  expect(configuration(rig)).toEqual(before);
});
