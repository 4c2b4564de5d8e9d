import { effectiveConfig } from './effective.ts';
import { clone, type Json } from './json.ts';
import { insert, nowSeconds, type DeviceRecord, type MistStore } from './store.ts';

const DAY = 86_400;
/** When the organisation was set up, as far as its objects say. */
const LONG_AGO = 1_735_689_600;

/** Stable ids, so that stories and tests can name them: `kind` is eight hex digits. */
export function seedId(kind: string, n: number): string {
  return `${kind}-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export interface SiteSeed {
  n: number;
  name: string;
  country: string;
  latlng: { lat: number; lng: number };
  templateId?: string;
  vars: Record<string, string>;
}

export function addSite(store: MistStore, seed: SiteSeed): string {
  const id = seedId('51e00000', seed.n);
  store.sites.set(id, {
    body: {
      id,
      org_id: store.orgId,
      name: seed.name,
      country_code: seed.country,
      timezone: 'Europe/Paris',
      address: seed.name,
      latlng: seed.latlng,
      gatewaytemplate_id: seed.templateId ?? null,
      sitegroup_ids: [],
      created_time: LONG_AGO,
      modified_time: LONG_AGO,
    },
    setting: {
      id: seedId('5e770000', seed.n),
      org_id: store.orgId,
      site_id: id,
      for_site: true,
      vars: seed.vars,
      created_time: LONG_AGO,
      modified_time: LONG_AGO,
    },
  });
  return id;
}

export interface DeviceSeed {
  n: number;
  siteId: string;
  name: string;
  model: string;
  cluster?: boolean;
  online?: boolean;
  /** Addresses that the outside gives a port, by the port's name: DHCP leases, NAT. */
  publicIps?: Record<string, string>;
  /** The device's own root keys. */
  own?: Json;
}

/** Twelve hex digits, as Mist writes MAC addresses. */
export function seedMac(n: number, node = 0): string {
  return `0200010${node}${n.toString(16).padStart(4, '0')}`;
}

export function addDevice(store: MistStore, seed: DeviceSeed): DeviceRecord {
  const mac = seedMac(seed.n);
  const id = `00000000-0000-0000-1000-${mac}`;
  const now = nowSeconds();
  const device: DeviceRecord = {
    body: {
      id,
      mac,
      type: 'gateway',
      name: seed.name,
      model: seed.model,
      serial: `2101${String(seed.n).padStart(8, '0')}`,
      org_id: store.orgId,
      site_id: seed.siteId,
      managed: true,
      created_time: LONG_AGO,
      modified_time: LONG_AGO,
      ...clone(seed.own),
    },
    siteId: seed.siteId,
    model: seed.model,
    ...(seed.cluster && { clusterMacs: [mac, seedMac(seed.n, 1)] as [string, string] }),
    online: seed.online ?? true,
    lastSeen: Math.floor(now - 2 * DAY),
    upSince: Math.floor(now - 30 * DAY),
    version: seed.model.startsWith('SSR') ? '6.3.4-7.r2.el7' : '23.4R2-S4.11',
    ports: Object.fromEntries(
      Object.entries(seed.publicIps ?? {}).map(([name, publicIp]) => [name, { up: true, publicIp }]),
    ),
    prints: {},
    pending: false,
    configStatus: 'COMMITED',
    configVersion: Math.floor(now - 10 * DAY),
    configTimestamp: Math.floor(now - 10 * DAY),
    running: { keys: {}, servicePolicies: [], services: {}, networks: [] },
    lastTunnels: [],
    lastPeers: [],
  };
  store.devices.set(id, device);
  return device;
}

/** Lets every device run what is configured, as if it had been so for long. */
export function settle(store: MistStore): void {
  for (const device of store.devices.values())
    device.running = effectiveConfig(store, device, 'replace').config;
}

export function addOrgObject(items: Map<string, Json>, store: MistStore, id: string, body: Json): Json {
  // Bodies share parts; what is edited in one object must not show in another.
  const stored = insert(items, store.orgId, clone(body), id);
  stored['created_time'] = LONG_AGO;
  stored['modified_time'] = LONG_AGO;
  return stored;
}
