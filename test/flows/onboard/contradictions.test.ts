import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../sandbox/http/faults.ts';
import { ask, BEN } from '../support/asking.ts';
import { deviceOf, ours } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

const HTML = '<!doctype html><title>Sign in</title>';
const OTHER = '{"id":"00000000-0000-4000-8000-00000000beef","name":"Somebody else"}';

type Odd = Omit<Fault, 'id'>;

/** The write is carried out, and what comes back is not its answer. */
function answersOddly(method: string, path: string, body: string, status = 200): Odd {
  return { method, path, action: { kind: 'answer-after', status, body } };
}

/** What the ledger holds as ours stands in the simulators' stores under exactly these IDs. */
async function expectTrueLedger(rig: Rig): Promise<void> {
  const rows = await rig.store.ledger.live();
  const stands = new Set([
    ...rig.entra.store.networks.keys(),
    ...rig.entra.store.links.keys(),
    ...rig.mist.store.services.keys(),
  ]);
  const named = rows.filter(({ kind }) => ['remote-network', 'device-link', 'service'].includes(kind));
  expect(named.length).toBeGreaterThanOrEqual(3);
  expect(named.filter(({ remoteId }) => !stands.has(remoteId))).toEqual([]);
}

describe('an answer to a write that contradicts itself', () => {
  test.each<[string, Odd]>([
    ['a network of another name', answersOddly('POST', '/remoteNetworks$', OTHER, 201)],
    ['a page instead of the network', answersOddly('POST', '/remoteNetworks$', HTML)],
    ['a network without an ID', answersOddly('POST', '/remoteNetworks$', '{"name":"Lyon"}', 201)],
    ['a page instead of the link', answersOddly('POST', '/deviceLinks$', HTML)],
    ['an application of another name', answersOddly('POST', '/services$', OTHER)],
    ['an application without an ID', answersOddly('POST', '/services$', '{"name":"Microsoft-SSE"}')],
    ['another device', answersOddly('PUT', '/devices/[^/]+$', OTHER)],
    ['a page instead of the device', answersOddly('PUT', '/devices/[^/]+$', HTML)],
    ['a page that says 404', answersOddly('PUT', '/devices/[^/]+$', HTML, 404)],
    ['nothing at all', answersOddly('PUT', '/devices/[^/]+$', '')],
  ])('%s: it is looked up, never made twice and never forgotten', async (_what, fault) => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.entra.faults.plant(fault);
    rig.mist.faults.plant(fault);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(ours(rig)).toMatchObject({
      networks: ['Lyon'],
      links: ['Lyon-wan0'],
      applications: ['Microsoft-SSE'],
      connectors: ['mssse-wan0'],
      policies: ['microsoft-sse'],
    });
    await expectTrueLedger(rig);
  });

  test('a device that Mist says to have saved, and has not: it is read back and written again', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const body = JSON.stringify(deviceOf(rig).body);
    const fault = rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      action: { kind: 'answer', status: 200, body },
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(rig.mist.calls.filter((call) => call.fault === fault.id)).toHaveLength(1);
    expect(ours(rig)).toMatchObject({ connectors: ['mssse-wan0'], policies: ['microsoft-sse'] });
    await expectTrueLedger(rig);
  });

  test('a page that says 404 where the router is read: it is not taken for gone', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    rig.mist.faults.plant({
      method: 'GET',
      path: '/sites/[^/]+/devices/[^/]+$',
      times: 3,
      action: { kind: 'answer', status: 404, body: HTML },
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
  });
});
