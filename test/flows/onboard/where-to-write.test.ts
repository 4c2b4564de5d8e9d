import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Option } from '../../../src/design/types.ts';
import { addOrgObject, seedId } from '../../../sandbox/mist/seed-parts.ts';
import { seedOrg } from '../../../sandbox/mist/seed.ts';
import { ask, BEN, viewOf } from '../support/asking.ts';
import { configuration, deviceOf } from '../support/both-sides.ts';
import { startRig, type Rig } from '../support/rig.ts';

type Tree = Record<string, unknown>;
const HYPOTHESES = ['replace', 'merge'] as const;
const OURS = /^(mssse-|microsoft-sse)/;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a device runs, as this test understands it: its keys over its template's, with variables filled in. */
function effective(
  rig: Rig,
  device: ReturnType<typeof deviceOf>,
  hypothesis: (typeof HYPOTHESES)[number],
): Tree {
  const { store } = rig.mist;
  const site = store.sites.get(device.siteId)!;
  const template = (store.templates.get(String(site.body['gatewaytemplate_id'])) ?? {}) as Tree;
  const all: Tree = { ...template, ...device.body };
  if (hypothesis === 'merge') {
    for (const [key, own] of Object.entries(device.body)) {
      const inherited = template[key];
      if (isTree(own) && isTree(inherited)) all[key] = { ...inherited, ...own };
    }
  }
  const vars = { ...(site.setting['vars'] as Tree), ...(device.body['vars'] as Tree | undefined) };
  const text = JSON.stringify(all, (key, item: unknown) => (key === 'modified_time' ? undefined : item));
  return JSON.parse(
    text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
      vars[name] === undefined ? whole : String(vars[name]),
    ),
  ) as Tree;
}

function othersOnTemplate(rig: Rig, site: string): Tree {
  const { store } = rig.mist;
  const template = store.sites.get(rig.site(site))?.body['gatewaytemplate_id'];
  const devices = [...store.devices.values()].filter(
    (d) => d.siteId !== rig.site(site) && store.sites.get(d.siteId)?.body['gatewaytemplate_id'] === template,
  );
  return Object.fromEntries(
    devices.flatMap((d) => HYPOTHESES.map((h) => [`${String(d.body['name'])} ${h}`, effective(rig, d, h)])),
  );
}

/** What stands in the way is the test's mistake; it is named. */
async function approve(rig: Rig, id: string): Promise<void> {
  const answer = await rig.flows.approve(BEN, id);
  if (answer.kind === 'accepted') return;
  const { preflight } = await viewOf(rig, id);
  throw new Error(
    JSON.stringify(
      preflight.filter((item) => item.verdict === 'fail'),
      null,
      1,
    ),
  );
}

async function onboard(rig: Rig, option: Option): Promise<void> {
  const id = await ask(rig, { option, values: { networks: ['Lab'] } });
  await approve(rig, id);
  await rig.until(id, 'onboarded');
}

async function rollBack(rig: Rig): Promise<void> {
  const id = await ask(rig, { option: 'single-wan', values: { networks: ['Lab'] } });
  const action = { kind: 'answer', status: 400, body: '{"detail":"no"}' } as const;
  rig.mist.faults.plant({ method: 'PUT', path: '/devices/[^/]+$', skip: 1, action });
  await approve(rig, id);
  await rig.until(id, 'rolled-back');
}

test.each(HYPOTHESES)(
  'of thirty sites on one template the other twenty-nine run what they ran, whether Mist would %s',
  async (merge) => {
    const rig = await startRig({ mist: { store: seedOrg({ fleet: 24 }), hypotheses: { merge } } });
    const before = othersOnTemplate(rig, 'Lyon');
    expect(Object.keys(before)).toHaveLength(29 * 2);
    const running = () =>
      [...rig.mist.store.devices.values()]
        .filter((d) => d.siteId !== rig.site('Lyon'))
        .map((d) => d.running.keys);
    const ran = structuredClone(running());
    await onboard(rig, 'dual-wan-zone-redundant');
    expect(othersOnTemplate(rig, 'Lyon')).toEqual(before);
    expect(running()).toEqual(ran);
    expect(rig.mist.calls.filter((c) => c.method !== 'GET' && /gatewaytemplates/.test(c.path))).toEqual([]);
  },
);

/** Entries of others below the keys that we write, and every key that we do not. */
function foreign(config: Tree): Tree {
  const kept = Object.entries(config).map(([key, value]): [string, unknown] => {
    if (key === 'service_policies')
      return [key, (value as Tree[]).filter((rule) => !OURS.test(String(rule['name'])))];
    if (!/^(tunnel_configs|bgp_config|routing_policies)$/.test(key)) return [key, value];
    return [key, Object.fromEntries(Object.entries(value as Tree).filter(([name]) => !OURS.test(name)))];
  });
  return Object.fromEntries(kept.filter(([, value]) => !isTree(value) || Object.keys(value).length > 0));
}

/** Published bodies of gateways and their templates; what they say of ports and addresses would be another site's. */
function published(folder: string): [string, Tree][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name): [string, Tree][] => {
      const body = JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
      const keys =
        /^(tunnel_configs|bgp_config|routing_policies|service_policies|extra_routes|dhcpd_config|path_preferences)$/;
      if (!isTree(body) || !/gateway/.test(name) || /events/.test(name)) return [];
      const entries = Object.entries(body).filter(
        ([key]) => keys.test(key) || /Override$|^dns|^ntp/.test(key),
      );
      return entries.length > 0 ? [[name, Object.fromEntries(entries)]] : [];
    });
}

/** The published body beside what the site has already. */
function combined(body: Tree, added: Tree): void {
  for (const [key, value] of Object.entries(structuredClone(added))) {
    const own = body[key];
    if (Array.isArray(own) && Array.isArray(value))
      body[key] = [...(value as unknown[]), ...(own as unknown[])];
    else body[key] = isTree(own) && isTree(value) ? { ...own, ...value } : value;
  }
}

const contracts = process.env['CONTRACTS_DIR'];

/** Skipped, and said so, where the vendor's published bodies are not at hand. */
describe.skipIf(contracts === undefined)('published configurations stay as they are (CONTRACTS_DIR)', () => {
  const bodies = contracts === undefined ? [] : published(join(contracts, 'examples', 'mist'));
  const cases = bodies.flatMap(([name, body]) =>
    (['template', 'device'] as const).map((at) => [name, at, body] as const),
  );

  test('there are some, with connectors and BGP groups among them', () => {
    expect(bodies.length).toBeGreaterThan(3);
    expect(bodies.some(([, body]) => 'tunnel_configs' in body && 'bgp_config' in body)).toBe(true);
  });

  test.each(cases)('%s on the %s, after a roll-back and after the onboarding', async (_name, at, body) => {
    const rig = await startRig();
    plant(rig, at, body);
    const everything = configuration(rig);
    const before = HYPOTHESES.map((h) => foreign(effective(rig, deviceOf(rig), h)));
    const templates = structuredClone([...rig.mist.store.templates.values()]);
    await rollBack(rig);
    expect(configuration(rig)).toEqual(everything);
    await onboard(rig, 'single-wan');
    expect(HYPOTHESES.map((h) => foreign(effective(rig, deviceOf(rig), h)))).toEqual(before);
    expect([...rig.mist.store.templates.values()]).toEqual(templates);
  });

  function plant(rig: Rig, at: 'template' | 'device', body: Tree): void {
    const added = atHome(body);
    surround(rig, added);
    const template = [...rig.mist.store.templates.values()].find((t) => t['name'] === 'Branch-Std') as Tree;
    const whole = {
      ...added,
      routing_policies: { ...(added['routing_policies'] as Tree), ...policiesFor(added) },
    };
    if (at === 'template') {
      // A member that no document of today names belongs to somebody as well.
      rig.mist.portal.editTemplate('Branch-Std', (own) =>
        combined(own, { ...whole, key_of_tomorrow: { kept: [1] } }),
      );
      return;
    }
    const copied = Object.fromEntries(
      Object.keys(whole).flatMap((key) => (key in template ? [[key, template[key]]] : [])),
    );
    rig.mist.portal.editDevice('Lyon', (own) => {
      combined(own, copied);
      combined(own, whole);
    });
  }
});

/** The body with the WAN port of another site named as this site's is. */
function atHome(body: Tree): Tree {
  return JSON.parse(
    JSON.stringify(body, (key, item: unknown) => {
      if (key === 'wan_names') return ['wan0'];
      return isTree(item) && item['type'] === 'wan' && typeof item['name'] === 'string'
        ? { ...item, name: 'wan0' }
        : item;
    }),
  ) as Tree;
}

/** What the body refers to: a router refuses a configuration with loose ends. */
function surround(rig: Rig, body: Tree): void {
  const { store } = rig.mist;
  const rules = (body['service_policies'] ?? []) as { services?: string[]; tenants?: string[] }[];
  const known = (items: Iterable<Tree>): string[] => [...items].map((item) => String(item['name']));
  for (const name of new Set(rules.flatMap((rule) => rule.services ?? []))) {
    if (known(store.services.values()).includes(name)) continue;
    rig.mist.portal.addService({
      name,
      type: 'custom',
      addresses: ['192.0.2.128/25'],
      specs: [{ protocol: 'any' }],
    });
  }
  for (const [n, name] of [...new Set(rules.flatMap((rule) => rule.tenants ?? []))].entries()) {
    if (known(store.networks.values()).includes(name)) continue;
    addOrgObject(store.networks, store, seedId('4e700000', 500 + n), { name, subnet: `10.2${n}0.0.0/24` });
  }
}

function policiesFor(body: Tree): Tree {
  const groups = Object.values((body['bgp_config'] ?? {}) as Record<string, Tree>);
  const holders = groups.flatMap((group) => [
    group,
    ...Object.values((group['neighbors'] ?? {}) as Record<string, Tree>),
  ]);
  const names = holders
    .flatMap((h) => [h['import_policy'], h['export_policy']])
    .filter((name) => name !== undefined);
  return Object.fromEntries(names.map((name) => [String(name), { terms: [{ actions: { accept: true } }] }]));
}
