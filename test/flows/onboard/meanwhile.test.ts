import { describe, expect, test } from 'vitest';
import { ask, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf, finishRun, ours } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { RemoteError } from '../../../src/base/failure.ts';
import { createRunObserver } from '../../../src/flows/run-observer.ts';

/** Does something once, at the first `fire` after it was armed, which answers true. */
function once(act: () => void): { arm(): void; fire(): boolean } {
  let state: 'idle' | 'armed' | 'done' = 'idle';
  return {
    arm: () => (state = 'armed'),
    fire() {
      if (state !== 'armed') return false;
      state = 'done';
      act();
      return true;
    },
  };
}

/** Somebody acts right before the bot's second reading of all applications after the approval. */
async function beforeApplicationsAreReadAgain(
  act: (rig: Rig) => void,
  prepare: (rig: Rig) => void = () => undefined,
): Promise<{ rig: Rig; id: string }> {
  let left = Infinity;
  const rig = await startRig({
    wrapMist: (mist) => ({
      ...mist,
      services() {
        left -= 1;
        if (left === 0) act(rig);
        return mist.services();
      },
    }),
  });
  prepare(rig);
  const id = await ask(rig);
  left = 2;
  await rig.flows.approve(BEN, id);
  return { rig, id };
}

const APPLICATION = {
  name: 'Microsoft-SSE',
  type: 'custom',
  addresses: ['0.0.0.0/1', '128.0.0.0/1'],
  specs: [{ protocol: 'any' }],
};

function addApplication(rig: Rig): void {
  rig.mist.portal.addService(APPLICATION);
}

function removeApplication(rig: Rig): void {
  const { services } = rig.mist.store;
  for (const [id, service] of services) if (service['name'] === APPLICATION.name) services.delete(id);
}

describe('what somebody made between the last look and our write is not ours', () => {
  test('a remote network of our name, made while Graph had no time for ours', async () => {
    const somebody = once(() => void rig.entra.store.seedForeignNetwork({ name: 'Lyon', links: 0 }));
    somebody.arm();
    const rig: Rig = await startRig({
      wrapEntra: (entra) => ({
        ...entra,
        createRemoteNetwork(body) {
          if (!somebody.fire()) return entra.createRemoteNetwork(body);
          throw new RemoteError({ system: 'entra', kind: 'unavailable', message: 'busy', hint: 'Wait.' });
        },
      }),
    });
    const id = await ask(rig);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'failed', 'rolled-back');
    expect((await viewOf(rig, id)).failure).toMatchObject({ code: 'flow.name_taken' });
    expect([...rig.entra.store.networks.values()].map((n) => n.region)).toEqual(['westEurope']);
    expect(ours(rig)).toMatchObject({ connectors: [], applications: [] });
  });

  test('a device link of our name in our network stays, and is named', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const somebody = once(() => {
      const [network] = rig.entra.store.networks.values();
      const { links } = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere' });
      rig.entra.store.links.delete(links[0]!.resource.id);
      const { id: _id, ...resource } = links[0]!.resource;
      rig.entra.store.addLink(network!.id, { ...resource, name: 'Lyon-wan0' });
    });
    somebody.arm();
    rig.entra.onChange(() => somebody.fire());
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'needs-decision');
    const view = await viewOf(rig, id);
    expect(view.left.join()).toContain('it holds 1 link(s) that are not ours');
    expect([...rig.entra.store.links.values()].map((l) => l.resource.ipAddress)).toEqual(['192.0.2.1']);
    // Kept as it is, the card goes on naming what is left.
    expect((await rig.flows.keep(BEN, id)).kind).toBe('accepted');
    expect((await viewOf(rig, id)).reason).toContain('Still there: remote network Lyon');
    expect(await rig.flows.keep(BEN, id)).toEqual({ kind: 'refused', message: 'It is kept already.' });
  });

  test('an application of our name', async () => {
    const { rig, id } = await beforeApplicationsAreReadAgain(
      (r) => void r.mist.portal.addService({ name: 'Microsoft-SSE', addresses: ['10.0.0.0/8'] }),
    );
    await rig.until(id, 'rolled-back', 'failed');
    expect((await viewOf(rig, id)).failure?.hint).toContain(
      'Somebody created a application named Microsoft-SSE',
    );
    expect(ours(rig)).toMatchObject({ networks: [], applications: ['Microsoft-SSE'] });
  });

  test('an application that was there and is gone is created again, as ours', async () => {
    const { rig, id } = await beforeApplicationsAreReadAgain((r) => removeApplication(r), addApplication);
    await rig.until(id, 'onboarded');
    expect(ours(rig)).toMatchObject({ applications: ['Microsoft-SSE'], policies: ['microsoft-sse'] });
    const kinds = (await rig.store.ledger.live()).map((row) => row.kind);
    expect(kinds.filter((kind) => kind === 'service')).toHaveLength(1);
  });

  test('an application that was there and has other addresses now', async () => {
    const { rig, id } = await beforeApplicationsAreReadAgain((r) => {
      removeApplication(r);
      r.mist.portal.addService({ ...APPLICATION, addresses: ['0.0.0.0/1'] });
    }, addApplication);
    await rig.until(id, 'rolled-back', 'failed');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.name_taken');
    expect(ours(rig)).toMatchObject({ networks: [], connectors: [], applications: ['Microsoft-SSE'] });
    expect(await rig.store.ledger.live()).toEqual([]);
  });

  test('a connector of our name', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const somebody = once(() =>
      rig.mist.portal.editDevice('Lyon', (body) => (body['tunnel_configs'] = { 'mssse-wan0': {} })),
    );
    somebody.arm();
    rig.entra.onChange(() => somebody.fire());
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure?.hint).toContain('tunnel_configs: mssse-wan0');
    expect(deviceOf(rig).body['tunnel_configs']).toEqual({ 'mssse-wan0': {} });
    expect(ours(rig)).toMatchObject({ networks: [], links: [], applications: [] });
  });

  test('another template for the site, although the plan knew which it had', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const somebody = once(() =>
      rig.mist.portal.editSite('Lyon', (body) => (body['gatewaytemplate_id'] = null)),
    );
    somebody.arm();
    rig.entra.onChange(() => somebody.fire());
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back', 'void');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.moved');
    expect(ours(rig)).toMatchObject({ networks: [], links: [], connectors: [], applications: [] });
  });

  test('an application policy of our name, which stays while everything of ours goes', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const theirs = { name: 'microsoft-sse', tenants: ['Lab'], services: ['internet-any'], action: 'allow' };
    const somebody = once(() =>
      rig.mist.portal.editDevice('Lyon', (body) => (body['service_policies'] = [theirs])),
    );
    somebody.arm();
    rig.mist.onChange(() => {
      if (ours(rig).connectors.length > 0) somebody.fire();
    });
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure?.hint).toContain('application policy named microsoft-sse');
    expect(deviceOf(rig).body['service_policies']).toEqual([theirs]);
    expect(ours(rig)).toMatchObject({ networks: [], connectors: [], groups: [] });
  });
});

describe('an answer that is not what was asked for', () => {
  /** Mist says 200 and shows the router as it was. */
  function forgetful(rig: Rig, times: number): void {
    const body = JSON.stringify(deviceOf(rig).body);
    rig.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      times,
      action: { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body },
    });
  }

  test('a write that did not stick is sent again', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    forgetful(rig, 1);
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'onboarded');
    expect(ours(rig).connectors).toEqual(['mssse-wan0']);
  });

  test('instances of another address than the approved one stop before Mist', async () => {
    const rig = await startRig();
    const id = await ask(rig);
    const before = configuration(rig);
    const somebody = once(() =>
      rig.entra.store.edit('link', 'Lyon-wan0', 'bgpConfiguration.localIpAddress', '10.77.0.1'),
    );
    rig.entra.onChange(() => {
      if (rig.entra.store.links.size > 0) somebody.fire();
    });
    somebody.arm();
    await rig.flows.approve(BEN, id);
    await rig.until(id, 'rolled-back');
    expect((await viewOf(rig, id)).failure?.code).toBe('flow.unexpected_address');
    expect(configuration(rig)).toEqual(before);
    expect(rig.mist.calls.filter((c) => c.method === 'PUT')).toEqual([]);
  });
});

describe('the second look when it has little to look at', () => {
  async function looked(prepare: (rig: Rig) => void, capMs?: number): Promise<{ rig: Rig; id: string }> {
    const settings = { rekeyCheckMs: 1, ...(capMs !== undefined && { verifyCapMs: capMs }) };
    const rig = await startRig({ start: false, settings });
    const id = await ask(rig);
    await finishRun(rig, id, createRunObserver(rig.parts.settings, rig.clock), {});
    prepare(rig);
    await rig.flows.start();
    return { rig, id };
  }

  test('a router that Mist does not know any more', async () => {
    const { rig, id } = await looked((r) => void r.mist.store.devices.delete(deviceOf(r).body.id));
    await rig.until(id, 'needs-decision');
    expect((await viewOf(rig, id)).reason).toContain('Mist does not know the device any more');
  });

  test('what Mist does not report is waited for, not called down', async () => {
    const { rig, id } = await looked(() => undefined, 100);
    await rig.until(id, 'needs-decision');
    const { reason } = await viewOf(rig, id);
    expect(reason).toContain('Mist does not report mssse-wan0, 10.99.96.2');
    expect(reason).not.toMatch(/is down|not established/);
  });
});
