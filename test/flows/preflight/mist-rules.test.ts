import { describe, expect, test } from 'vitest';
import type { PreflightItem } from '../../../src/flows/types.ts';
import { inputsOf, itemOf, plan, type Wish } from '../support/asking.ts';
import { deviceOf } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

/** One rule's answer over a live state that `world` prepared after the form was filled in. */
async function itemIn(
  id: string,
  world: (rig: Rig) => void | Promise<void> = () => undefined,
  wish: Wish = {},
): Promise<PreflightItem> {
  return itemOf(await preflightIn(world, wish), id);
}

async function preflightIn(
  world: (rig: Rig) => void | Promise<void>,
  wish: Wish = {},
): Promise<readonly PreflightItem[]> {
  const rig = await startRig({ start: false });
  const inputs = await inputsOf(rig, wish);
  await world(rig);
  return (await plan(rig, inputs)).preflight;
}

const refuse = (path: string) => (rig: Rig) =>
  void rig.mist.faults.plant({ method: 'GET', path, times: -1, action: { kind: 'answer', status: 403 } });

const onDevice = (key: string, value: unknown) => (rig: Rig) =>
  rig.mist.portal.editDevice('Lyon', (body) => (body[key] = value));

const onTemplate = (edit: (body: Record<string, unknown>) => void) => (rig: Rig) =>
  rig.mist.portal.editTemplate('Branch-Std', edit);

/** What the statistics say of the router; the rest of the answer stays as it is. */
const stats = (patch: object) => (rig: Rig) => {
  const device = deviceOf(rig);
  const body = JSON.stringify({
    type: 'gateway',
    id: device.body.id,
    mac: device.body.mac,
    status: 'connected',
    model: 'SSR120',
    is_ha: false,
    ...patch,
  });
  rig.mist.faults.plant({
    path: '/stats/devices/',
    times: -1,
    action: { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body },
  });
};

describe('every rule over its own reading is unknown where it cannot be read', () => {
  test.each([
    ['mist.device.ssr', '/stats/devices/'],
    ['mist.device.online', '/stats/devices/'],
    ['mist.device.config', '/stats/devices/'],
    ['mist.rights', '/self$'],
    ['mist.budget', '/self/usage$'],
    ['mist.policy.linked', '/servicepolicies$'],
  ])('%s', async (id, path) => {
    const item = await itemIn(id, refuse(path));
    expect(item).toMatchObject({ verdict: 'unknown', seen: 'could not be read (mist.forbidden)' });
    expect(item.mend).not.toBe('');
  });
});

describe('rules about the router', () => {
  test('an SSR, another product, or nobody knows', async () => {
    const id = 'mist.device.ssr';
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: 'SSR120' });
    expect((await itemIn(id, stats({ model: 'SRX345', version: '23.4R2-S4.11' }))).verdict).toBe('fail');
    const whiteBox = (rig: Rig) => {
      deviceOf(rig).body['model'] = 'LANNER-1234';
      stats({ model: 'LANNER-1234' })(rig);
    };
    expect(await itemIn(id, whiteBox)).toMatchObject({ verdict: 'warning', seen: 'model LANNER-1234' });
  });

  test('a router that is away is waited for: a warning', async () => {
    const id = 'mist.device.online';
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: 'connected' });
    const away = await itemIn(id, (rig) => rig.mist.portal.setDeviceOnline('Lyon', false));
    expect(away).toMatchObject({ verdict: 'warning', seen: 'disconnected' });
  });

  test('a configuration that failed must be mended first', async () => {
    const id = 'mist.device.config';
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: 'COMMITED' });
    const failing = await itemIn(id, (rig) => void (deviceOf(rig).configStatus = 'FAILED'));
    expect(failing).toMatchObject({ verdict: 'fail', seen: 'FAILED' });
    expect(await itemIn(id, stats({}))).toMatchObject({ verdict: 'pass', seen: 'no failure reported' });
  });
});

describe('rules about the token', () => {
  test('may write for this site', async () => {
    const id = 'mist.rights';
    const privileges = (list: object[]) => (rig: Rig) =>
      void rig.mist.faults.plant({
        path: '/self$',
        action: { kind: 'answer', status: 200, body: JSON.stringify({ name: 'token', privileges: list }) },
      });
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: 'write' });
    const siteId = (await startRig({ start: false })).site('Lyon');
    const verdict = async (list: object[]) => (await itemIn(id, privileges(list))).verdict;
    expect(await verdict([{ scope: 'org', role: 'read' }])).toBe('fail');
    expect(await verdict([{ scope: 'org', role: 'write' }])).toBe('pass');
    expect(await verdict([{ scope: 'site', role: 'admin', site_id: siteId }])).toBe('pass');
    expect(await verdict([{ scope: 'site', role: 'admin', site_id: 'another' }])).toBe('fail');
    expect(await verdict([])).toBe('fail');
  });

  test('most of the hourly budget used is a warning', async () => {
    const id = 'mist.budget';
    expect((await itemIn(id)).verdict).toBe('pass');
    const low = await itemIn(id, (rig) => {
      for (const token of rig.mist.store.tokens) token.requests = 4500;
    });
    expect(low.verdict).toBe('warning');
    expect(low.seen).toMatch(/^45\d\d of 5000 used$/);
  });
});

describe('rules about names that are taken', () => {
  test.each([
    ['tunnel_configs', 'mssse-wan0'],
    ['bgp_config', 'mssse-wan0'],
    ['routing_policies', 'mssse-out'],
    ['routing_policies', 'mssse-in'],
  ])('%s: %s on the device or in its template', async (key, name) => {
    const fails = { verdict: 'fail', seen: `${key}: ${name}` };
    expect(await itemIn('mist.names', onDevice(key, { [name]: {} }))).toMatchObject(fails);
    const template = onTemplate((body) => (body[key] = { ...(body[key] as object), [name]: {} }));
    expect(await itemIn('mist.names', template)).toMatchObject(fails);
  });

  test('other names beside ours are no clash', async () => {
    const item = await itemIn('mist.names', onDevice('tunnel_configs', { 'mssse-wan9': {}, other: {} }));
    expect(item).toMatchObject({ verdict: 'pass', seen: 'free' });
  });

  test('an application policy of our name', async () => {
    expect(await itemIn('mist.policy.name')).toMatchObject({ verdict: 'pass', seen: 'free' });
    const rules = [{ name: 'microsoft-sse', tenants: ['Lab'], services: ['internet-any'], action: 'allow' }];
    expect(await itemIn('mist.policy.name', onDevice('service_policies', rules))).toMatchObject({
      verdict: 'fail',
      seen: 'exists and differs in tenants, services',
    });
  });

  test('the shared application is created, used as it is, or somebody elses', async () => {
    const id = 'mist.application';
    const application = (body: object) => (rig: Rig) =>
      void rig.mist.portal.addService({ name: 'Microsoft-SSE', type: 'custom', ...body });
    const any = [{ protocol: 'any' }];
    const halves = ['128.0.0.0/1', '0.0.0.0/1'];
    expect((await itemIn(id)).seen).toBe('free, will be created');
    expect(await itemIn(id, application({ addresses: halves, specs: any }))).toMatchObject({
      verdict: 'pass',
      seen: 'exists and matches; used as it is',
    });
    expect(await itemIn(id, application({ addresses: ['10.0.0.0/8'], specs: any }))).toMatchObject({
      verdict: 'fail',
      seen: 'exists with 10.0.0.0/8',
    });
    expect(await itemIn(id, application({ addresses: halves }))).toMatchObject({
      verdict: 'fail',
      seen: 'exists with 128.0.0.0/1, 0.0.0.0/1, not for every protocol',
    });
    expect((await itemIn(id, application({ specs: any }))).seen).toContain('no addresses');
  });
});

describe('rules about the position of the policy', () => {
  const id = 'mist.policy.position';
  const rule = (name: string, service: string, action: string, more: object = {}) => ({
    name,
    tenants: ['Lab', 'Guest'],
    services: [service],
    action,
    ...more,
  });
  const rules =
    (...list: object[]) =>
    (rig: Rig) => {
      rig.mist.portal.addService({
        name: 'microsoft-part',
        addresses: ['52.96.0.0/14'],
        specs: [{ protocol: 'any' }],
      });
      onDevice('service_policies', list)(rig);
    };
  const dia = rule('internet', 'internet-any', 'allow', { path_preference: 'direct' });

  test('above the first steered rule that would win', async () => {
    expect(await itemIn(id)).toMatchObject({ verdict: 'pass', seen: 'position 3' });
  });

  test('for all internet traffic: below a rule for longer prefixes, which is named', async () => {
    const rig = await startRig({ start: false });
    const { preflight } = await plan(rig, await inputsOf(rig, { values: { mode: 'internet' } }));
    const item = itemOf(preflight, id);
    expect(item.verdict).toBe('warning');
    expect(item.seen).toContain('dns');
  });

  test('where the prefixes may not be read: by what the application covers', async () => {
    const item = await itemIn(id, (rig) => {
      const action = { kind: 'answer', status: 403 } as const;
      rig.entra.faults.plant({ path: '/policies$', times: -1, action });
    });
    expect(item.verdict).toBe('warning');
    expect(item.seen).toBe('rules that win over it: guests-stay-out, dns');
  });

  test('never above a deny of the same prefixes: refused with its name', async () => {
    const item = await itemIn(id, rules(dia, rule('no-microsoft', 'microsoft-part', 'deny')));
    expect(item).toMatchObject({
      verdict: 'fail',
      seen: "deny rule no-microsoft overlaps Microsoft's prefixes",
    });
  });

  test('a deny of a part of them stays above ours and is shown', async () => {
    const item = await itemIn(id, rules(rule('no-exchange', 'microsoft-part', 'deny'), dia));
    expect(item.verdict).toBe('warning');
    expect(item.seen).toContain('no-exchange');
  });

  test('a rule that only links to a policy of the organisation is judged by what it links to', async () => {
    const linked = (body: object) => (rig: Rig) => {
      const [policy] = rig.mist.store.servicePolicies.values();
      Object.assign(policy!, body);
      rules(dia, { servicepolicy_id: policy!['id'] })(rig);
    };
    const deny = {
      action: 'deny',
      services: ['microsoft-part'],
      tenants: ['Lab'],
      path_preference: undefined,
    };
    expect(await itemIn(id, linked(deny))).toMatchObject({ verdict: 'fail' });
    expect(await itemIn(id, linked({}))).toMatchObject({ verdict: 'pass' });
    expect(await itemIn('mist.policy.linked', linked({}))).toMatchObject({
      verdict: 'pass',
      seen: 'all found',
    });
    const lost = await itemIn(
      'mist.policy.linked',
      onDevice('service_policies', [{ servicepolicy_id: 'gone' }, dia]),
    );
    expect(lost).toMatchObject({ verdict: 'fail', seen: '1 link(s) lead nowhere' });
  });

  test('without any link there is nothing to follow', async () => {
    const items = await preflightIn(rules(dia));
    expect(items.map((i) => i.id)).not.toContain('mist.policy.linked');
  });
});

describe('what is unusual but possible is a warning', () => {
  test('nothing is, where everything is as usual', async () => {
    const items = await preflightIn(() => undefined);
    expect(items.filter((i) => i.verdict !== 'pass')).toEqual([]);
  });

  test('a range outside the pool, an address behind NAT, a region far away', async () => {
    const items = await preflightIn(() => undefined, {
      site: 'Nice',
      values: { range_a: '10.77.0.0/29', region: 'eastUS' },
    });
    const warnings = items.filter((i) => i.verdict === 'warning');
    expect(warnings.map((w) => w.id)).toEqual(['input.range_a-outside-pool', 'X17', 'X26']);
    expect(warnings.every((w) => w.mend !== '')).toBe(true);
  });

  test('one tunnel per zone is unproven on this router', async () => {
    const wish: Wish = {
      option: 'dual-wan-zone-redundant',
      values: { zone_topology: 'tunnel-per-zone' },
    };
    expect(await itemIn('design.tunnel_per_zone', undefined, wish)).toMatchObject({
      verdict: 'warning',
      seen: '4 tunnels on the router',
    });
  });
});
