import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceGateway, gatewayTemplate } from '../../../sandbox/contracts/mist/gateway.ts';
import { network } from '../../../sandbox/contracts/mist/lan.ts';
import { service } from '../../../sandbox/contracts/mist/service.ts';
import { combine, effectiveConfig, resolveVariables } from '../../../sandbox/mist/effective.ts';
import { wanPorts } from '../../../sandbox/mist/ports.ts';
import { configProblems } from '../../../sandbox/mist/references.ts';
import { PLANTED_PSKS, seedOrg } from '../../../sandbox/mist/seed.ts';
import { findDevice } from '../../../sandbox/mist/portal.ts';
import { at, connector, eventOf, put, start } from './fixtures.ts';

describe('how template and device combine', () => {
  const template = {
    name: 't',
    dns_servers: ['1.1.1.1'],
    tunnel_configs: { a: 1, b: 2 },
    service_policies: [{ name: 'x' }, { name: 'y' }],
  };
  const device = {
    type: 'gateway',
    tunnel_configs: { b: 3, c: 4 },
    service_policies: [{ name: 'new' }, { name: 'y', action: 'deny' }],
  };

  it('takes the whole key of the device under replace', () => {
    expect(combine(template, device, 'replace')).toEqual({
      dns_servers: ['1.1.1.1'],
      tunnel_configs: device.tunnel_configs,
      service_policies: device.service_policies,
    });
  });

  it('combines entry by entry under merge, the device first', () => {
    expect(combine(template, device, 'merge')).toEqual({
      dns_servers: ['1.1.1.1'],
      tunnel_configs: { a: 1, b: 3, c: 4 },
      service_policies: [{ name: 'new' }, { name: 'y', action: 'deny' }, { name: 'x' }],
    });
  });

  it('agrees under both where the device holds a copy of the template with more entries', () => {
    const entries = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.integer());
    fc.assert(
      fc.property(entries, entries, (base, own) => {
        const full = { tunnel_configs: { ...base, ...own } };
        const t = { tunnel_configs: base };
        expect(combine(t, full, 'replace')).toEqual(combine(t, full, 'merge'));
      }),
    );
  });

  it('plays the hypothesis that is set when the device takes its configuration', async () => {
    const sim = await start();
    const { device, mac } = at(sim, 'Lyon');
    const names = (): string[] => Object.keys(sim.wanEdges().find((e) => e.mac === mac)?.tunnelConfigs ?? {});
    await put(sim, device, { type: 'gateway', tunnel_configs: { ours: connector() }, bgp_config: {} });
    await eventOf(sim, mac, 'GW_CONFIGURED');
    expect(names()).toEqual(['ours']);
    sim.hypotheses.merge = 'merge';
    sim.store.events.length = 0;
    await put(sim, device, { type: 'gateway', notes: 'again' });
    await eventOf(sim, mac, 'GW_CONFIGURED');
    expect(names()).toEqual(['dc-backup', 'ours']);
  });
});

describe('variables', () => {
  it('are replaced in values and keys at any depth, and reported where they are missing', () => {
    const missing = new Set<string>();
    const value = { '{{p}}': [{ ip: '10.{{ n }}.0.1' }, '{{gone}}', 5], x: null };
    expect(resolveVariables(value, { p: 'ge-0/0/0', n: '7' }, missing)).toEqual({
      'ge-0/0/0': [{ ip: '10.7.0.1' }, '{{gone}}', 5],
      x: null,
    });
    expect([...missing]).toEqual(['gone']);
  });

  it('leave values without braces as they are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('{{'));
        expect(resolveVariables(value, {}, new Set())).toEqual(value);
      }),
    );
  });

  it('of the device win over those of the site', () => {
    const store = seedOrg();
    const device = findDevice(store, 'Porto');
    device.body['vars'] = { wan0_ip: '203.0.113.88' };
    const { config } = effectiveConfig(store, device, 'replace');
    expect(wanPorts(device, config.keys)[0]).toMatchObject({ name: 'wan0', publicIp: '203.0.113.88' });
  });
});

describe('the organisation of the seed', () => {
  const store = seedOrg();

  it('fits the contracts', () => {
    for (const [schema, items] of [
      [gatewayTemplate, [...store.templates.values()]],
      [deviceGateway, [...store.devices.values()].map((device) => device.body)],
      [service, [...store.services.values()]],
      [network, [...store.networks.values()]],
    ] as const) {
      for (const item of items)
        expect([item['name'], schema.safeParse(item).error?.issues ?? []]).toEqual([item['name'], []]);
    }
  });

  it.each(['replace', 'merge'] as const)('is accepted by every device under %s', (hypothesis) => {
    for (const device of store.devices.values()) {
      const { config, missing } = effectiveConfig(store, device, hypothesis);
      expect([device.body.name, configProblems(store, device, config, missing)]).toEqual([
        device.body.name,
        [],
      ]);
    }
  });

  it('has the cases that the bot must tell apart', () => {
    const ports = (name: string) => {
      const device = findDevice(store, name);
      return wanPorts(device, device.running.keys).map((port) => [
        port.name,
        port.node,
        port.mode,
        port.publicIp,
      ]);
    };
    expect(ports('Lyon')).toEqual([
      ['wan0', 'node0', 'static', '203.0.113.10'],
      ['wan1', 'node0', 'static', '198.51.100.10'],
    ]);
    expect(ports('Geneva')).toEqual([
      ['wan0', 'node0', 'static', '203.0.113.20'],
      ['wan1', 'node1', 'static', '198.51.100.20'],
    ]);
    expect(ports('Turin')[0]).toEqual(['wan0', 'node0', 'dhcp', '203.0.113.40']);
    expect(ports('Nice')[0]).toEqual(['wan0', 'node0', 'static', '203.0.113.50']);
    expect(findDevice(store, 'Rome').online).toBe(false);
    expect(findDevice(store, 'Oslo').model).toBe('SRX345');
    expect(findDevice(store, 'Lyon').running.networks).toEqual([
      { name: 'Lab', subnet: '10.20.1.0/24' },
      { name: 'Guest', subnet: '10.30.1.0/24' },
    ]);
    const dia = (name: string): boolean =>
      findDevice(store, name).running.servicePolicies.some((policy) => policy['name'] === 'internet');
    expect([dia('Lyon'), dia('Paris')]).toEqual([true, false]);
    const planted =
      JSON.stringify([...store.templates.values()]) + JSON.stringify(findDevice(store, 'Paris').body);
    expect(Object.values(PLANTED_PSKS).every((psk) => planted.includes(psk))).toBe(true);
  });

  it('shares nothing between templates or between two organisations', () => {
    const one = seedOrg();
    const template = [...one.templates.values()].find((t) => t['name'] === 'Branch-Std');
    (template?.['ip_configs'] as Record<string, unknown>)['Lab'] = 'edited';
    (template?.['service_policies'] as Record<string, unknown>[])[1]!['action'] = 'edited';
    const rest = [...one.templates.values(), ...seedOrg().templates.values()].filter((t) => t !== template);
    expect(JSON.stringify(rest)).not.toContain('edited');
  });

  it('grows to a fleet', () => {
    const fleet = seedOrg({ fleet: 300 });
    expect([fleet.sites.size, fleet.devices.size]).toEqual([309, 309]);
    expect(new Set([...fleet.devices.values()].map((device) => device.body.mac)).size).toBe(309);
  });
});
