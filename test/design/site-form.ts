import type { InputDraft, InputSnapshot } from '../../src/design/input-draft.ts';

/** A cluster with four WAN ports, of which two are usable, and two networks. */
export const snapshot: InputSnapshot = {
  site: { id: 'site-1', name: 'Lyon', latlng: { lat: 45.76, lng: 4.84 } },
  option: 'dual-wan-zone-redundant',
  device: { id: 'device-1', name: 'lyon-ssr', isHa: true, isSsr: true },
  wans: [
    { name: 'wan0', key: 'ge-0/0/0', node: 'node0', ipType: 'static', ip: '203.0.113.10' },
    {
      name: 'wan1',
      key: 'ge-1/0/0',
      node: 'node1',
      ipType: 'static',
      ip: '192.168.8.2',
      extIp: '198.51.100.10',
    },
    { name: 'wan2', key: 'ge-0/0/1', node: 'node0', ipType: 'static', ip: '203.0.113.66' },
    { name: 'lte', key: 'ge-1/0/2', node: 'node1', ipType: 'dhcp' },
    { name: 'dsl', key: 'ge-1/0/3', node: 'node1', ipType: 'pppoe' },
    { name: 'twin', key: 'ge-0/0/4', node: 'node0', ipType: 'static' },
    { name: 'twin', key: 'ge-1/0/4', node: 'node1', ipType: 'static' },
  ],
  networks: [
    { name: 'corp', prefix: '10.20.0.0/24', tenants: ['corp', 'staff.corp'] },
    { name: 'guest', prefix: '10.20.1.1/24', tenants: ['guest'] },
    { name: 'vars', prefix: '{{lan}}', tenants: ['vars'] },
    { name: 'dmz', prefix: '203.0.113.128/28', tenants: ['dmz'] },
  ],
  takenRanges: [
    { cidr: '10.99.50.0/29', usedBy: 'Paris' },
    { cidr: '10.99.51.2/32', usedBy: 'Nice link 1' },
  ],
  pool: ['10.99.0.0/16'],
};

/** Everything that a dual-WAN, zone-redundant site needs, filled in correctly. */
export const draft: InputDraft = {
  link1_wan: 'wan0',
  link1_public_ip: '203.0.113.10',
  link2_wan: 'wan1',
  link2_public_ip: '198.51.100.10',
  region: 'franceCentral',
  bandwidth: 'mbps250',
  range_a: '10.99.99.0/29',
  range_b: '10.99.100.0/29',
  device_asn: '65000',
  networks: ['corp'],
  mode: 'm365',
  zone_topology: 'single-tunnel',
};

/** The same for one WAN link and one zone. */
export const singleDraft: InputDraft = {
  option: 'single-wan',
  link1_wan: 'wan0',
  link1_public_ip: '203.0.113.10',
  region: 'franceCentral',
  bandwidth: 'mbps250',
  range_a: '10.99.99.0/29',
  device_asn: '65000',
  networks: ['corp'],
  mode: 'm365',
};
