import { describe, expect, it } from 'vitest';
import {
  at,
  call,
  connector,
  eventOf,
  FakeDataPlane,
  get,
  group,
  put,
  start,
  until,
  type Body,
} from './fixtures.ts';

/** The template's tunnels beside one of ours, as a careful writer sends them. */
function tunnels(sim: Awaited<ReturnType<typeof start>>, own: Body): Body {
  const template = [...sim.store.templates.values()].find((t) => t['name'] === 'Branch-Std');
  return { ...(template?.['tunnel_configs'] as Body), ...own };
}

function edge(sim: Awaited<ReturnType<typeof start>>, mac: string) {
  const found = sim.wanEdges().find((candidate) => candidate.mac === mac);
  if (found === undefined) throw new Error(`no WAN Edge ${mac}`);
  return found;
}

describe('writing to the simulated Mist', () => {
  it('replaces each root key that is sent, keeps the others and removes "-key"', async () => {
    const sim = await start();
    const { device } = at(sim, 'Paris');
    const first = await put(sim, device, {
      type: 'gateway',
      notes: 'a',
      tunnel_configs: { 'mssse-wan0': connector() },
    });
    expect(first.status).toBe(200);
    expect(Object.keys(first.body['tunnel_configs'] as Body)).toEqual(['mssse-wan0']);
    expect(Object.keys(first.body['routing_policies'] as Body)).toEqual(['partner-in']);
    const second = await put(sim, device, { type: 'gateway', '-tunnel_configs': '' });
    expect(second.body).not.toHaveProperty('tunnel_configs');
    expect(second.body['notes']).toBe('a');
    expect((await get(sim, device)).body).toEqual(second.body);
  });

  it('keeps what is read-only and stamps the time', async () => {
    const sim = await start();
    const { device, mac } = at(sim, 'Lyon');
    const before = (await get(sim, device)).body;
    const after = (await put(sim, device, { ...before, mac: 'ffffffffffff', model: 'SSR1500' })).body;
    expect(after).toMatchObject({ mac, model: 'SSR120' });
    expect(Number(after['modified_time'])).toBeGreaterThan(Number(before['modified_time']));
  });

  it.each<[string, Body, string]>([
    ['no type', { notes: 'x' }, 'type'],
    ['the type of a switch', { type: 'switch' }, '"switch"'],
    ['an unknown root key', { type: 'gateway', bgp_configs: {} }, 'bgp_configs'],
    ['removal of an unknown root key', { type: 'gateway', '-bgp_configs': '' }, 'bgp_configs'],
    ['a key both set and removed', { type: 'gateway', notes: '', '-notes': '' }, 'notes'],
    [
      'a version as a number',
      { type: 'gateway', tunnel_configs: { t: connector({ version: 2 }) } },
      'version',
    ],
    ['a misspelt tunnel key', { type: 'gateway', tunnel_configs: { t: connector({ pks: 'x' }) } }, 'pks'],
    [
      'no proposals',
      { type: 'gateway', tunnel_configs: { t: connector({ ike_proposals: [] }) } },
      'ike_proposals',
    ],
    [
      'no local id',
      { type: 'gateway', tunnel_configs: { t: connector({ local_id: undefined }) } },
      'local_id',
    ],
    [
      'a lifetime too short',
      { type: 'gateway', tunnel_configs: { t: connector({ ipsec_lifetime: 60 }) } },
      '60',
    ],
    [
      'an integrity of SSR',
      { type: 'gateway', tunnel_configs: { t: connector({ ike_proposals: [{ auth_algo: 'sha256' }] }) } },
      'sha256',
    ],
    [
      'a neighbor without AS',
      { type: 'gateway', bgp_config: { g: group({ neighbors: { '10.0.0.1': {} } }) } },
      'neighbor_as',
    ],
    [
      'a group without tunnel',
      { type: 'gateway', bgp_config: { g: group({ tunnel_name: undefined }) } },
      'tunnel_name',
    ],
    [
      'a group without local AS',
      { type: 'gateway', bgp_config: { g: group({ local_as: undefined }) } },
      'local_as',
    ],
    [
      'a policy without tenants',
      { type: 'gateway', service_policies: [{ name: 'p', services: ['a'] }] },
      'tenants',
    ],
    [
      'a routing term misspelt',
      { type: 'gateway', routing_policies: { p: { terms: [{ action: {} }] } } },
      'action',
    ],
    ['a port without usage', { type: 'gateway', port_config: { 'ge-0/0/0': { name: 'wan0' } } }, 'usage'],
  ])('refuses %s with 400 and changes nothing', async (_name, body, echoed) => {
    const sim = await start();
    const { device, deviceId, mac } = at(sim, 'Lyon');
    const before = structuredClone(sim.store.devices.get(deviceId)?.body);
    const answer = await put(sim, device, body);
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toContain(echoed);
    expect(sim.store.devices.get(deviceId)?.body).toEqual(before);
    expect(sim.store.events.filter((event) => event['mac'] === mac)).toEqual([]);
  });

  it('echoes what was sent in a 400, the key included', async () => {
    const sim = await start();
    const body = { type: 'gateway', tunnel_configs: { t: connector({ ike_lifetime: undefined }) } };
    const answer = await put(sim, at(sim, 'Lyon').device, body);
    expect(answer.body['detail']).toContain('secret-of-this-test');
    const broken = await call(sim, 'PUT', at(sim, 'Lyon').device, '{"type": ');
    expect(broken.body['detail']).toContain('JSON parse error');
  });

  it('takes keys that are newer than OpenAPI 2511', async () => {
    const sim = await start();
    const neighbor = { neighbor_as: '65476', tunnel_via: 'primary' };
    const policy = {
      terms: [{ matching: { prefix: ['10.0.0.0/8-24'] }, actions: { accept: false, next_term: true } }],
    };
    const body = {
      type: 'gateway',
      bgp_config: { 'mssse-wan0': group({ neighbors: { '10.99.99.2': neighbor } }) },
      routing_policies: { p: policy },
      ssr_additional_config_cmds: ['set foo'],
    };
    expect((await put(sim, at(sim, 'Lyon').device, body)).status).toBe(200);
  });

  it('runs a saved configuration only after the device has taken it', async () => {
    const sim = await start({ timing: { configApplyMs: 3_600_000 } });
    const plane = new FakeDataPlane();
    sim.attach(plane);
    const { device, mac } = at(sim, 'Lyon');
    const pokes = plane.pokes;
    const body = {
      type: 'gateway',
      tunnel_configs: tunnels(sim, { 'mssse-wan0': connector() }),
      bgp_config: { 'mssse-wan0': group() },
    };
    await put(sim, device, body);
    expect(edge(sim, mac).tunnelConfigs).not.toHaveProperty('mssse-wan0');
    const stats = (await get(sim, `${device.replace('/devices/', '/stats/devices/')}`)).body;
    expect(stats['config_status']).not.toBe('COMMITED');
    sim.timing.configApplyMs = 5;
    await put(sim, device, body);
    await eventOf(sim, mac, 'GW_CONFIGURED');
    expect(Object.keys(edge(sim, mac).tunnelConfigs)).toEqual(['dc-backup', 'mssse-wan0']);
    expect(plane.pokes).toBeGreaterThan(pokes);
    const after = (await get(sim, `${device.replace('/devices/', '/stats/devices/')}`)).body;
    expect(after['config_status']).toBe('COMMITED');
    expect(Number(after['config_version'])).toBeGreaterThan(Number(stats['config_version']));
  });

  it.each<[string, Body, RegExp]>([
    [
      'a group names a missing tunnel',
      { bgp_config: { g: group({ tunnel_name: 'gone' }) } },
      /bgp_config\/g\/tunnel_name value 'gone'/,
    ],
    [
      'a WAN port does not exist',
      { tunnel_configs: { t: connector({ primary: { hosts: ['192.0.2.1'], wan_names: ['wan7'] } }) } },
      /wan_names value 'wan7'/,
    ],
    [
      'an address has a mask',
      {
        tunnel_configs: {
          t: connector({
            primary: { hosts: ['192.0.2.1'], wan_names: ['wan0'], internal_ips: ['10.0.0.1/29'] },
          }),
        },
      },
      /internal_ips value '10.0.0.1\/29'/,
    ],
    ['a name is reserved', { tunnel_configs: { 'ipsec-1': connector() } }, /reserved/],
    [
      'an application is unknown',
      { service_policies: [{ name: 'p', tenants: ['Lab'], services: ['nope'], action: 'allow' }] },
      /services value 'nope'/,
    ],
    [
      'a tenant is unknown',
      { service_policies: [{ name: 'p', tenants: ['Nobody'], services: ['internet-any'] }] },
      /tenants value 'Nobody'/,
    ],
    [
      'a routing policy is missing',
      { bgp_config: { g: group({ tunnel_name: 'dc-backup', export_policy: 'mssse-out' }) } },
      /export_policy value 'mssse-out'/,
    ],
    [
      'a variable has no value',
      { port_config: { 'ge-0/0/0': { usage: 'wan', name: 'wan0', ip_config: { ip: '{{nowhere}}' } } } },
      /value 'nowhere' is not defined/,
    ],
    [
      'there are five tunnels on one node',
      { tunnel_configs: Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`t${n}`, connector()])) },
      /remotes/,
    ],
  ])('fails on the device, not in the API, where %s', async (_name, keys, text) => {
    const sim = await start();
    const { device, mac } = at(sim, 'Lyon');
    const before = edge(sim, mac).tunnelConfigs;
    expect((await put(sim, device, { type: 'gateway', ...keys })).status).toBe(200);
    const event = await eventOf(sim, mac, 'GW_CONFIG_FAILED');
    expect(event['text']).toMatch(/^Transformation Failed Problems:/);
    expect(event['text']).toMatch(text);
    expect(edge(sim, mac).tunnelConfigs).toEqual(before);
    expect(sim.store.devices.get(at(sim, 'Lyon').deviceId)?.configStatus).toBe('FAILED');
    await put(sim, device, {
      type: 'gateway',
      ...Object.fromEntries(Object.keys(keys).map((k) => [`-${k}`, ''])),
    });
    await eventOf(sim, mac, 'GW_CONFIGURED');
  });

  it('keeps a configuration for a device that is away until it returns', async () => {
    const sim = await start();
    const { device, mac } = at(sim, 'Rome');
    await put(sim, device, { type: 'gateway', tunnel_configs: tunnels(sim, { 'mssse-wan0': connector() }) });
    sim.portal.editTemplate('Branch-Std', (body) => void (body['dns_servers'] = ['1.1.1.1']));
    await eventOf(sim, at(sim, 'Lyon').mac, 'GW_CONFIGURED');
    expect(edge(sim, mac).tunnelConfigs).not.toHaveProperty('mssse-wan0');
    sim.portal.setDeviceOnline('Rome', true);
    await eventOf(sim, mac, 'GW_CONFIGURED');
    expect(edge(sim, mac).tunnelConfigs).toHaveProperty('mssse-wan0');
  });

  it('pushes a template to every device on it and to no other', async () => {
    const sim = await start();
    const path = `/api/v1/orgs/${sim.orgId}/gatewaytemplates`;
    const standard = (await get(sim, path)).body.find((t) => t['name'] === 'Branch-Std');
    const answer = await put(sim, `${path}/${String(standard?.['id'])}`, { dns_servers: ['1.1.1.1'] });
    expect(answer.body['name']).toBe('Branch-Std');
    await Promise.all(
      ['Lyon', 'Porto', 'Bruges'].map((name) => eventOf(sim, at(sim, name).mac, 'GW_CONFIGURED')),
    );
    const pushed = new Set(sim.store.events.map((event) => event['site_name']));
    expect([...pushed].sort()).toEqual(['Bruges', 'Lyon', 'Nice', 'Porto', 'Rome', 'Turin']);
  });

  it('pushes site variables and another template to the devices of the site', async () => {
    const sim = await start();
    const { site, mac, siteId } = at(sim, 'Porto');
    const vars = { ...(sim.store.sites.get(siteId)?.setting['vars'] as Body), wan0_ip: '203.0.113.81' };
    expect((await put(sim, `${site}/setting`, { vars: { wan0_ip: 4 } })).status).toBe(400);
    await put(sim, `${site}/setting`, { vars });
    await until(() => edge(sim, mac).wanPorts.find((port) => port.publicIp === '203.0.113.81'));
    const closed = [...sim.store.templates.values()].find((t) => t['name'] === 'Branch-Closed')?.['id'];
    await put(sim, site, { gatewaytemplate_id: closed });
    await until(() => (edge(sim, mac).wanPorts.length === 1 ? true : undefined));
    expect(
      (await put(sim, site, { gatewaytemplate_id: '11111111-1111-4111-8111-111111111111' })).status,
    ).toBe(400);
  });

  it('creates, changes and deletes applications, and lets names repeat', async () => {
    const sim = await start();
    const path = `/api/v1/orgs/${sim.orgId}/services`;
    const body = {
      name: 'Microsoft-SSE',
      type: 'custom',
      addresses: ['0.0.0.0/1', '128.0.0.0/1'],
      specs: [{ protocol: 'any' }],
    };
    const first = await call(sim, 'POST', path, body);
    const second = await call(sim, 'POST', path, body);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body['id']).not.toBe(second.body['id']);
    expect((await call(sim, 'POST', path, { addresses: ['10.0.0.0/8'] })).status).toBe(400);
    expect((await call(sim, 'POST', path, { ...body, specs: [{ proto: 'any' }] })).status).toBe(400);
    const one = `${path}/${String(first.body['id'])}`;
    expect((await put(sim, one, { description: 'ours' })).body).toMatchObject({
      ...body,
      description: 'ours',
    });
    expect((await call(sim, 'DELETE', one)).status).toBe(200);
    expect((await get(sim, one)).status).toBe(404);
    expect((await call(sim, 'DELETE', one)).status).toBe(404);
  });

  it('hands a changed application to the devices whose policies name it', async () => {
    const sim = await start();
    const service = [...sim.store.services.values()].find((s) => s['name'] === 'internet-any');
    const path = `/api/v1/orgs/${sim.orgId}/services/${String(service?.['id'])}`;
    await put(sim, path, { addresses: ['0.0.0.0/0', '192.0.2.0/24'] });
    const { mac } = at(sim, 'Lyon');
    await until(() => (edge(sim, mac).services['internet-any']?.addresses.length === 2 ? true : undefined));
    expect(sim.store.events.some((event) => event['site_name'] === 'Paris')).toBe(false);
  });

  it('writes an audit log with both images and links events to it', async () => {
    const sim = await start();
    const { device, mac } = at(sim, 'Lyon');
    await put(sim, device, { type: 'gateway', notes: 'now' });
    sim.portal.editDevice('Lyon', (body) => void (body['notes'] = 'by hand'));
    for (const path of ['logs', 'logs/search']) {
      const { results } = (await get(sim, `/api/v1/orgs/${sim.orgId}/${path}`)).body as { results?: Body[] };
      expect(results).toHaveLength(2);
      expect(results).toContainEqual(
        expect.objectContaining({ admin_name: 'token-admin', before: {}, after: { notes: 'now' } }),
      );
      const byHand = {
        admin_name: 'admin@corp.example',
        before: { notes: 'now' },
        after: { notes: 'by hand' },
      };
      expect(results).toContainEqual(expect.objectContaining(byHand));
    }
    const event = await eventOf(sim, mac, 'GW_CONFIG_CHANGED_BY_USER');
    expect(sim.store.audit.map((entry) => entry.id)).toContain(event['audit_id']);
  });
});
