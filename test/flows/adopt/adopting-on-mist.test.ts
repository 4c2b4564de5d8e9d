import { describe, expect, test } from 'vitest';
import { BEN, ask, askAndApprove, itemOf, viewOf, type Wish } from '../support/asking.ts';
import { startRig } from '../support/rig.ts';
import { bodyOf, buildDeviceByHand, buildPolicyByHand, devicePuts } from './hand-made-device.ts';
import { BY_HAND, buildByHand } from './hand-made.ts';

const SINGLE: Wish = { values: { range_a: BY_HAND.range_a } };
const DUAL: Wish = { option: 'dual-wan-zone-redundant', values: BY_HAND };
const PER_ZONE: Wish = {
  option: 'single-wan-zone-redundant',
  values: { ...BY_HAND, zone_topology: 'tunnel-per-zone' },
};

describe('a site that was built by hand on both sides', () => {
  test.each([
    ['one link', SINGLE],
    ['two links with two zones', DUAL],
    ['a tunnel for each zone', PER_ZONE],
  ])('is onboarded without a write to the device: %s', async (_what, wish) => {
    const rig = await startRig();
    const made = await buildByHand(rig, wish);
    await buildDeviceByHand(rig, made);
    await buildPolicyByHand(rig, made);
    const [before, puts] = [bodyOf(rig), devicePuts(rig)];
    const id = await ask(rig, wish);
    const { preflight } = await viewOf(rig, id);
    expect(itemOf(preflight, 'mist.names')).toMatchObject({
      verdict: 'pass',
      seen: 'exist as designed; used as they are',
    });
    expect(itemOf(preflight, 'mist.policy.name')).toMatchObject({
      verdict: 'pass',
      seen: 'exists as designed; used as it is',
    });
    const row = JSON.stringify(await rig.store.requests.get(id));
    expect(row).toContain('Use existing connectors, BGP groups and routing policies of');
    expect(row).toContain('Use existing policy microsoft-sse of');
    expect(row).toContain('Nothing is written to device');
    expect(row).not.toContain('typed-by-hand');
    expect(preflight.filter((item) => item.verdict === 'fail')).toEqual([]);
    expect((await rig.flows.approve(BEN, id)).kind).toBe('accepted');
    await rig.until(id, 'onboarded');
    expect(devicePuts(rig)).toBe(puts);
    expect(bodyOf(rig)).toEqual(before);
    const rows = (await rig.store.ledger.live(rig.site('Lyon'))).filter((r) => r.parentId !== undefined);
    const entries = rows.filter((r) => r.vendor === 'mist');
    expect(entries.length).toBeGreaterThanOrEqual(5);
    expect(entries.every((r) => r.adopted)).toBe(true);
  });

  test('without the policy gets the policy, and a roll-back takes nothing else', async () => {
    const rig = await startRig();
    const made = await buildByHand(rig, SINGLE);
    await buildDeviceByHand(rig, made);
    const [before, puts] = [bodyOf(rig), devicePuts(rig)];
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/',
      action: { kind: 'answer', status: 400, body: '{"detail":"no"}' },
      times: 1,
    });
    const failing = await askAndApprove(rig, SINGLE);
    await rig.until(failing, 'rolled-back');
    expect(devicePuts(rig)).toBe(puts + 1);
    expect(bodyOf(rig)).toEqual(before);
    expect(await rig.store.ledger.live(rig.site('Lyon'))).toEqual([]);
    expect((await viewOf(rig, failing)).left).toEqual([]);
    const again = await askAndApprove(rig, SINGLE);
    await rig.until(again, 'onboarded');
    expect(devicePuts(rig)).toBe(puts + 2);
  });

  test('that changes after the approval voids it, and nothing is written', async () => {
    const rig = await startRig({ start: false });
    const made = await buildByHand(rig, SINGLE);
    await buildDeviceByHand(rig, made);
    const id = await askAndApprove(rig, SINGLE);
    await buildDeviceByHand(rig, made, (keys) => {
      for (const group of Object.values(keys['bgp_config'] ?? {})) group['local_as'] = 65001;
    });
    const puts = devicePuts(rig);
    await rig.flows.start();
    await rig.until(id, 'void');
    expect(devicePuts(rig)).toBe(puts);
  });
});

describe('connectors of our names that are not as designed', () => {
  test.each<[string, string, (entry: Record<string, unknown>) => void, string]>([
    ['another key', 'tunnel_configs', (entry) => (entry['psk'] = 'quite-another-one'), '.psk'],
    [
      'another endpoint',
      'tunnel_configs',
      (entry) => (entry['primary'] = { ...(entry['primary'] as object), hosts: ['192.0.2.77'] }),
      '.primary.hosts',
    ],
    ['another AS number', 'bgp_config', (entry) => (entry['local_as'] = 65001), '.local_as'],
    ['a member that we do not write', 'bgp_config', (entry) => (entry['hold_time'] = 9), '.hold_time'],
    ['other terms', 'routing_policies', (entry) => (entry['terms'] = []), '.terms'],
  ])('are refused with the path: %s', async (_what, key, change, path) => {
    const rig = await startRig({ start: false });
    const made = await buildByHand(rig, SINGLE);
    let name = '';
    await buildDeviceByHand(rig, made, (keys) => {
      const ours = Object.keys(keys[key] ?? {}).find((n) => n.startsWith('mssse-')) ?? '';
      name = ours;
      change(keys[key]?.[ours] ?? {});
    });
    const view = await viewOf(rig, await ask(rig, SINGLE));
    const item = itemOf(view.preflight, 'mist.names');
    expect(item).toMatchObject({ verdict: 'fail', seen: `exist and differ in ${key}.${name}${path}` });
    expect(JSON.stringify(view)).not.toMatch(/quite-another-one|typed-by-hand/);
    expect((await rig.flows.approve(BEN, view.id)).kind).not.toBe('accepted');
  });

  test('are refused where only a part of them exists', async () => {
    const rig = await startRig({ start: false });
    const made = await buildByHand(rig, SINGLE);
    await buildDeviceByHand(rig, made, (keys) => delete keys['bgp_config']);
    const view = await viewOf(rig, await ask(rig, SINGLE));
    expect(itemOf(view.preflight, 'mist.names')).toMatchObject({
      verdict: 'fail',
      seen: expect.stringMatching(/^a part exists: tunnel_configs: mssse-/) as string,
    });
  });

  test('are unknown, and block, where the connectivity cannot be read', async () => {
    const rig = await startRig({ start: false });
    const made = await buildByHand(rig, SINGLE);
    await buildDeviceByHand(rig, made);
    rig.entra.faults.plant({
      method: 'GET',
      path: '/connectivityConfiguration',
      times: -1,
      action: { kind: 'answer', status: 403 },
    });
    const view = await viewOf(rig, await ask(rig, SINGLE));
    expect(itemOf(view.preflight, 'mist.names').verdict).toBe('unknown');
    expect((await rig.flows.approve(BEN, view.id)).kind).not.toBe('accepted');
  });
});

test('a policy of our name that stands below a rule that wins over it is refused', async () => {
  const rig = await startRig({ start: false });
  const made = await buildByHand(rig, SINGLE);
  await buildDeviceByHand(rig, made);
  await buildPolicyByHand(rig, made, 99);
  const view = await viewOf(rig, await ask(rig, SINGLE));
  expect(itemOf(view.preflight, 'mist.policy.name')).toMatchObject({
    verdict: 'fail',
    seen: 'exists as designed, but not where it has to stand',
  });
});
