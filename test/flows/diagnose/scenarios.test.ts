import { describe, expect, test } from 'vitest';
import { INDISTINGUISHABLE } from '../../../src/flows/diagnose/cannot-tell.ts';
import { diagnose } from '../../../src/flows/diagnose/diagnose.ts';
import type { Evidence, Findings } from '../../../src/flows/diagnose/types.ts';
import { faultsFor } from '../../design/cross-checks/generated-faults.ts';
import { brokenOnTheWire, healthySite, type HealthySite } from '../../design/cross-checks/healthy-site.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import { evidenceOf } from './support/evidence-of.ts';

const UNREAD = { read: false, why: 'Graph answered 403' } as const;

function seen(shape: Shape, happen: (site: HealthySite) => void, settled = true): Evidence {
  const site = healthySite(shape);
  if (settled) site.world.settle();
  happen(site);
  site.world.settle();
  return evidenceOf(site);
}

function ids({ causes }: Findings): string[] {
  return causes.map(({ id }) => id);
}

function killZone({ world }: HealthySite, link: number, zone: 1 | 2): void {
  world.links[link]?.deadZones.add(zone);
  world.store.changed();
}

describe('what no comparison of configurations names', () => {
  test('a router that is away is the cause, and what it last said is no symptom', () => {
    const found = diagnose(seen({ links: 2 }, ({ world }) => void (world.edge.online = false)));
    expect(found.symptoms.map(({ kind }) => kind)).toEqual(['router-offline']);
    expect(found.causes[0]).toMatchObject({ id: 'router-offline', likelihood: 'almost certain' });
  });

  test('a WAN port that is down', () => {
    const found = diagnose(
      seen({ links: 2 }, ({ world }) => {
        const port = world.edge.wanPorts[1];
        if (port) port.up = false;
      }),
    );
    expect(found.causes[0]).toMatchObject({
      id: 'wan-down',
      subject: 'mssse-wan1',
      likelihood: 'almost certain',
    });
  });

  test('an address that the provider changed, which no configuration shows', () => {
    const evidence = seen({}, ({ world }) => {
      const port = world.edge.wanPorts[0];
      if (port) port.publicIp = '198.51.100.7';
    });
    const { mist } = evidence.views;
    if (!mist.read) throw new Error('unread');
    const stored = mist.value.wans.map((wan) => ({ ...wan, ip: '203.0.113.10' }));
    const views = {
      ...evidence.views,
      mist: { read: true, value: { ...mist.value, wans: stored } } as const,
    };
    const found = diagnose({ ...evidence, views });
    expect(found.causes[0]).toMatchObject({ id: 'public-ip-changed', likelihood: 'likely' });
    expect(found.causes[0]?.what).toContain('198.51.100.7');
  });

  test("Microsoft's gateway is silent while another tunnel over the same WAN is up", () => {
    const found = diagnose(seen({ zones: 2, topology: 'tunnel-per-zone' }, (site) => killZone(site, 0, 2)));
    expect(found.causes[0]).toMatchObject({ id: 'microsoft-silent', likelihood: 'likely' });
    expect(found.cannotTell).toEqual([]);
  });

  test('a zone that was up and fell is down at Microsoft', () => {
    const found = diagnose(seen({ zones: 2 }, (site) => killZone(site, 0, 2)));
    expect(found.causes[0]).toMatchObject({ id: 'zone-away', likelihood: 'likely' });
    expect(found.cannotTell).toEqual([]);
  });

  test('a rule that lets nothing in leaves a neighbor without routes', () => {
    const found = diagnose(
      seen({}, ({ world }) => {
        world.edge.routingPolicies['in'] = { terms: [{ actions: { accept: false } }] };
        world.set('bgpConfig.mssse-wan0.import_policy', 'in');
      }),
    );
    expect(found.symptoms.map(({ kind }) => kind)).toEqual(['no-routes']);
    expect(found.causes[0]).toMatchObject({ id: 'policy-refuses-all', likelihood: 'almost certain' });
  });

  test('a link without a connector, and a connector without a link', () => {
    const noConnector = diagnose(seen({}, ({ world }) => void delete world.edge.tunnelConfigs['mssse-wan0']));
    expect(ids(noConnector)[0]).toBe('no-connector');
    const evidence = seen({}, () => undefined);
    const { entra } = evidence.views;
    if (!entra.read) throw new Error('unread');
    const views = { ...evidence.views, entra: { read: true, value: { ...entra.value, links: [] } } as const };
    expect(ids(diagnose({ ...evidence, views, inEntra: 'none' }))[0]).toBe('no-link');
  });

  test('a missing row is not reported, never down', () => {
    const evidence = seen({}, () => undefined);
    const found = diagnose({ ...evidence, tunnels: { read: true, value: [] } });
    expect(found.symptoms).toEqual([{ kind: 'tunnel-unreported', connector: 'mssse-wan0' }]);
    expect(found.causes[0]).toMatchObject({ id: 'software-installing', likelihood: 'possible' });
  });

  test('a configuration that the router refused', () => {
    const evidence = seen({}, () => undefined);
    const failed = { atMs: evidence.now, type: 'GW_CONFIG_FAILED', mac: 'm', text: 'Transformation Failed' };
    const found = diagnose({ ...evidence, events: { read: true, value: [failed] } });
    expect(found.causes[0]).toMatchObject({ id: 'config-failed', likelihood: 'likely' });
  });

  test('two vendors that contradict each other', () => {
    const evidence = seen({}, () => undefined);
    const { entra } = evidence.views;
    if (!entra.read || !entra.value.links[0]?.instances.read) throw new Error('unread');
    const [link] = entra.value.links;
    const gone = {
      atMs: evidence.now,
      remoteNetworkId: 'n',
      status: 'tunnelDisconnected',
      deviceIp: link?.publicIp ?? '',
      microsoftIp: link?.instances.read ? (link.instances.value[0]?.endpoint ?? '') : '',
    };
    const found = diagnose({ ...evidence, health: { read: true, value: [gone] } });
    expect(found.causes[0]).toMatchObject({ id: 'late-report', likelihood: 'possible' });
    expect(found.causes[0]?.what).toContain('contradict');
  });

  test('traffic that leaves another way although every session stands', () => {
    const evidence = seen({}, ({ world }) => void world.edge.servicePolicies.reverse());
    const found = diagnose({ ...evidence, path: { read: true, value: ['wan0'] } });
    expect(found.causes[0]).toMatchObject({ id: 'X22', likelihood: 'almost certain' });
    expect(found.causes[0]?.evidence[0]).toContain("the router sends Microsoft's traffic to wan0");
  });

  test('large packets that do not pass', () => {
    const evidence = seen({}, () => undefined);
    const found = diagnose({ ...evidence, pings: [{ address: '10.99.99.2', small: true, large: false }] });
    expect(found.causes[0]).toMatchObject({ id: 'packet-size', likelihood: 'likely' });
  });
});

describe('what cannot be told apart is said so, and nothing of it is called likely', () => {
  test('a silent gateway and a provider that blocks UDP', () => {
    const found = diagnose(seen({}, (site) => killZone(site, 0, 1)));
    expect(found.cannotTell.map((one) => one.ids)).toEqual([['microsoft-silent', 'udp-blocked']]);
    expect(found.causes.every(({ likelihood }) => likelihood === 'possible')).toBe(true);
  });

  test('a second zone that was never up: away, or not served over one tunnel', () => {
    const away = diagnose(seen({ zones: 2 }, (site) => killZone(site, 0, 2), false));
    const topology = diagnose(
      seen({ zones: 2 }, ({ world }) => void (world.plane.zone2ThroughZone1 = false), false),
    );
    for (const found of [away, topology]) {
      expect(found.cannotTell.map((one) => one.ids)).toEqual([['zone-away', 'zone-over-one-tunnel']]);
      expect(found.causes.every(({ likelihood }) => likelihood === 'possible')).toBe(true);
    }
  });

  test('every fault of a session, while Entra cannot be read', () => {
    const told: string[] = [];
    for (const fault of faultsFor({}).filter(({ name }) => !name.startsWith('traffic'))) {
      const site = healthySite({});
      site.world.settle();
      fault.apply(site);
      if (brokenOnTheWire(site) === undefined) continue;
      const evidence = evidenceOf(site);
      const found = diagnose({ ...evidence, views: { ...evidence.views, entra: UNREAD }, inEntra: 'unread' });
      const certain = found.causes.filter(
        ({ likelihood, waiting }) => likelihood === 'almost certain' && !waiting,
      );
      if (certain.some(({ id }) => !(fault.names as readonly string[]).includes(id)))
        told.push(`${fault.name}: ${ids(found).join()}`);
    }
    expect(told).toEqual([]);
  });

  test('a key that Graph does not show is what is left where both IDs agree', () => {
    const evidence = seen({}, ({ world }) => world.set('tunnelConfigs.mssse-wan0.psk', 'other'));
    const { entra } = evidence.views;
    if (!entra.read) throw new Error('unread');
    const links = entra.value.links.map((link) => ({ ...link, psk: undefined }));
    const views = { ...evidence.views, entra: { read: true, value: { ...entra.value, links } } as const };
    expect(diagnose({ ...evidence, views }).causes[0]).toMatchObject({ id: 'X01', likelihood: 'likely' });
  });

  test('the list names each pair once, with what would tell them apart', () => {
    const keys = INDISTINGUISHABLE.map(({ ids: own }) => own.join());
    expect(new Set(keys).size).toBe(keys.length);
    for (const { ids: own, how } of INDISTINGUISHABLE) {
      expect(own.length).toBeGreaterThan(1);
      expect(how).not.toBe('');
    }
  });
});

test('no key is ever part of what a diagnosis says', () => {
  const site = healthySite({ zones: 2 });
  site.world.set('tunnelConfigs.mssse-wan0.psk', 'planted-key');
  site.world.settle();
  expect(JSON.stringify(diagnose(evidenceOf(site)))).not.toMatch(/planted-key|"key-0/);
});
