import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, decorate, randomFrom } from '../../../sandbox/mist/chunks.ts';
import { findDevice } from '../../../sandbox/mist/portal.ts';
import { routeText, summaryText, type RouterView } from '../../../sandbox/mist/route-text.ts';
import { seedOrg } from '../../../sandbox/mist/seed.ts';
import { servicePath, type UnroutedHypothesis } from '../../../sandbox/mist/service-path.ts';
import { peerState } from './fixtures.ts';

const octet = fc.integer({ min: 0, max: 255 });
const prefix = fc
  .tuple(octet, octet, octet, octet, fc.integer({ min: 8, max: 32 }))
  .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);

function view(over: Partial<RouterView> = {}): RouterView {
  return {
    localAs: 65_000,
    routerId: '10.0.0.1',
    peers: [],
    networks: [{ name: 'Lab', subnet: '10.20.1.0/24' }],
    ...over,
  };
}

describe('the cutting of output', () => {
  it('loses, adds and reorders nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), fc.integer(), (output, size, seed) => {
        const chunks = cut(output, size, randomFrom(seed));
        expect(chunks.join('')).toBe(output);
        expect(chunks.every((chunk) => chunk.length >= 1 && chunk.length <= Math.max(size, 1))).toBe(true);
      }),
    );
  });

  it('is decorated with sequences that can be taken out again', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -~]*$/)), fc.integer(), (lines, seed) => {
        const output = lines.join('\n');
        expect(decorate(output, randomFrom(seed)).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')).toBe(output);
      }),
    );
  });

  it('is the same for the same seed', () => {
    const output = 'x'.repeat(500);
    expect(cut(output, 9, randomFrom(7))).toEqual(cut(output, 9, randomFrom(7)));
    expect(cut(output, 9, randomFrom(7))).not.toEqual(cut(output, 9, randomFrom(8)));
  });
});

describe('the router text', () => {
  it('has every received prefix once with its next hop, and the total', () => {
    fc.assert(
      fc.property(fc.uniqueArray(prefix, { minLength: 1, maxLength: 40 }), (learned) => {
        const peers = [peerState('m', { learned })];
        const output = routeText(view({ peers }), { neighbor: '10.99.99.2', route: 'received' });
        const found = [...output.matchAll(/^ \*> (\S+)\s+(\S+)\s+0\s+0 65476 i$/gm)].map((m) => [m[1], m[2]]);
        expect(found).toEqual(learned.map((p) => [p, '10.99.99.2']));
        expect(output.endsWith(`Total number of prefixes ${learned.length}\n`)).toBe(true);
      }),
    );
  });

  it('wraps exactly the prefixes that do not fit the column', () => {
    fc.assert(
      fc.property(prefix, (learned) => {
        const peers = [peerState('m', { learned: [learned] })];
        const output = routeText(view({ peers }), { neighbor: '10.99.99.2', route: 'received' });
        expect(output.includes(` *> ${learned}\n`)).toBe(learned.length >= 17);
      }),
    );
  });

  it('shows both directions unless one is asked for', () => {
    const peers = [peerState('m')];
    const ask = (route?: string): string => routeText(view({ peers }), { neighbor: '10.99.99.2', route });
    const totals = (output: string): (string | undefined)[] =>
      [...output.matchAll(/prefixes (\d+)/g)].map((m) => m[1]);
    expect(totals(ask())).toEqual(['2', '1']);
    expect(totals(ask('received'))).toEqual(['2']);
    expect(totals(ask('advertised'))).toEqual(['1']);
    expect(ask('advertised')).toMatch(/\*> 10\.20\.1\.0\/24 +0\.0\.0\.0 +0 +32768 i/);
  });

  it('says so where the neighbor is unknown or has nothing', () => {
    const peers = [peerState('m', { learned: [] })];
    expect(routeText(view({ peers }), { neighbor: '10.9.9.9' })).toContain('% No such neighbor');
    expect(routeText(view({ peers }), { neighbor: '10.99.99.2', route: 'received' })).toContain('prefixes 0');
    expect(routeText(view(), {})).toContain('No BGP prefixes');
  });

  it('filters by prefix and by protocol', () => {
    const peers = [peerState('m'), peerState('m', { neighbor: '10.99.100.2' })];
    const one = routeText(view({ peers }), { prefix: '13.107.6.152/31' });
    expect(one).toContain('Displayed  1 routes and 2 total paths');
    expect(routeText(view({ peers }), { protocol: 'direct' })).toMatch(
      /C>\* 10\.20\.1\.0\/24 is directly connected, Lab/,
    );
    expect(routeText(view({ peers }), { protocol: 'any' })).toMatch(
      /B>\* 13\.107\.6\.152\/31 \[20\/0\] via 10\.99\.99\.2/,
    );
    expect(routeText(view({ peers }), { protocol: 'static' })).not.toContain('10.20.1.0');
  });

  it('summarises neighbors with their count or their state', () => {
    const peers = [peerState('m'), peerState('m', { neighbor: '10.99.100.2', state: 'open_sent' })];
    const output = summaryText(view({ peers }));
    expect(output).toMatch(/10\.99\.99\.2 +4 +65476 .* 00:01:0\d +2 +1 N\/A/);
    expect(output).toMatch(/10\.99\.100\.2 +4 +65476 .* never +OpenSent +0 N\/A/);
  });
});

describe('the service path', () => {
  const device = findDevice(seedOrg(), 'Lyon');
  device.running.services['Microsoft-SSE'] = { addresses: ['0.0.0.0/1', '128.0.0.0/1'] };
  device.running.servicePolicies.unshift({
    name: 'microsoft-sse',
    tenants: ['Lab'],
    services: ['Microsoft-SSE'],
    action: 'allow',
  });
  const interfaces = (
    service: string | undefined,
    up: boolean,
    unrouted: UnroutedHypothesis = 'dia',
  ): unknown[] => {
    const peers = [peerState(device.body.mac, up ? {} : { state: 'active', learned: [] })];
    const answer = JSON.parse(servicePath(device, peers, service, unrouted)) as {
      finished: boolean;
      rows: Record<string, unknown>[];
    };
    expect(answer.finished).toBe(true);
    return answer.rows.map((row) => row['network_interface']);
  };

  it('goes through the tunnel once routes are learned', () => {
    expect(interfaces('Microsoft-SSE', true)).toEqual(['mssse-wan0']);
  });

  it('goes the way of the broader rule, or nowhere, while none is learned', () => {
    expect(interfaces('Microsoft-SSE', false)).toEqual(['wan0', 'wan1']);
    expect(interfaces('Microsoft-SSE', false, 'drop')).toEqual([]);
  });

  it('follows the steering policy where there is one, whatever is learned', () => {
    expect(interfaces('internet-any', true)).toEqual(['wan0', 'wan1']);
  });

  it('has no row for an application without a rule that allows it', () => {
    expect(interfaces('lab-servers', true)).toEqual([]);
  });
});
