import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../src/design/check-inputs.ts';
import { designSite } from '../../src/design/design-site.ts';
import { TEXT_FIELDS, type InputDraft, type InputSnapshot } from '../../src/design/input-draft.ts';
import type { SiteInputs } from '../../src/design/types.ts';
import { draft, singleDraft, snapshot } from './site-form.ts';

function inputsOf(filledIn: InputDraft, read: InputSnapshot = snapshot): SiteInputs {
  const checked = checkInputs(filledIn, read);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.inputs;
}

describe('a form that is filled in correctly', () => {
  it('becomes inputs', () => {
    expect(inputsOf(draft)).toStrictEqual({
      site: { id: 'site-1', name: 'Lyon' },
      device: { id: 'device-1', name: 'lyon-ssr' },
      option: 'dual-wan-zone-redundant',
      links: [
        { wan: 'wan0', node: 'node0', publicIp: '203.0.113.10' },
        { wan: 'wan1', node: 'node1', publicIp: '198.51.100.10' },
      ],
      region: 'franceCentral',
      bandwidth: 'mbps250',
      rangeA: '10.99.99.0/29',
      rangeB: '10.99.100.0/29',
      deviceAsn: 65000,
      networks: ['corp'],
      mode: 'm365',
      zoneTopology: 'single-tunnel',
      ikeId: 'aes256-sha256-dh14',
    });
  });

  it('takes the option that was typed over that of the snapshot', () => {
    const inputs = inputsOf(singleDraft);
    expect(inputs.option).toBe('single-wan');
    expect(inputs.links).toHaveLength(1);
    expect(inputs).not.toHaveProperty('rangeB');
  });

  it('takes every optional answer', () => {
    const inputs = inputsOf({
      ...draft,
      device: 'device-1',
      ike: 'aes128-sha256-dh20',
      ticket: '  CHG 42  ',
      zone_topology: 'tunnel-per-zone',
      mode: 'internet',
      networks: ['guest', 'corp', 'guest'],
      device_bgp_1: '10.9.9.1',
      microsoft_bgp_1: '10.9.9.2',
      microsoft_bgp_1_z2: '10.9.9.3',
      device_bgp_2: '10.9.9.4',
      microsoft_bgp_2: '10.9.9.5',
      microsoft_bgp_2_z2: '10.9.9.6',
    });
    expect(inputs).toMatchObject({
      ikeId: 'aes128-sha256-dh20',
      ticket: 'CHG 42',
      zoneTopology: 'tunnel-per-zone',
      mode: 'internet',
      networks: ['guest', 'corp'],
      links: [
        { wan: 'wan0', deviceBgp: '10.9.9.1', microsoftBgp: '10.9.9.2', microsoftBgpZone2: '10.9.9.3' },
        { wan: 'wan1', deviceBgp: '10.9.9.4', microsoftBgp: '10.9.9.5', microsoftBgpZone2: '10.9.9.6' },
      ],
    });
  });

  it.each<[string, InputDraft]>([
    ['a range outside the pool', { range_a: '172.16.5.0/29' }],
    ['a device address outside the ranges', { device_bgp_1: '172.16.5.1' }],
    ['a free host of the range', { device_bgp_1: '10.99.99.3' }],
    ['overrides that swap two addresses', { device_bgp_1: '10.99.99.2', microsoft_bgp_1: '10.99.99.1' }],
    [
      "an address that its owner's override has left",
      { microsoft_bgp_1: '10.9.9.2', device_bgp_2: '10.99.99.2' },
    ],
    ['a WAN port whose address type is unknown', { link1_wan: 'twin-free' }],
    ['an undocumented region', { region: 'spainCentral' }],
    ['a doubtful ASN', { device_asn: '65515' }],
    ['the device by name', { device: 'lyon-ssr' }],
    ['a ticket of 64 characters', { ticket: '😀'.repeat(64) }],
    ['a ticket of spaces', { ticket: '   ' }],
    ['no topology', { zone_topology: '' }],
  ])('accepts %s', (_, change) => {
    const wans = [
      ...snapshot.wans,
      { name: 'twin-free', key: 'ge-0/0/9', node: 'node0', ipType: 'unknown' } as const,
    ];
    expect(inputsOf({ ...draft, ...change }, { ...snapshot, wans })).toHaveProperty('site');
  });

  it('accepts two ports of one node on a single SSR, and the nodes in either order on a cluster', () => {
    const single = { ...snapshot, device: { ...snapshot.device, isHa: false } };
    expect(inputsOf({ ...draft, link2_wan: 'wan2' }, single).links[1]?.node).toBe('node0');
    const swapped = inputsOf({ ...draft, link1_wan: 'wan1', link2_wan: 'wan0' });
    expect(swapped.links.map((link) => link.node)).toEqual(['node1', 'node0']);
  });

  it('has one tunnel per link without zone redundancy, whatever was chosen', () => {
    expect(inputsOf({ ...singleDraft, zone_topology: 'tunnel-per-zone' }).zoneTopology).toBe('single-tunnel');
  });

  it('has no ticket when only spaces were typed', () => {
    expect(inputsOf({ ...draft, ticket: '  ' })).not.toHaveProperty('ticket');
  });
});

describe('a form with several problems', () => {
  it('gets all of them at once, one per field', () => {
    const checked = checkInputs({}, snapshot);
    const fields = 'problems' in checked ? checked.problems.map((problem) => problem.field) : [];
    expect(fields.toSorted()).toEqual(
      [
        'link1_wan',
        'link1_public_ip',
        'link2_wan',
        'link2_public_ip',
        'region',
        'bandwidth',
        'range_a',
        'range_b',
        'device_asn',
        'networks',
        'mode',
      ].toSorted(),
    );
  });

  it('still compares overrides with each other when the ranges are wrong', () => {
    const checked = checkInputs(
      { ...draft, range_a: 'x', range_b: 'y', device_bgp_1: '10.9.9.1', microsoft_bgp_1: '10.9.9.1' },
      snapshot,
    );
    expect('problems' in checked && checked.problems.map((problem) => problem.field)).toEqual([
      'range_a',
      'range_b',
      'microsoft_bgp_1',
    ]);
  });

  it('compares with the addresses of the range that is right', () => {
    const checked = checkInputs({ ...draft, range_a: 'x', device_bgp_1: '10.99.100.6' }, snapshot);
    expect('problems' in checked && checked.problems.map((problem) => problem.field)).toEqual([
      'range_a',
      'device_bgp_1',
    ]);
  });
});

describe('any overrides', () => {
  const address = fc
    .tuple(fc.constantFrom('10.99.99', '10.99.100', '10.20.0', '203.0.113'), fc.nat(12))
    .map(([start, last]) => `${start}.${last}`);
  const fields = TEXT_FIELDS.filter((field) => field.includes('_bgp_'));

  it('that are accepted leave all addresses of the site different and outside its networks', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields), address, { maxKeys: 3 }), (overrides) => {
        const checked = checkInputs({ ...draft, ...overrides }, snapshot);
        if ('problems' in checked) {
          expect(checked.problems.every((problem) => Object.hasOwn(overrides, problem.field))).toBe(true);
          return;
        }
        accepted++;
        const { links } = designSite(checked.inputs, { networks: snapshot.networks, hasDiaPolicy: false });
        const all = links.flatMap((link) => [link.deviceBgp, link.microsoftBgp, link.microsoftBgpZone2]);
        expect(new Set(all).size).toBe(6);
        for (const value of Object.values(overrides)) expect(all).toContain(value);
        expect(all.some((value) => value?.startsWith('10.20.0.'))).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe('any form at all', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('0', '1', '2', '9', '.', '/', ' ', '-', '\u200b', '２', '\n', '\ud800'),
    }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'wan0',
      'wan1',
      '10.99.99.0/29',
      '203.0.113.10',
      '65000',
      'single-wan',
      null,
    ),
  );
  const anyDraft = fc.tuple(
    fc.dictionary(fc.constantFrom(...TEXT_FIELDS), hostile),
    fc.array(fc.oneof(fc.string(), fc.constantFrom('corp', '__proto__'))),
    fc.boolean(),
  );

  it('gives inputs that can be designed, or problems at known fields with a message to read', () => {
    const known = new Set<string>([...TEXT_FIELDS, 'networks']);
    fc.assert(
      fc.property(anyDraft, ([texts, networks, filledIn]) => {
        const checked = checkInputs(
          { ...(filledIn ? draft : {}), ...texts, ...(filledIn ? {} : { networks }) },
          snapshot,
        );
        if ('inputs' in checked) {
          designSite(checked.inputs, { networks: snapshot.networks, hasDiaPolicy: false });
          return;
        }
        expect(checked.problems.length).toBeGreaterThan(0);
        const fields = checked.problems.map((problem) => problem.field);
        expect(new Set(fields).size).toBe(fields.length);
        for (const { field, message } of checked.problems) {
          expect(known.has(field)).toBe(true);
          expect(message).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+[.?]$/u);
          expect(message.length).toBeLessThan(600);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
