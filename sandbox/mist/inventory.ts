import type { Json } from './json.ts';
import { badRequest } from './responses.ts';
import type { DeviceRecord, MistStore } from './store.ts';

const TYPES = new Set(['ap', 'gateway', 'switch']);

/** The `type` parameter of device lists; `fallback` where it is not given. */
export function typeOf(query: URLSearchParams, fallback: string, withAll: boolean): string {
  const type = query.get('type') ?? fallback;
  if (!TYPES.has(type) && !(withAll && type === 'all'))
    throw badRequest(`type: "${type}" is not a valid choice.`);
  return type;
}

/** The organisation's inventory, filtered. The second node of a cluster shows only with `vc=true`. */
export function inventory(store: MistStore, query: URLSearchParams): Json[] {
  const type = query.get('type') === null ? undefined : typeOf(query, '', false);
  const members = query.get('vc') === 'true';
  const items = [...store.devices.values()].flatMap((device) => itemsOf(store, device, members));
  const filters = ['mac', 'model', 'serial', 'site_id', 'vc_mac'] as const;
  return [...items, ...store.accessPoints.map((ap) => inventoryAp(ap))]
    .filter((item) => type === undefined || item['type'] === type)
    .filter((item) => filters.every((key) => query.get(key) === null || item[key] === query.get(key)));
}

function itemsOf(store: MistStore, device: DeviceRecord, members: boolean): Json[] {
  const { body } = device;
  const item: Json = {
    id: body.id,
    mac: body.mac,
    model: device.model,
    name: body.name,
    hostname: body.name,
    serial: body['serial'],
    org_id: store.orgId,
    site_id: device.siteId,
    type: 'gateway',
    connected: device.online,
    adopted: false,
    deviceprofile_id: null,
    created_time: body['created_time'],
    modified_time: body['modified_time'],
    ...(device.clusterMacs !== undefined && { vc_mac: device.clusterMacs[0] }),
  };
  const second = device.clusterMacs?.[1];
  if (!members || second === undefined) return [item];
  return [
    item,
    { ...item, id: `00000000-0000-0000-1000-${second}`, mac: second, serial: `${String(item['serial'])}B` },
  ];
}

function inventoryAp(ap: Json): Json {
  const { status, ...rest } = ap;
  return { ...rest, connected: status === 'connected' };
}
