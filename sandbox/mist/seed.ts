import type { Json } from './json.ts';
import { addDevice, addOrgObject, addSite, seedId, seedMac, settle } from './seed-parts.ts';
import {
  branchCluster,
  branchSrx,
  branchStandard,
  branchWithoutDia,
  dhcpPorts,
  foreignTunnel,
  nattedPorts,
  PLANTED_PSKS,
} from './seed-templates.ts';
import { createStore, type MistStore } from './store.ts';

export { PLANTED_PSKS } from './seed-templates.ts';

/** The organisation that {@link seedOrg} makes unless told otherwise. */
export const SEED_ORG_ID = seedId('09600000', 1);

const T = {
  standard: seedId('7e390000', 1),
  cluster: seedId('7e390000', 2),
  closed: seedId('7e390000', 3),
  srx: seedId('7e390000', 4),
};
const DNS_POLICY = seedId('5e200000', 1);

interface Branch {
  name: string;
  country: string;
  at: [number, number];
  template: string;
  model?: string;
  cluster?: boolean;
  online?: boolean;
  publicIps?: Record<string, string>;
  own?: Json;
}

/** Branch n has LAN 10.20.n.0/24 and 10.30.n.0/24, WAN 203.0.113.(10 n) and 198.51.100.(10 n). */
const BRANCHES: Branch[] = [
  { name: 'Lyon', country: 'FR', at: [45.764, 4.8357], template: T.standard },
  {
    name: 'Geneva',
    country: 'CH',
    at: [46.2044, 6.1432],
    template: T.cluster,
    model: 'SSR130',
    cluster: true,
  },
  {
    name: 'Paris',
    country: 'FR',
    at: [48.8566, 2.3522],
    template: T.closed,
    model: 'SSR130',
    own: {
      tunnel_configs: { 'partner-vpn': foreignTunnel(PLANTED_PSKS.device, '192.0.2.77') },
      routing_policies: {
        'partner-in': { terms: [{ matching: { prefix: ['172.22.0.0/16'] }, actions: { accept: true } }] },
      },
    },
  },
  {
    name: 'Turin',
    country: 'IT',
    at: [45.0703, 7.6869],
    template: T.standard,
    publicIps: { wan0: '203.0.113.40' },
    own: { port_config: dhcpPorts },
  },
  {
    name: 'Nice',
    country: 'FR',
    at: [43.7102, 7.262],
    template: T.standard,
    own: { port_config: nattedPorts('203.0.113.50') },
  },
  { name: 'Oslo', country: 'NO', at: [59.9139, 10.7522], template: T.srx, model: 'SRX345' },
  { name: 'Rome', country: 'IT', at: [41.9028, 12.4964], template: T.standard, online: false },
  { name: 'Porto', country: 'PT', at: [41.1579, -8.6291], template: T.standard },
  { name: 'Bruges', country: 'BE', at: [51.2093, 3.2247], template: T.standard, model: 'SSR130' },
];

export interface SeedOptions {
  orgId?: string;
  /** Further sites like Porto, named `Branch-0001` and so on; for fleets. */
  fleet?: number;
}

/**
 * A small organisation in which every case that the bot must tell apart occurs once: Lyon (one SSR, two static WANs,
 * shared template), Geneva (HA pair), Paris (no DIA policy, keys on the device), Turin (DHCP), Nice (NAT), Oslo (not
 * an SSR), Rome (offline), Porto and Bruges (plain).
 */
export function seedOrg(options: SeedOptions = {}): MistStore {
  const store = createStore(options.orgId ?? SEED_ORG_ID, 'Corp Example');
  addShared(store);
  BRANCHES.forEach((branch, index) => addBranch(store, branch, index + 1));
  for (let i = 1; i <= (options.fleet ?? 0); i += 1) {
    const name = `Branch-${String(i).padStart(4, '0')}`;
    addBranch(
      store,
      { name, country: 'FR', at: [46 + (i % 50) / 10, 2], template: T.standard },
      BRANCHES.length + i,
    );
  }
  store.accessPoints.push({
    id: `00000000-0000-0000-1000-${seedMac(1, 9)}`,
    mac: seedMac(1, 9),
    type: 'ap',
    name: 'lyon-ap-1',
    model: 'AP43',
    status: 'connected',
    serial: 'A0000000001',
    org_id: store.orgId,
    site_id: seedId('51e00000', 1),
  });
  settle(store);
  return store;
}

function addBranch(store: MistStore, branch: Branch, n: number): void {
  // Octets wrap for fleets; what matters there is the number of sites, not that they could be routed.
  const octet = ((n - 1) % 250) + 1;
  const host = ((n * 10 - 1) % 250) + 1;
  const siteId = addSite(store, {
    n,
    name: branch.name,
    country: branch.country,
    latlng: { lat: branch.at[0], lng: branch.at[1] },
    templateId: branch.template,
    vars: {
      site_octet: String(octet),
      wan0_ip: `203.0.113.${host}`,
      wan0_gw: `203.0.113.${host - 1}`,
      wan1_ip: `198.51.100.${host}`,
      wan1_gw: `198.51.100.${host - 1}`,
    },
  });
  addDevice(store, {
    n,
    siteId,
    name: `${branch.name.toLowerCase()}-${(branch.model ?? 'SSR120').toLowerCase()}`,
    model: branch.model ?? 'SSR120',
    ...(branch.cluster !== undefined && { cluster: branch.cluster }),
    ...(branch.online !== undefined && { online: branch.online }),
    ...(branch.publicIps !== undefined && { publicIps: branch.publicIps }),
    ...(branch.own !== undefined && { own: branch.own }),
  });
}

function addShared(store: MistStore): void {
  const network = (n: number, body: Json): Json =>
    addOrgObject(store.networks, store, seedId('4e700000', n), body);
  network(1, {
    name: 'Lab',
    subnet: '10.20.{{site_octet}}.0/24',
    vlan_id: 20,
    internet_access: { enabled: true },
    tenants: { printers: { addresses: ['10.20.{{site_octet}}.200'] } },
  });
  network(2, { name: 'Guest', subnet: '10.30.{{site_octet}}.0/24', vlan_id: 30, isolation: true });
  network(3, { name: 'Warehouse', subnet: '10.40.0.0/24', vlan_id: 40 });
  const service = (n: number, body: Json): Json =>
    addOrgObject(store.services, store, seedId('5e2f0000', n), body);
  const any = [{ protocol: 'any' }];
  service(1, { name: 'internet-any', type: 'custom', addresses: ['0.0.0.0/0'], specs: any });
  service(2, { name: 'lab-servers', type: 'custom', addresses: ['10.20.0.0/16'], specs: any });
  service(3, {
    name: 'public-dns',
    type: 'custom',
    addresses: ['9.9.9.9/32'],
    specs: [{ protocol: 'udp', port_range: '53' }],
  });
  addOrgObject(store.servicePolicies, store, DNS_POLICY, {
    name: 'dns',
    tenants: ['Lab', 'Guest'],
    services: ['public-dns'],
    action: 'allow',
    path_preference: 'direct',
  });
  addOrgObject(store.templates, store, T.standard, branchStandard(DNS_POLICY));
  addOrgObject(store.templates, store, T.cluster, branchCluster(DNS_POLICY));
  addOrgObject(store.templates, store, T.closed, branchWithoutDia(DNS_POLICY));
  addOrgObject(store.templates, store, T.srx, branchSrx());
}
