import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains } from '../../src/design/addressing.ts';
import { designSite, missingNetworks } from '../../src/design/design-site.ts';
import { IKE_PROPOSALS } from '../../src/design/ike-proposals.ts';
import { redundancyOf } from '../../src/design/redundancy.ts';
import { BANDWIDTHS, MODES, OPTIONS, ZONE_TOPOLOGIES } from '../../src/design/types.ts';
import type { SiteDesign, SiteFacts, SiteInputs } from '../../src/design/types.ts';

interface Golden {
  readonly inputs: SiteInputs;
  readonly facts: SiteFacts;
  readonly design: SiteDesign;
}

const golden = new URL('../golden/', import.meta.url);

function load(name: string): Golden {
  return JSON.parse(readFileSync(new URL(name, golden), 'utf8')) as Golden;
}

const files = readdirSync(golden).filter((name) => /^design-.*\.json$/.test(name));
const base = load('design-dual-wan-zone-redundant.json');

describe('designs of the guide', () => {
  it('cover every option and both zone topologies', () => {
    const designs = files.map((name) => load(name).design);
    expect(new Set(designs.map((design) => design.option))).toEqual(new Set(OPTIONS));
    expect(new Set(designs.map((design) => design.zoneTopology))).toEqual(new Set(ZONE_TOPOLOGIES));
  });

  it.each(files)('%s', (name) => {
    const { inputs, facts, design } = load(name);
    expect(designSite(inputs, facts)).toStrictEqual(design);
  });
});

const network = fc.record({
  name: fc.constantFrom('corp', 'guest', 'voice', 'lab'),
  prefix: fc.constantFrom('10.20.0.0/24', '10.20.1.0/24', '10.20.1.1/24', '172.16.0.0/20', '{{lan}}'),
  tenants: fc.subarray(['corp', 'staff.corp', 'guest', 'voice']),
});
const wan = fc.string({ unit: fc.constantFrom('w', 'W', '0', '/', '-', '.'), minLength: 1, maxLength: 6 });

const cases: fc.Arbitrary<{ inputs: SiteInputs; facts: SiteFacts }> = fc
  .record({
    option: fc.constantFrom(...OPTIONS),
    mode: fc.constantFrom(...MODES),
    zoneTopology: fc.constantFrom(...ZONE_TOPOLOGIES),
    bandwidth: fc.constantFrom(...BANDWIDTHS),
    ikeId: fc.constantFrom(...IKE_PROPOSALS.map((proposal) => proposal.id)),
    siteName: fc.string({ minLength: 1 }),
    wans: fc.uniqueArray(wan, { minLength: 2, maxLength: 2 }),
    networks: fc.uniqueArray(network, { selector: (item) => item.name, minLength: 1 }),
    thirds: fc.uniqueArray(fc.nat(255), { minLength: 2, maxLength: 2 }),
    override: fc.boolean(),
    hasDiaPolicy: fc.boolean(),
  })
  .map(({ siteName, wans, networks, thirds, override, hasDiaPolicy, ...rest }) => {
    const { links, zones } = redundancyOf(rest.option);
    const usable = networks.filter((item) => item.prefix !== '{{lan}}').map((item) => item.name);
    const inputs: SiteInputs = {
      ...rest,
      site: { id: 's', name: siteName },
      device: { id: 'd', name: 'ssr' },
      links: wans.slice(0, links).map((name, n) => ({
        wan: name,
        node: n === 0 ? 'node0' : 'node1',
        publicIp: `203.0.113.${n + 1}`,
        ...(override ? { deviceBgp: `192.168.9.${n + 1}` } : {}),
      })),
      region: 'ukSouth',
      rangeA: `10.99.${thirds[0]}.8/29`,
      ...(zones === 2 ? { rangeB: `10.99.${thirds[1]}.0/29` } : {}),
      deviceAsn: 65000,
      networks: usable,
    };
    return { inputs, facts: { networks, hasDiaPolicy } };
  });

function addressesOf(design: SiteDesign): string[] {
  return design.links.flatMap((link) => [
    link.deviceBgp,
    link.microsoftBgp,
    ...(link.microsoftBgpZone2 === undefined ? [] : [link.microsoftBgpZone2]),
  ]);
}

function expectDistinct(values: readonly string[]): void {
  expect(new Set(values).size).toBe(values.length);
}

describe('every design', () => {
  it('has links × zones sessions, and each zone once per link', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const design = designSite(inputs, facts);
        const { links, zones } = redundancyOf(inputs.option);
        expect(design.zones).toBe(zones);
        expect(design.ranges).toHaveLength(zones);
        expect(design.links.map((link) => link.index)).toEqual([1, 2].slice(0, links));
        for (const link of design.links) {
          const sessions = link.connectors.flatMap((connector) => connector.sessions);
          expect(sessions.map((session) => session.zone)).toEqual([1, 2].slice(0, zones));
          expect(sessions.map((session) => session.microsoftBgp)).toEqual(
            [link.microsoftBgp, link.microsoftBgpZone2].slice(0, zones),
          );
        }
      }),
    );
  });

  it('has different addresses, each in its range unless it was overridden', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const design = designSite(inputs, facts);
        expectDistinct(addressesOf(design));
        for (const [n, link] of design.links.entries()) {
          const override = inputs.links[n]?.deviceBgp;
          if (override === undefined) expect(contains(inputs.rangeA, link.deviceBgp)).toBe(true);
          else expect(link.deviceBgp).toBe(override);
          expect(contains(inputs.rangeA, link.microsoftBgp)).toBe(true);
          if (link.microsoftBgpZone2 !== undefined)
            expect(contains(inputs.rangeB ?? '', link.microsoftBgpZone2)).toBe(true);
        }
      }),
    );
  });

  it('has different names of connectors and links, and neighbors that no two connectors share', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const design = designSite(inputs, facts);
        const connectors = design.links.flatMap((link) => link.connectors);
        expectDistinct(connectors.map((connector) => connector.name.toLowerCase()));
        expectDistinct(design.links.map((link) => link.name));
        expectDistinct(
          connectors.flatMap((connector) => connector.sessions.map((session) => session.microsoftBgp)),
        );
      }),
    );
  });

  it('has one key per tunnel, and two per link only with a tunnel per zone', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const design = designSite(inputs, facts);
        const perZone = design.zones === 2 && inputs.zoneTopology === 'tunnel-per-zone';
        expect(design.zoneTopology).toBe(perZone ? 'tunnel-per-zone' : 'single-tunnel');
        const connectors = design.links.flatMap((link) => link.connectors);
        expectDistinct(connectors.map((connector) => connector.pskId));
        for (const link of design.links) {
          expect(link.connectors.map((connector) => connector.zone)).toEqual(perZone ? [1, 2] : [1]);
          expect(link.connectors.map((connector) => connector.pskId)).toEqual(
            perZone ? [link.pskId, link.zonePskId] : [link.pskId],
          );
          expect(link.zonePskId === undefined).toBe(design.zones === 1);
          if (!perZone && design.zones === 2) expect(link.zonePskId).toBe(link.pskId);
        }
      }),
    );
  });

  it('announces only chosen networks and refuses all of the site', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const design = designSite(inputs, facts);
        expect(new Set(design.announce.prefixes)).toEqual(
          new Set(design.networks.map((item) => item.prefix)),
        );
        expect(design.networks.map((item) => item.name).toSorted()).toEqual([...inputs.networks].toSorted());
        for (const prefix of design.announce.prefixes) expect(design.refuse.prefixes).toContain(prefix);
        expect(design.refuse.prefixes.includes('0.0.0.0/0')).toBe(inputs.mode === 'm365');
        expect(design.refuse.prefixes).not.toContain('{{lan}}');
        expectDistinct(design.refuse.prefixes);
      }),
    );
  });

  it('does not depend on the order of networks and their users', () => {
    fc.assert(
      fc.property(cases, ({ inputs, facts }) => {
        const reordered = facts.networks
          .toReversed()
          .map((item) => ({ ...item, tenants: item.tenants.toReversed() }));
        const again = designSite(
          { ...inputs, networks: inputs.networks.toReversed() },
          { ...facts, networks: reordered },
        );
        expect(again).toEqual(designSite(inputs, facts));
      }),
    );
  });
});

describe('overrides', () => {
  it('win over the addresses of the ranges, one by one', () => {
    const links = base.inputs.links.map((link, n) => ({
      ...link,
      deviceBgp: `192.168.7.${n}1`,
      microsoftBgp: `192.168.7.${n}2`,
      microsoftBgpZone2: `192.168.7.${n}3`,
    }));
    const design = designSite({ ...base.inputs, links }, base.facts);
    expect(design.links.map((link) => [link.deviceBgp, link.microsoftBgp, link.microsoftBgpZone2])).toEqual([
      ['192.168.7.01', '192.168.7.02', '192.168.7.03'],
      ['192.168.7.11', '192.168.7.12', '192.168.7.13'],
    ]);
    expect(design.links[1]?.connectors[0]?.sessions.map((session) => session.microsoftBgp)).toEqual([
      '192.168.7.12',
      '192.168.7.13',
    ]);
  });

  it('of zone 2 and range B are left aside without zone redundancy', () => {
    const links = base.inputs.links.map((link) => ({ ...link, microsoftBgpZone2: '192.168.7.3' }));
    const design = designSite({ ...base.inputs, option: 'dual-wan', links }, base.facts);
    expect(design.ranges).toEqual(['10.99.99.0/29']);
    expect(design.links[0]).not.toHaveProperty('microsoftBgpZone2');
    expect(design.links[0]).not.toHaveProperty('zonePskId');
  });
});

describe('traffic mode', () => {
  it.each([
    ['m365', false, 'Microsoft-SSE', ['0.0.0.0/1', '128.0.0.0/1'], ['m365']],
    ['m365', true, 'Microsoft-SSE', ['0.0.0.0/1', '128.0.0.0/1'], ['m365']],
    ['internet', false, 'Microsoft-SSE-Internet', ['0.0.0.0/0'], ['m365', 'internet']],
    ['internet', true, 'Microsoft-SSE', ['0.0.0.0/1', '128.0.0.0/1'], ['m365', 'internet']],
  ] as const)('%s with a DIA policy: %s', (mode, hasDiaPolicy, name, addresses, profiles) => {
    const design = designSite({ ...base.inputs, mode }, { ...base.facts, hasDiaPolicy });
    expect(design.application).toEqual({ name, addresses });
    expect(design.profiles).toEqual(profiles);
  });

  it('names the default route once even if a network of the site is the default route', () => {
    const networks = [...base.facts.networks, { name: 'all', prefix: '0.0.0.0/0', tenants: [] }];
    expect(designSite(base.inputs, { ...base.facts, networks }).refuse.prefixes).toEqual([
      '0.0.0.0/0',
      '10.20.0.0/24',
    ]);
  });
});

describe('inputs that contradict themselves', () => {
  it.each([
    [
      'one link for two',
      { links: base.inputs.links.slice(0, 1) },
      'option dual-wan-zone-redundant needs 2 link(s)',
    ],
    [
      'two links for one',
      { option: 'single-wan-zone-redundant' },
      'option single-wan-zone-redundant needs 1 link(s)',
    ],
    ['an unknown proposal', { ikeId: 'default' }, 'unknown IKE proposal default'],
    ['a network that is gone', { networks: ['corp', 'gone'] }, 'networks not usable on the device: gone'],
    ['a range without hosts', { rangeA: '10.99.99.0/31' }, 'the network has no host 1'],
  ] as const)('%s', (_, change, message) => {
    expect(() => designSite({ ...base.inputs, ...change }, base.facts)).toThrow(new RangeError(message));
  });

  it('no second range for two zones', () => {
    const { rangeB: _, ...inputs } = base.inputs;
    expect(() => designSite(inputs, base.facts)).toThrow(
      new RangeError('option dual-wan-zone-redundant needs a second range'),
    );
  });

  it('networks that are gone or have no IPv4 prefix can be asked for beforehand', () => {
    const networks = [...base.facts.networks, { name: 'vars', prefix: '{{lan}}', tenants: [] }];
    const inputs = { ...base.inputs, networks: ['vars', 'corp', 'gone'] };
    expect(missingNetworks(inputs, { ...base.facts, networks })).toEqual(['vars', 'gone']);
    expect(missingNetworks(base.inputs, base.facts)).toEqual([]);
  });
});
