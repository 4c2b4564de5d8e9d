import { randomUUID } from 'node:crypto';
import type { Json } from './json.ts';

export type Role = 'admin' | 'write' | 'read' | 'helpdesk' | 'installer';

/** An organisation token and what it used of its hourly budget. */
export interface Token {
  key: string;
  name: string;
  role: Role;
  /** Index of the window that `requests` counts. */
  window: number;
  requests: number;
}

export interface SiteRecord {
  body: Json & { id: string; name: string };
  setting: Json;
}

/** What the device is running, resolved; the rest of the world sees only this. */
export interface RunningConfig {
  /** Root keys of template and device combined, variables resolved. */
  keys: Json;
  /** Effective, in order, with references to organisation policies filled in. */
  servicePolicies: Json[];
  services: Record<string, { addresses: string[] }>;
  networks: { name: string; subnet: string }[];
}

/** What the simulated world outside does to one WAN port, by the port's name. */
export interface PortWorld {
  up: boolean;
  /** The address seen from the internet, where it differs from the configured one. */
  publicIp?: string;
}

export interface DeviceRecord {
  /** The stored device object, as GET returns it. */
  body: Json & { id: string; mac: string; name: string };
  siteId: string;
  model: string;
  /** Both nodes of a cluster, node 0 first. */
  clusterMacs?: [string, string];
  online: boolean;
  lastSeen: number;
  upSince: number;
  version: string;
  ports: Record<string, PortWorld>;
  /** The largest packet that its tunnels carry, in bytes; undefined = any. */
  pathMtu?: number;
  /** What the router prints for a command, by the command's name, in place of what it would. */
  prints: Partial<Record<string, string>>;
  /** A configuration that the device has not taken yet. */
  pending: boolean;
  configStatus: string;
  configVersion: number;
  configTimestamp: number;
  running: RunningConfig;
  /** Stats as they were last reported; shown while the device is away. */
  lastTunnels: Json[];
  lastPeers: Json[];
}

export interface AuditEntry {
  id: string;
  timestamp: number;
  who: string;
  method: string;
  path: string;
  message: string;
  siteId?: string;
  before: Json;
  after: Json;
}

/** Everything that the simulated Mist cloud knows. Tests read it; they change it through the portal and the world. */
export interface MistStore {
  orgId: string;
  orgName: string;
  tokens: Token[];
  sites: Map<string, SiteRecord>;
  devices: Map<string, DeviceRecord>;
  templates: Map<string, Json>;
  networks: Map<string, Json>;
  services: Map<string, Json>;
  servicePolicies: Map<string, Json>;
  webhooks: Map<string, Json>;
  /** Devices that are not WAN Edges, as lists show them. */
  accessPoints: Json[];
  events: Json[];
  audit: AuditEntry[];
  deliveries: Json[];
}

export function createStore(orgId: string, orgName: string): MistStore {
  return {
    orgId,
    orgName,
    tokens: [],
    sites: new Map(),
    devices: new Map(),
    templates: new Map(),
    networks: new Map(),
    services: new Map(),
    servicePolicies: new Map(),
    webhooks: new Map(),
    accessPoints: [],
    events: [],
    audit: [],
    deliveries: [],
  };
}

/** Epoch seconds with a fraction, as Mist writes times. */
export function nowSeconds(): number {
  return Date.now() / 1000;
}

/** Adds what the cloud stamps on a new object and stores it. */
export function insert(
  items: Map<string, Json>,
  orgId: string,
  body: Json,
  itemId: string = randomUUID(),
): Json {
  const now = nowSeconds();
  const stored: Json = { ...body, id: itemId, org_id: orgId, created_time: now, modified_time: now };
  items.set(itemId, stored);
  return stored;
}

export function deviceByMac(store: MistStore, mac: string): DeviceRecord | undefined {
  for (const device of store.devices.values()) {
    if (device.body.mac === mac || device.clusterMacs?.includes(mac)) return device;
  }
  return undefined;
}

export function siteOf(store: MistStore, device: DeviceRecord): SiteRecord {
  const site = store.sites.get(device.siteId);
  if (site === undefined) throw new Error(`device ${device.body.id} belongs to no site`);
  return site;
}

export function templateOf(store: MistStore, device: DeviceRecord): Json | undefined {
  const id = siteOf(store, device).body['gatewaytemplate_id'];
  return typeof id === 'string' ? store.templates.get(id) : undefined;
}

/** SSR models; everything else in the store is an SRX or an access point. */
export function isSsr(device: DeviceRecord): boolean {
  return device.model.startsWith('SSR');
}
