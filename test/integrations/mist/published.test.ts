import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { kindOfStatus, retryAfterMs } from '../../../src/integrations/mist/errors.ts';
import { rowsOf } from '../../../src/integrations/mist/lenient.ts';
import * as schema from '../../../src/integrations/mist/schema.ts';
import * as stats from '../../../src/integrations/mist/stats-schema.ts';
import { readStreamMessage } from '../../../src/integrations/mist/stream-message.ts';

const contracts = process.env['CONTRACTS_DIR'];
const folder = contracts === undefined ? undefined : join(contracts, 'examples', 'mist');

/** Skipped, and said so, where the vendor's published bodies are not at hand. */
describe.skipIf(folder === undefined)('bodies that the vendor published are accepted (CONTRACTS_DIR)', () => {
  function read(name: string): string {
    return readFileSync(join(folder!, name), 'utf8');
  }
  function body(name: string): unknown {
    return JSON.parse(read(name));
  }

  test.each<[string, z.ZodType]>([
    ['self.get.200.json', schema.Self],
    ['self.usage.get.200.json', schema.Usage],
    ['site.get.200.json', schema.Site],
    ['site.device.get.200.gateway.json', schema.Device],
    ['site.setting.get.200.json', schema.SiteSetting],
    ['site.stats.device.get.200.Gateway_Stats.json', stats.Stats],
    ['site.device.show_route.200.json', stats.Session],
  ])('%s', (name, shape) => {
    expect(existsSync(join(folder!, name))).toBe(true);
    expect(shape.safeParse(body(name)).error).toBeUndefined();
  });

  test.each<[string, z.ZodType]>([
    ['org.sites.list.200.json', schema.Site],
    ['org.services.list.200.json', schema.Service],
    ['org.networks.list.200.json', schema.Network],
    ['org.servicepolicies.list.200.json', schema.ServicePolicy],
    ['site.stats.devices.list.200.Gateway_Stats.json', stats.Stats],
  ])('every row of %s', (name, shape) => {
    const rows = body(name) as unknown[];
    expect(rows.length).toBeGreaterThan(0);
    expect(rowsOf(shape, rows)).toHaveLength(rows.length);
  });

  test.each<[string, z.ZodType]>([
    ['org.stats.tunnels.search.200.Type_Wan.json', stats.Tunnel],
    ['org.stats.bgp_peers.search.200.json', stats.BgpPeer],
    ['site.stats.bgp_peers.search.200.json', stats.BgpPeer],
    ['site.devices.events.search.200.json', stats.Event],
  ])('every result of %s', (name, shape) => {
    const { results } = body(name) as { results: unknown[] };
    expect(results.length).toBeGreaterThan(0);
    expect(rowsOf(shape, results)).toHaveLength(results.length);
  });

  test('statistics of an SRX pair say so', () => {
    expect(stats.Stats.parse(body('site.stats.device.get.200.Gateway_Stats.json'))).toMatchObject({
      connected: true,
      isSsr: false,
      isHa: true,
      configStatus: 'COMMITED',
      lastSeenMs: 1720598726_000,
    });
  });

  test.each([
    ['ws.channel_subscribed.json', 'subscribed'],
    ['ws.subscribe_failed.json', 'refused'],
    ['ws.data.cmd.ping.json', 'data'],
    ['ws.data.cmd.show_route.json', 'data'],
    ['ws.data.cmd.show_bgp_summary.json', 'data'],
    ['ws.data.cmd.show_service_path.json', 'data'],
    ['ws.data.cmd.release_dhcp.double_encoded.json', 'data'],
  ])('%s of the stream is %s', (name, kind) => {
    expect(readStreamMessage(read(name)).kind).toBe(kind);
  });

  test('the published path report is read', () => {
    const message = readStreamMessage(read('ws.data.cmd.show_service_path.json'));
    const raw = message.kind === 'data' ? message.raw : '';
    const { rows } = stats.PathReport.parse(JSON.parse(raw));
    expect(rows.map((row) => row.interface)).toEqual(['ge-0/0/0', 'ge-0/0/1']);
  });
});

test.each([
  [400, 'rejected'],
  [401, 'unauthorized'],
  [404, 'not-found'],
  [408, 'timeout'],
  [412, 'conflict'],
  [429, 'rate-limited'],
  [502, 'unavailable'],
  [302, 'bad-response'],
])('status %i is %s', (status, kind) => {
  expect(kindOfStatus(status)).toBe(kind);
});

test.each([
  [null, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-3', undefined],
  ['0', 0],
  ['1.5', 1500],
  ['Mon, 23 Nov 2026 10:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
])('Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 10, 23, 10, 0, 0))).toBe(ms);
});

test.each([
  ['SSR130', undefined, true],
  ['128T-whitebox', undefined, true],
  ['SRX345', '6.2.4', false],
  ['vSRX3', undefined, false],
  ['Dell VEP1400', '6.2.4-14.lts', true],
  ['Dell VEP1400', '21.2R3-S6.11', false],
  ['Dell VEP1400', undefined, undefined],
  [undefined, 'odd', undefined],
])('model %s with version %s: is it an SSR? %s', (model, version, isSsr) => {
  expect(stats.Stats.parse({ status: 'connected', model, version }).isSsr).toBe(isSsr);
});

test('addresses are found by WAN name, port and interface, without masks', () => {
  const { portIps } = stats.Stats.parse({
    status: 'connected',
    if_stat: {
      'ge-0/0/0.0': { port_id: 'ge-0/0/0', wan_name: 'wan0', ips: ['203.0.113.10/29', '203.0.113.11/29'] },
      'ge-0/0/3.20': { port_id: 'ge-0/0/3', ips: ['10.20.1.1/24'] },
      'ge-0/0/3.30': { port_id: 'ge-0/0/3', ips: ['10.30.1.1/24'] },
      'ge-0/0/4': { ips: [] },
      'ge-0/0/5': 'odd',
    },
  });
  expect(portIps).toEqual({
    wan0: '203.0.113.10',
    'ge-0/0/0': '203.0.113.10',
    'ge-0/0/0.0': '203.0.113.10',
    'ge-0/0/3': '10.20.1.1',
    'ge-0/0/3.20': '10.20.1.1',
    'ge-0/0/3.30': '10.30.1.1',
  });
});

test.each([{}, { name: 'no id' }, { id: 7 }, [], null, 'text'])(
  '%j is neither device nor template nor network',
  (value) => {
    expect(schema.Device.safeParse(value).success).toBe(false);
    expect(schema.Template.safeParse(value).success).toBe(false);
    expect(schema.ServicePolicy.safeParse(value).success).toBe(false);
    expect(schema.Network.safeParse(Array.isArray(value) ? value : { subnet: '10.0.0.0/8' }).success).toBe(
      false,
    );
  },
);
