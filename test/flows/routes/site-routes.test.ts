import { createRetention } from '../../../src/flows/retention.ts';
import { describe, expect, test } from 'vitest';
import { askAndApprove, failureOf, valueOf, type Wish } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

async function connected(wish: Wish = {}): Promise<Rig> {
  const rig = await startRig();
  await rig.until(await askAndApprove(rig, wish), 'onboarded');
  return rig;
}

const read = async (rig: Rig, site = 'Lyon') => valueOf(await rig.flows.routes(rig.site(site)));

describe('the routes of a site', () => {
  test('of several neighbors on both nodes are as promised, and nothing changes between two readings', async () => {
    const rig = await connected({ site: 'Geneva', option: 'dual-wan-zone-redundant' });
    const first = await read(rig, 'Geneva');
    expect(first).toMatchObject({ total: 25, expected: 25, missing: [], unexpected: [], end: 'counted' });
    expect(first.byNeighbor.map(({ count }) => count)).toEqual([25, 25, 25, 25]);
    expect(first.change).toBeUndefined();
    rig.clock.aheadMs = 60_000;
    expect((await read(rig, 'Geneva')).change).toMatchObject({ added: [], removed: [] });
  });

  test('that Microsoft no longer announces are gone, and missing', async () => {
    const rig = await connected();
    await read(rig);
    rig.mist.portal.editDevice('Lyon', (body) => {
      const policies = body['routing_policies'] as Record<string, { terms: object[] }>;
      policies['mssse-in']?.terms.unshift({
        matching: { prefix: ['13.107.6.152/31'] },
        actions: { accept: false },
      });
    });
    rig.clock.aheadMs = 60_000;
    await expect
      .poll(async () => (await read(rig)).missing, { timeout: 30_000 })
      .toEqual(['13.107.6.152/31']);
  });

  test('of a site that the bot did not build are read from its configuration', async () => {
    const rig = await connected();
    await rig.store.sites.remove(rig.site('Lyon'));
    expect(await read(rig)).toMatchObject({ total: 25, expected: 25, missing: [] });
  });

  test('of a router that is away, or silent, are unknown and not none', async () => {
    const rig = await connected();
    const never = { kind: 'answer', status: 200, body: '{"session":"never"}' } as const;
    rig.mist.faults.plant({ path: '/show_route$', times: -1, action: never });
    expect(failureOf(await rig.flows.routes(rig.site('Lyon')))).toMatchObject({ code: 'flow.router_silent' });
    rig.mist.portal.setDeviceOnline('Lyon', false);
    expect(failureOf(await rig.flows.routes(rig.site('Lyon')))).toMatchObject({
      code: 'flow.router_offline',
    });
  });

  test('of a site without Microsoft SSE are refused in plain words', async () => {
    const rig = await startRig();
    expect(failureOf(await rig.flows.routes(rig.site('Porto'))).hint).toContain('no Microsoft SSE');
  });

  test('are kept one by one for thirty days, and the last of each hour for a year', async () => {
    const rig = await connected();
    await read(rig);
    const site = rig.site('Lyon');
    const prune = createRetention(rig.parts);
    rig.clock.aheadMs = 300 * 86_400_000;
    await prune();
    expect(await rig.store.observations.latest(site, 'routes')).toBeDefined();
    rig.clock.aheadMs = 400 * 86_400_000;
    await prune();
    expect(await rig.store.observations.latest(site, 'routes')).toBeUndefined();
  });
});
