import { describe, expect, test } from 'vitest';
import type { Option } from '../../../src/design/types.ts';
import type { PlannedOperation } from '../../../src/flows/engine/types.ts';
import { inputsOf, itemOf, plan } from '../support/asking.ts';
import { startRig } from '../support/rig.ts';

const LINKS: Readonly<Record<Option, readonly string[]>> = {
  'single-wan': ['entra.link.1'],
  'single-wan-zone-redundant': ['entra.link.1'],
  'dual-wan': ['entra.link.1', 'entra.link.2'],
  'dual-wan-zone-redundant': ['entra.link.1', 'entra.link.2'],
};

/** Every operation that must be done before this one, directly or not. */
function before(operations: readonly PlannedOperation[], id: string): Set<string> {
  const needs = operations.find((o) => o.id === id)?.needs ?? [];
  return new Set(needs.flatMap((need) => [need, ...before(operations, need)]));
}

describe('the operations of an onboarding', () => {
  test.each(Object.entries(LINKS) as [Option, string[]][])(
    '%s: Entra first, then Mist, the cutover last',
    async (option, links) => {
      const rig = await startRig({ start: false });
      const { plan: made } = await plan(rig, await inputsOf(rig, { option }));
      expect(made.operations.map((o) => o.id)).toEqual([
        'recheck',
        'entra.network',
        ...links,
        'mist.application',
        'entra.endpoints',
        'mist.connectors',
        'mist.connectors.applied',
        'verify.tunnels',
        'verify.neighbors',
        'verify.routes',
        'mist.policy',
        'mist.policy.applied',
        'verify.path',
      ]);
      const needs = Object.fromEntries(made.operations.map((o) => [o.id, o.needs]));
      expect(needs).toMatchObject({
        recheck: [],
        'entra.network': ['recheck'],
        'mist.application': ['recheck'],
        'entra.endpoints': links,
        'mist.connectors': ['entra.endpoints', 'mist.application'],
        'mist.policy': ['verify.routes'],
        'verify.path': ['mist.policy.applied'],
      });
      for (const link of links) expect(needs[link]).toEqual(['entra.network']);
      // Nothing is written before the live state was looked at again, and the cutover only after everything else.
      for (const op of made.operations.slice(1)) expect(before(made.operations, op.id)).toContain('recheck');
      const last = before(made.operations, 'mist.policy');
      for (const id of ['entra.network', ...links, 'mist.application', 'mist.connectors', 'verify.routes']) {
        expect(last).toContain(id);
      }
    },
  );

  test('only changes have diff lines; what is waited for has none', async () => {
    const rig = await startRig({ start: false });
    const { plan: made } = await plan(rig, await inputsOf(rig, { option: 'dual-wan-zone-redundant' }));
    expect(made.operations.filter((o) => o.after.length > 0).map((o) => o.id)).toEqual([
      'entra.network',
      'entra.link.1',
      'entra.link.2',
      'mist.application',
      'mist.connectors',
      'mist.policy',
    ]);
    expect(made.operations.every((o) => o.before.length === 0)).toBe(true);
  });
});

describe('the lines that an approver reads', () => {
  const linesOf = async (option: Option, values = {}) => {
    const rig = await startRig({ start: false });
    const { plan: made } = await plan(rig, await inputsOf(rig, { option, values }));
    return Object.fromEntries(made.operations.map((o) => [o.id, o.after.join('\n')]));
  };

  test('one link without zones', async () => {
    const lines = await linesOf('single-wan', { range_a: '10.99.99.0/29', networks: ['Lab'] });
    expect(lines['entra.network']).toBe('+ remote network Lyon, region franceSouth, traffic m365');
    expect(lines['entra.link.1']).toBe(
      [
        '+ device link Lyon-wan0: device 203.0.113.10, 250 Mbps, no redundancy',
        '+ BGP: device 10.99.99.1 AS 65000, Microsoft 10.99.99.2, AS read from Entra',
        '+ IKE: custom, AES-256, SHA-256, DH 14; ESP AES-GCM-256, PFS 14 (guide), SA lifetime 1800 s; key made in the run: [secret] psk/Lyon/Lyon-wan0/z1',
      ].join('\n'),
    );
    expect(lines['mist.application']).toBe(
      '+ application Microsoft-SSE: 0.0.0.0/1, 128.0.0.0/1, any protocol; used as it is where it exists',
    );
    expect(lines['mist.connectors']).toBe(
      [
        '+ connector mssse-wan0: wan0 (203.0.113.10) → endpoint of zone 1, source 10.99.99.1, key [secret] psk/Lyon/Lyon-wan0/z1',
        '+ BGP group mssse-wan0: AS 65000, neighbors 10.99.99.2, no BFD, not re-advertised to the overlay',
        '+ routing policy mssse-out: announces 10.20.1.0/24',
        '+ routing policy mssse-in: refuses 0.0.0.0/0, 10.20.1.0/24, 10.30.1.0/24',
        '! lyon-ssr120 stops inheriting tunnel_configs, bgp_config, routing_policies, service_policies from template Branch-Std; a copy is written',
      ].join('\n'),
    );
    expect(lines['mist.policy']).toBe(
      '+ policy microsoft-sse: Lab, printers.Lab → Microsoft-SSE, allow, no steering; position 3, above internet',
    );
  });

  test('two links and two zones over one tunnel each', async () => {
    const lines = await linesOf('dual-wan-zone-redundant', {
      range_a: '10.99.99.0/29',
      range_b: '10.99.100.0/29',
      bandwidth: 'mbps1000',
    });
    expect(lines['entra.link.1']).toContain('Microsoft 10.99.99.2, zone 2 10.99.100.2');
    expect(lines['entra.link.2']).toContain('device 198.51.100.10, 1000 Mbps, zone redundancy');
    expect(lines['entra.link.2']).toContain(
      'device 10.99.99.5 AS 65000, Microsoft 10.99.99.6, zone 2 10.99.100.6',
    );
    expect(lines['mist.connectors']).toContain(
      '+ BGP group mssse-wan1: AS 65000, neighbors 10.99.99.6, 10.99.100.6',
    );
  });

  test('a tunnel for each zone has a connector, a group and a key of its own', async () => {
    const lines = await linesOf('single-wan-zone-redundant', { zone_topology: 'tunnel-per-zone' });
    expect(lines['mist.connectors']).toMatch(/connector mssse-wan0-z1: .*zone 1/);
    expect(lines['mist.connectors']).toMatch(/connector mssse-wan0-z2: .*zone 2/);
    expect(lines['mist.connectors']).toMatch(/BGP group mssse-wan0-z2: AS 65000, neighbors \S+, no BFD/);
  });

  test('all internet traffic takes both profiles', async () => {
    const lines = await linesOf('single-wan', { mode: 'internet' });
    expect(lines['entra.network']).toContain('traffic m365 and internet');
  });

  test('the shared application reads the same whether it exists or not', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig);
    const operationOf = async () =>
      (await plan(rig, inputs)).plan.operations.find((o) => o.id === 'mist.application');
    const absent = await operationOf();
    expect(absent?.what).toBe('See to application Microsoft-SSE');
    expect(absent?.after).toHaveLength(1);
    const body = { type: 'custom', addresses: ['128.0.0.0/1', '0.0.0.0/1'], specs: [{ protocol: 'any' }] };
    rig.mist.portal.addService({ name: 'Microsoft-SSE', ...body });
    expect(await operationOf()).toEqual(absent);
    expect(itemOf((await plan(rig, inputs)).preflight, 'mist.application').verdict).toBe('pass');
  });

  test('a router with keys of its own stops inheriting only the others', async () => {
    const rig = await startRig({ start: false });
    const { plan: made } = await plan(rig, await inputsOf(rig, { site: 'Paris' }));
    const connectors = made.operations.find((o) => o.id === 'mist.connectors')?.after ?? [];
    expect(connectors.some((line) => line.startsWith('!'))).toBe(true);
    expect(connectors.at(-1)).toBe(
      '! paris-ssr130 stops inheriting service_policies from template Branch-Closed; a copy is written',
    );
  });

  test('a router without a template stops inheriting nothing', async () => {
    const rig = await startRig({ start: false });
    const { store } = rig.mist;
    const template = [...store.templates.values()].find((t) => t['name'] === 'Branch-Std');
    rig.mist.portal.editDevice('Lyon', (body) => {
      const { name: _name, type: _type, id: _id, org_id: _org, ...keys } = template ?? {};
      Object.assign(body, structuredClone(keys));
    });
    rig.mist.portal.editSite('Lyon', (body) => (body['gatewaytemplate_id'] = null));
    const { plan: made } = await plan(rig, await inputsOf(rig));
    expect(made.blastRadius.join('\n')).not.toContain('emplate');
    expect(made.operations.flatMap((o) => o.after).filter((l) => l.startsWith('!'))).toEqual([]);
  });
});

describe('the blast radius', () => {
  test('names the device, who else uses the template, the copied keys, the application and the users', async () => {
    const rig = await startRig({ start: false });
    const { plan: made } = await plan(rig, await inputsOf(rig, { option: 'dual-wan' }));
    expect(made.blastRadius).toEqual([
      'Changed in Mist: device lyon-ssr120 of Lyon, nothing else.',
      'Template Branch-Std is not written; 5 other site(s) use it and stay as they are.',
      'lyon-ssr120 gets its own copy of tunnel_configs, bgp_config, routing_policies, service_policies: later edits of these keys in the template do not reach it.',
      'Application Microsoft-SSE is added to the organisation; no other site refers to it.',
      'Added in Entra: one remote network with 2 link(s); other networks are not touched.',
      'Users affected: Guest, Lab, printers.Lab.',
    ]);
    expect(made.advice.length).toBeGreaterThan(0);
  });

  test('says so where the other sites could not be counted', async () => {
    const rig = await startRig({ start: false });
    const inputs = await inputsOf(rig);
    rig.mist.faults.plant({ path: '/sites$', times: -1, action: { kind: 'answer', status: 403 } });
    const { plan: made } = await plan(rig, inputs);
    expect(made.blastRadius[1]).toBe(
      'Template Branch-Std is not written; how many sites share it could not be read (mist.forbidden).',
    );
  });

  test('an application that exists is called shared', async () => {
    const rig = await startRig({ start: false });
    rig.mist.portal.addService({
      name: 'Microsoft-SSE',
      type: 'custom',
      addresses: ['0.0.0.0/1', '128.0.0.0/1'],
    });
    const { plan: made } = await plan(rig, await inputsOf(rig));
    expect(made.blastRadius).toContain(
      'Application Microsoft-SSE is shared by the organisation and used as it is.',
    );
  });
});
