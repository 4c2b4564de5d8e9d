import { describe, expect, test } from 'vitest';
import type { Fault, FaultAction } from '../../../sandbox/http/faults.ts';
import { createVendorPause } from '../../../src/base/vendor-pause.ts';
import type { Entra } from '../../../src/integrations/entra/types.ts';
import { lyonLink } from './links.ts';
import { failureOf, withSim, type SimRig } from './rig.ts';

const UNAVAILABLE: FaultAction = { kind: 'answer', status: 503 };
const LIMITED: FaultAction = { kind: 'answer', status: 429, headers: { 'retry-after': '0' } };

/** Longer than a healthy answer of a loaded machine, shorter than a planted delay. */
const PATIENCE = { timeoutMs: 1_500 };
const TOO_LATE = 4_000;

const OUTAGES: readonly [string, Omit<Fault, 'id'>, string][] = [
  ['429', { action: LIMITED }, 'rate-limited'],
  ['503', { action: UNAVAILABLE }, 'unavailable'],
  ['500', { action: { kind: 'answer', status: 500, body: 'oops' } }, 'unavailable'],
  ['a reset', { action: { kind: 'reset-before' } }, 'network'],
  ['a timeout', { action: { kind: 'slow' }, delayMs: TOO_LATE }, 'timeout'],
  ['half a body', { action: { kind: 'answer', status: 200, body: '{"value": [' } }, 'bad-response'],
  ['another body', { action: { kind: 'answer', status: 200, body: '{"ok": true}' } }, 'bad-response'],
];

describe('a read', () => {
  test.each(OUTAGES)('is sent again after %s', async (_name, fault) => {
    const { entra, sim, graphCalls, events } = await withSim(PATIENCE);
    sim.faults.plant({ ...fault, path: 'forwardingProfiles' });
    expect(await entra.forwardingProfiles()).toHaveLength(3);
    expect(graphCalls()).toHaveLength(2);
    expect(events.map((event) => event.attempt)).toEqual([1, 2]);
  });

  test.each(OUTAGES.filter(([name]) => name !== 'a timeout'))(
    'gives up after three times %s',
    async (_name, fault, kind) => {
      const { entra, sim, graphCalls } = await withSim(PATIENCE);
      sim.faults.plant({ ...fault, path: 'forwardingProfiles', times: -1 });
      const failure = await failureOf(entra.forwardingProfiles());
      expect(failure).toMatchObject({ system: 'entra', kind, retryable: true, uncertain: false });
      expect(graphCalls()).toHaveLength(3);
    },
  );

  test('waits no longer than is reasonable: a long Retry-After goes back to the caller', async () => {
    const { entra, sim, graphCalls } = await withSim();
    const headers = { 'retry-after': '120' };
    sim.faults.plant({ path: 'tenantStatus', times: -1, action: { kind: 'answer', status: 429, headers } });
    const failure = await failureOf(entra.tenantStatus());
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 120_000, status: 429 });
    expect(graphCalls()).toHaveLength(1);
  });

  test('is not sent while Graph asked for patience, in whichever process that was', async () => {
    const pause = createVendorPause();
    const { entra, sim, graphCalls } = await withSim({ pause });
    const headers = { 'retry-after': '120' };
    sim.faults.plant({ path: 'tenantStatus', action: { kind: 'answer', status: 429, headers } });
    await failureOf(entra.tenantStatus());
    expect(pause.leftMs()).toBeGreaterThan(100_000);
    const { entra: elsewhere, graphCalls: callsElsewhere } = await withSim({ pause });
    for (const call of [entra.tenantStatus(), elsewhere.createDeviceLink('n', lyonLink())]) {
      const failure = await failureOf(call);
      expect(failure).toMatchObject({ kind: 'rate-limited', retryable: true, uncertain: false });
      expect(failure.retryAfterMs).toBeGreaterThan(100_000);
    }
    expect([graphCalls().length, callsElsewhere().length]).toEqual([1, 0]);
  });

  test.each([
    [400, 'rejected'],
    [404, 'not-found'],
    [409, 'conflict'],
    [412, 'conflict'],
  ])('is not sent again after %i', async (status, kind) => {
    const { entra, sim, graphCalls } = await withSim();
    sim.faults.plant({ path: 'tenantStatus', times: -1, action: { kind: 'answer', status } });
    expect(await failureOf(entra.tenantStatus())).toMatchObject({ kind, retryable: false });
    expect(graphCalls()).toHaveLength(1);
  });
});

const CREATIONS: readonly [string, string, (entra: Entra, networkId: string) => Promise<unknown>][] = [
  [
    'a remote network',
    'remoteNetworks$',
    (entra) => entra.createRemoteNetwork({ name: 'Lyon', region: 'franceCentral', profileIds: [] }),
  ],
  ['a device link', 'deviceLinks$', (entra, id) => entra.createDeviceLink(id, lyonLink())],
];

describe.each(CREATIONS)('the creation of %s', (_what, path, create) => {
  async function rig(): Promise<SimRig & { id: string; posts: () => number }> {
    const started = await withSim(PATIENCE);
    const { id } = started.sim.store.addNetwork('other', 'franceCentral');
    return {
      ...started,
      id,
      posts: () => started.graphCalls().filter((call) => call.method === 'POST').length,
    };
  }

  const LOST: readonly [string, Omit<Fault, 'id'>, string][] = [
    ['503', { action: UNAVAILABLE }, 'unavailable'],
    ['500 after it was carried out', { action: { kind: 'answer-after', status: 500 } }, 'unavailable'],
    ['a reset before', { action: { kind: 'reset-before' } }, 'network'],
    ['a reset after', { action: { kind: 'reset-after' } }, 'network'],
    ['a timeout', { action: { kind: 'slow' }, delayMs: TOO_LATE }, 'timeout'],
    [
      'an answer that is not JSON',
      { action: { kind: 'answer-after', status: 201, body: '<html>' } },
      'bad-response',
    ],
    [
      'a redirect',
      { action: { kind: 'answer', status: 307, headers: { location: '/elsewhere' } } },
      'bad-response',
    ],
  ];
  test.each(LOST)('is sent once and uncertain after %s', async (_name, fault, kind) => {
    const { entra, sim, id, posts } = await rig();
    sim.faults.plant({ ...fault, method: 'POST', path, times: -1 });
    const failure = await failureOf(create(entra, id));
    expect(failure).toMatchObject({ kind, uncertain: true, retryable: true });
    expect(failure.hint).toContain('looked up');
    expect(posts()).toBe(1);
  });

  test('is sent again after 429, which refuses before anything is done', async () => {
    const { entra, sim, id, posts } = await rig();
    sim.faults.plant({
      method: 'POST',
      path,
      action: { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
    });
    await create(entra, id);
    expect(posts()).toBe(2);
    expect(sim.store.networks.size + sim.store.links.size).toBe(2);
  });

  test('that stays limited ends certain, so that it may be planned again', async () => {
    const { entra, sim, id, posts } = await rig();
    sim.faults.plant({ method: 'POST', path, times: -1, action: LIMITED });
    expect(await failureOf(create(entra, id))).toMatchObject({ kind: 'rate-limited', uncertain: false });
    expect(posts()).toBe(3);
  });

  test.each([400, 401, 403, 409])('is sent once and certain after %i', async (status) => {
    const { entra, sim, id, posts } = await rig();
    sim.faults.plant({ method: 'POST', path, times: -1, action: { kind: 'answer', status } });
    expect(await failureOf(create(entra, id))).toMatchObject({ status, uncertain: false, retryable: false });
    expect(posts()).toBe(1);
  });
});

describe('a removal and a list of profiles', () => {
  test.each([
    ['429', LIMITED],
    ['503', UNAVAILABLE],
  ])('are sent again after %s', async (_name, action) => {
    const { entra, sim, graphCalls } = await withSim();
    const { network, links } = sim.store.seedForeignNetwork({ name: 'Lyon' });
    const m365 = sim.store.profile('m365').id;
    sim.faults.plant({ method: 'PATCH', action });
    await entra.setNetworkProfiles(network.id, [m365]);
    sim.faults.plant({ method: 'DELETE', action });
    await entra.deleteDeviceLink(network.id, links[0]!.resource.id);
    expect(sim.store.profilesOf(network.id).map((one) => one.id)).toEqual([m365]);
    expect(sim.store.linksOf(network.id)).toEqual([]);
    expect(graphCalls().map((call) => call.method)).toEqual(['PATCH', 'PATCH', 'DELETE', 'DELETE']);
  });

  test('count a 404 after a 503 as removed: the first one had worked', async () => {
    const { entra, sim } = await withSim();
    const { network } = sim.store.seedForeignNetwork({ name: 'Lyon' });
    sim.faults.plant({ method: 'DELETE', action: { kind: 'answer-after', status: 503 } });
    await entra.deleteRemoteNetwork(network.id);
    expect(sim.store.networks.size).toBe(0);
  });

  test('are left to the caller, as uncertain, where the connection was lost', async () => {
    const { entra, sim, graphCalls } = await withSim();
    const { network } = sim.store.seedForeignNetwork({ name: 'Lyon' });
    sim.faults.plant({ method: 'DELETE', times: -1, action: { kind: 'reset-after' } });
    const failure = await failureOf(entra.deleteRemoteNetwork(network.id));
    expect(failure).toMatchObject({ kind: 'network', uncertain: true });
    expect(graphCalls()).toHaveLength(1);
  });
});

describe('stopping', () => {
  test('ends a read at once, and it is not sent again', async () => {
    const stop = new AbortController();
    const { entra, sim, graphCalls } = await withSim({ signal: stop.signal });
    await entra.checkAccess();
    sim.faults.plant({ times: -1, action: { kind: 'slow' }, delayMs: 10_000 });
    const call = failureOf(entra.tenantStatus());
    while (graphCalls().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await call).toMatchObject({ kind: 'network', uncertain: false });
    expect(graphCalls()).toHaveLength(1);
  });

  test('ends the wait for the next try with the failure that was met', async () => {
    const stop = new AbortController();
    const { entra, sim, events } = await withSim({ signal: stop.signal });
    const headers = { 'retry-after': '9' };
    sim.faults.plant({ path: 'tenantStatus', action: { kind: 'answer', status: 429, headers } });
    const call = failureOf(entra.tenantStatus());
    while (!events.some((one) => one.status === 429)) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await call).toMatchObject({ kind: 'rate-limited' });
  });

  test('leaves a write under way uncertain', async () => {
    const stop = new AbortController();
    const { entra, sim, graphCalls } = await withSim({ signal: stop.signal });
    const { id } = sim.store.addNetwork('Lyon', 'franceCentral');
    sim.faults.plant({ method: 'POST', path: 'deviceLinks', action: { kind: 'slow' }, delayMs: 10_000 });
    const call = failureOf(entra.createDeviceLink(id, lyonLink()));
    while (graphCalls().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await call).toMatchObject({ uncertain: true });
  });
});

test('a creation that never left the machine is certain', async () => {
  const { entra, sim } = await withSim();
  await entra.checkAccess();
  await sim.close();
  const failure = await failureOf(
    entra.createRemoteNetwork({ name: 'Lyon', region: 'franceCentral', profileIds: [] }),
  );
  expect(failure).toMatchObject({ kind: 'network', uncertain: false });
  expect(failure.hint).toContain('ECONNREFUSED');
});
