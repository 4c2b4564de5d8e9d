import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../src/design/check-inputs.ts';
import { inputWarnings } from '../../src/design/input-warnings.ts';
import type { InputDraft, InputSnapshot } from '../../src/design/input-draft.ts';
import { draft, snapshot } from './site-form.ts';

function warningsOf(change: InputDraft, read: InputSnapshot = snapshot) {
  const checked = checkInputs({ ...draft, ...change }, read);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return inputWarnings(checked.inputs, read);
}

const quiet: InputDraft = { link2_wan: 'twin-free', link2_public_ip: '198.51.100.77' };
const read: InputSnapshot = {
  ...snapshot,
  wans: [
    ...snapshot.wans,
    { name: 'twin-free', key: 'ge-1/0/9', node: 'node1', ipType: 'static' },
    { name: 'guess', key: 'ge-1/0/8', node: 'node1', ipType: 'unknown', extIp: '198.51.100.77' },
  ],
};

describe('warnings', () => {
  it('are none for an ordinary site', () => {
    expect(warningsOf(quiet, read)).toEqual([]);
  });

  it.each<[string, InputDraft, { id: string; field: string; message: string }]>([
    [
      'a range outside the pool',
      { range_a: '172.16.5.0/29' },
      {
        id: 'range_a-outside-pool',
        field: 'range_a',
        message: '172.16.5.0/29 is outside the peering pool (10.99.0.0/16).',
      },
    ],
    [
      'NAT',
      { link2_wan: 'wan1', link2_public_ip: '198.51.100.10' },
      {
        id: 'link2-nat',
        field: 'link2_public_ip',
        message:
          'wan1 has 192.168.8.2 and is behind NAT at 198.51.100.10: UDP 500 and 4500 must pass unchanged.',
      },
    ],
    [
      'an address that Mist does not know',
      { link1_public_ip: '203.0.113.11' },
      {
        id: 'link1-other-address',
        field: 'link1_public_ip',
        message: 'Mist knows wan0 as 203.0.113.10, not as 203.0.113.11: NAT, or a typing error.',
      },
    ],
    [
      'an address that is neither of two',
      { link2_wan: 'wan1' },
      {
        id: 'link2-other-address',
        field: 'link2_public_ip',
        message:
          'Mist knows wan1 as 192.168.8.2 and 198.51.100.10, not as 198.51.100.77: NAT, or a typing error.',
      },
    ],
    [
      'an address type that Mist does not tell',
      { link2_wan: 'guess' },
      {
        id: 'link2-address-type-unknown',
        field: 'link2_wan',
        message: 'Mist does not say whether guess has a static address; Microsoft needs one.',
      },
    ],
    [
      'the ASN of Azure VPN gateways',
      { device_asn: '65515' },
      {
        id: 'asn-doubtful',
        field: 'device_asn',
        message:
          "Azure's VPN gateways reserve ASN 65515; Microsoft's list for remote networks does not name it.",
      },
    ],
    [
      'a distant region',
      { region: 'eastUS' },
      {
        id: 'region-not-nearest',
        field: 'region',
        message: 'France South is about 6500 km nearer to the site than East US.',
      },
    ],
  ])('%s', (_, change, warning) => {
    expect(warningsOf({ ...quiet, ...change }, read)).toEqual([warning]);
  });

  it('a range that is not private, in a pool that is not either', () => {
    const pool = ['10.99.0.0/16', '100.64.0.0/10'];
    expect(warningsOf({ ...quiet, range_b: '100.64.1.0/29' }, { ...read, pool })).toEqual([
      {
        id: 'range_b-not-private',
        field: 'range_b',
        message: '100.64.1.0/29 is not private (RFC 1918); Microsoft asks for private BGP addresses.',
      },
    ]);
  });

  it('an undocumented region, and a nearer one', () => {
    const madrid = { ...read, site: { ...read.site, latlng: { lat: 40.4, lng: -3.7 } } };
    expect(warningsOf({ ...quiet, region: 'spainCentral' }, madrid)).toEqual([
      {
        id: 'region-undocumented',
        field: 'region',
        message:
          "Microsoft's list of regions for remote networks does not name Spain Central; it may be refused.",
      },
    ]);
    expect(warningsOf({ ...quiet, region: 'spainCentral' }, read).map((warning) => warning.id)).toEqual([
      'region-undocumented',
      'region-not-nearest',
    ]);
  });

  it('links on the nodes in unusual order', () => {
    const swapped = {
      link1_wan: 'twin-free',
      link1_public_ip: '198.51.100.77',
      link2_wan: 'wan0',
      link2_public_ip: '203.0.113.10',
    };
    expect(warningsOf(swapped, read)).toEqual([
      {
        id: 'link1-unusual-node',
        field: 'link1_wan',
        message: 'Link 1 leaves node1; link 1 on node0 and link 2 on node1 is usual.',
      },
      {
        id: 'link2-unusual-node',
        field: 'link2_wan',
        message: 'Link 2 leaves node0; link 1 on node0 and link 2 on node1 is usual.',
      },
    ]);
    const single = { ...read, device: { ...read.device, isHa: false } };
    expect(warningsOf(swapped, single)).toEqual([]);
  });

  it('say nothing of a pool or a place that is not known', () => {
    const { latlng: _, ...site } = read.site;
    expect(
      warningsOf({ ...quiet, range_a: '172.16.5.0/29', region: 'eastUS' }, { ...read, pool: [], site }),
    ).toEqual([]);
    const nowhere = { ...site, latlng: { lat: 99, lng: 0 } };
    expect(warningsOf({ ...quiet, region: 'eastUS' }, { ...read, site: nowhere })).toEqual([]);
  });
});
