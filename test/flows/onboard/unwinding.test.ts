import { describe, expect, test } from 'vitest';
import type { Option } from '../../../src/design/types.ts';
import { ask, askAndApprove, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, ours } from '../support/both-sides.ts';
import { eventually, startRig, type Rig } from '../support/rig.ts';
import { LASTING, runOutOfTime, secondLookNow } from '../support/waiting.ts';

const CASES = (['replace', 'merge'] as const).flatMap((merge) =>
  (
    [
      ['Lyon', 'dual-wan-zone-redundant'],
      ['Geneva', 'dual-wan'],
      ['Paris', 'single-wan-zone-redundant'],
      ['Nice', 'single-wan'],
    ] as const
  ).map(([site, option]) => ({ merge, site, option })),
);

/** Refuses the cutover, the last write: everything before it is undone. */
function refuseCutover(rig: Rig): void {
  rig.mist.faults.plant({
    method: 'PUT',
    path: '/devices/[^/]+$',
    skip: 1,
    action: { kind: 'answer', status: 400, body: '{"detail":"no"}' },
  });
}

async function rolledBack(rig: Rig, site: string, option: Option): Promise<string> {
  const id = await ask(rig, { site, option });
  refuseCutover(rig);
  await rig.flows.approve(BEN, id);
  await rig.until(id, 'rolled-back');
  return id;
}

describe('unwinding leaves foreign configuration as it was', () => {
  test.each(CASES)('$site, $option, Mist would $merge', async ({ merge, site, option }) => {
    const rig = await startRig({ mist: { hypotheses: { merge } } });
    rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2, profile: 'm365' });
    const before = configuration(rig);
    const running = structuredClone(deviceOf(rig, site).running.keys);
    const id = await rolledBack(rig, site, option);
    expect(configuration(rig)).toEqual(before);
    await eventually(() => !deviceOf(rig, site).pending);
    expect(deviceOf(rig, site).running.keys['tunnel_configs']).toEqual(running['tunnel_configs']);
    expect(await rig.store.ledger.live()).toEqual([]);
    expect(await viewOf(rig, id)).toMatchObject({ state: 'Rolled back', left: [] });
  });

  test('keys that were inherited are inherited again, own ones stay own', async () => {
    const rig = await startRig();
    await rolledBack(rig, 'Paris', 'single-wan');
    const { body } = deviceOf(rig, 'Paris');
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['tunnel_configs', 'routing_policies']));
    expect(Object.keys(body)).not.toContain('bgp_config');
    expect(Object.keys(body)).not.toContain('service_policies');
    const removed = rig.mist.calls
      .filter((c) => c.method === 'PUT')
      .flatMap((c) => Object.keys(JSON.parse(c.requestBody) as object))
      .filter((key) => key.startsWith('-'));
    expect(removed).toEqual(['-bgp_config']);
  });

  test("somebody's edit in the middle of the run survives, and the key stays the router's own", async () => {
    const rig = await startRig({ timing: { endpointMs: 1 } });
    const id = await ask(rig);
    refuseCutover(rig);
    rig.mist.onChange(() => {
      const own = deviceOf(rig).body['bgp_config'] as Record<string, unknown> | undefined;
      if (own && !('lan-peer' in own)) own['lan-peer'] = { via: 'lan', type: 'external', local_as: 65001 };
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    const { body } = deviceOf(rig);
    expect(Object.keys(body['bgp_config'] as object).toSorted()).toEqual(['dc-backup', 'lan-peer']);
    expect(body).not.toHaveProperty('tunnel_configs');
  });

  test('an edit of the template in the middle leaves a copy of the old one, which is named as own', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    refuseCutover(rig);
    let edited = false;
    rig.mist.onChange(() => {
      if (edited || deviceOf(rig).body['bgp_config'] === undefined) return;
      edited = true;
      rig.mist.portal.editTemplate('Branch-Std', (body) => {
        body['bgp_config'] = { ...(body['bgp_config'] as object), newer: { via: 'lan', local_as: 65002 } };
      });
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect(Object.keys(deviceOf(rig).body['bgp_config'] as object)).toEqual(['dc-backup']);
    expect(ours(rig)).toMatchObject({ connectors: [], groups: [], routingPolicies: [], policies: [] });
  });
});

describe('what is not ours to remove', () => {
  test('a remote network into which somebody put a link stays and is named; then retry', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    const [network] = rig.entra.store.networks.values();
    const [link] = rig.entra.store.linksOf(network!.id);
    const { id: _id, ...resource } = link!.resource;
    const foreign = rig.entra.store.addLink(network!.id, { ...resource, name: 'by-hand' }).resource.id;
    await rig.flows.rollBack(BEN, id);
    await rig.until(id, 'running');
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.left.join()).toContain('remote network Lyon: it holds 1 link(s) that are not ours');
    expect(view.failure?.code).toBe('flow.left_behind');
    expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: [], connectors: [] });
    expect([...rig.entra.store.links.values()].map((l) => l.resource.name)).toEqual(['by-hand']);
    rig.entra.store.links.delete(foreign);
    expect((await rig.flows.retry(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'rolled-back');
    expect(rig.entra.store.networks.size).toBe(0);
  });

  test('an application that was there before stays', async () => {
    const rig = await startRig();
    rig.mist.portal.addService({
      name: 'Microsoft-SSE',
      type: 'custom',
      addresses: ['0.0.0.0/1', '128.0.0.0/1'],
      specs: [{ protocol: 'any' }],
    });
    const before = configuration(rig);
    await rolledBack(rig, 'Lyon', 'single-wan');
    expect(configuration(rig)).toEqual(before);
  });

  test('an application that another site uses by now stays for it', async () => {
    const rig = await startRig({ settings: LASTING });
    const first = await askAndApprove(rig);
    await rig.until(first, 'onboarded');
    const second = await askAndApprove(rig, { site: 'Porto' });
    await rig.until(second, 'onboarded');
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await secondLookNow(rig, first);
    await rig.until(first, 'needs-decision');
    await rig.flows.rollBack(BEN, first);
    await rig.until(first, 'rolled-back');
    expect(ours(rig, 'Lyon')).toMatchObject({
      networks: [],
      connectors: [],
      applications: ['Microsoft-SSE'],
    });
    expect(ours(rig, 'Porto').policies).toEqual(['microsoft-sse']);
  });

  test('an application that a kept run still needs stays for it', async () => {
    const rig = await startRig({ settings: LASTING });
    const first = await askAndApprove(rig, { site: 'Porto' });
    await rig.until(first, 'onboarded');
    const second = await ask(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, second);
    rig.mist.portal.setWanUp('Porto', 'wan0', false);
    await runOutOfTime(rig, second, 'verify.tunnels', /is down/);
    await secondLookNow(rig, first);
    await rig.until(first, 'needs-decision');
    await rig.until(second, 'needs-decision');
    expect((await rig.flows.keep(BEN, second)).kind).toBe('accepted');
    expect((await rig.flows.rollBack(BEN, first)).kind).toBe('accepted');
    await rig.until(first, 'rolled-back');
    expect(ours(rig, 'Porto')).toMatchObject({
      networks: [],
      connectors: [],
      applications: ['Microsoft-SSE'],
    });
  });

  test('what somebody has removed by hand already is no trouble', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.portal.setWanUp('Lyon', 'wan0', false);
    await rig.flows.approve(BEN, id);
    await runOutOfTime(rig, id, 'verify.tunnels', /is down/);
    await rig.until(id, 'needs-decision');
    const [network] = rig.entra.store.networks.values();
    rig.entra.store.removeNetwork(network!.id);
    const [application] = [...rig.mist.store.services.values()].filter((s) => s['name'] === 'Microsoft-SSE');
    rig.mist.store.services.delete(String(application?.['id']));
    rig.mist.portal.editDevice('Lyon', (body) => {
      for (const key of ['tunnel_configs', 'bgp_config', 'routing_policies']) delete body[key];
    });
    await rig.flows.rollBack(BEN, id);
    await rig.until(id, 'rolled-back');
    expect(await rig.store.ledger.live()).toEqual([]);
  });
});

describe('what Entra shows late', () => {
  test('a link that was made and is not listed yet is waited for, and taken out', async () => {
    let late = 3;
    const rig = await startRig({
      wrapEntra: (entra) => ({
        ...entra,
        async remoteNetwork(id) {
          const network = await entra.remoteNetwork(id);
          late -= 1;
          return network && late > 0 ? { ...network, links: [] } : network;
        },
      }),
    });
    const refusal = { kind: 'answer', status: 400, body: '{"error":{"code":"BadRequest"}}' } as const;
    rig.entra.faults.plant({ method: 'POST', path: '/deviceLinks$', skip: 1, action: refusal });
    const id = await askAndApprove(rig, { option: 'dual-wan' });
    await rig.until(id, 'rolled-back');
    expect(ours(rig)).toMatchObject({ networks: [], links: [], applications: [] });
    expect(await rig.store.ledger.live()).toEqual([]);
    expect(late).toBeLessThanOrEqual(0);
  });
});

describe('refusals on the way', () => {
  const refusal = (path: string, method: string) => ({
    method,
    path,
    action: { kind: 'answer', status: 400, body: '{"error":{"code":"BadRequest","message":"no"}}' } as const,
  });

  test.each([
    ['entra', 'POST', '/remoteNetworks$'],
    ['entra', 'POST', '/deviceLinks$'],
    ['mist', 'POST', '/services$'],
    ['mist', 'PUT', '/devices/[^/]+$'],
  ] as const)('%s %s %s: nothing is left behind', async (system, method, path) => {
    const rig = await startRig();
    const id = await ask(rig, { option: 'dual-wan' });
    const before = configuration(rig);
    rig[system].faults.plant(refusal(path, method));
    await rig.flows.approve(BEN, id);
    const state = await rig.until(id, 'rolled-back', 'failed');
    expect(configuration(rig)).toEqual(before);
    expect(await rig.store.ledger.live()).toEqual([]);
    expect(await rig.store.registry.all()).toEqual([]);
    // "Failed" where nothing had been done before, which only a refused first write can be.
    if (state === 'failed') expect(path).toMatch(/remoteNetworks|services/);
  });

  test('a configuration that the router refuses is taken out again', async () => {
    const rig = await startRig({ timing: { configApplyMs: 80 } });
    const id = await ask(rig);
    const before = configuration(rig);
    const [template] = [...rig.mist.store.templates.values()].filter((t) => t['name'] === 'Branch-Std');
    const preferences = template!['path_preferences'];
    // Mist took it; the router finds that it names a port which is not there.
    const paths = [{ type: 'wan', name: 'nobody' }];
    rig.entra.onChange(() => (template!['path_preferences'] = { direct: { strategy: 'ordered', paths } }));
    await rig.flows.approve(BEN, id);
    await eventually(() => rig.mist.store.events.some((e) => e['type'] === 'GW_CONFIG_FAILED'));
    template!['path_preferences'] = preferences;
    rig.entra.onChange(() => (template!['path_preferences'] = preferences));
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure?.code).toBe('mist.config_failed');
    expect(configuration(rig)).toEqual(before);
  });

  test("a link whose ASN is Microsoft's own stops before Mist", async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    rig.entra.faults.plant({
      method: 'GET',
      path: '/connectivityConfiguration',
      times: -1,
      action: { kind: 'answer', status: 200, body: JSON.stringify(sameAsn()) },
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.same_asn');
    expect(configuration(rig)).toEqual(before);
    expect(rig.mist.calls.filter((c) => c.method === 'PUT')).toEqual([]);
  });
});

function sameAsn(): object {
  const end = { endpoint: '20.241.0.1', asn: 65000, bgpAddress: '10.99.96.2', region: 'franceSouth' };
  return {
    value: [],
    remoteNetworkName: 'Lyon',
    links: [
      {
        id: 'any',
        displayName: 'Lyon-wan0',
        localConfigurations: [end],
        peerConfiguration: { endpoint: '203.0.113.10', asn: 65000, bgpAddress: '10.99.96.1' },
      },
    ],
  };
}
