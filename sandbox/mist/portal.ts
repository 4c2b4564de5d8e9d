import type { Cloud } from './cloud.ts';
import { devicesOfNetwork, devicesOfService, devicesOfSite, devicesOfTemplate } from './configurator.ts';
import { clone, type Json } from './json.ts';
import { insert, nowSeconds, type DeviceRecord, type MistStore, type SiteRecord } from './store.ts';
import { tunnelRows } from './tunnel-rows.ts';
import { recordWrite } from './writes.ts';

/** A person at the portal and the world outside: what changes without the bot having asked for it. */
export interface Portal {
  /** Edits a device object (`id`, name, MAC or site name); it is pushed as any change is. */
  editDevice(reference: string, edit: (body: Json) => void): void;
  /** Edits a WAN Edge template by id or name; pushed to every device on it. */
  editTemplate(reference: string, edit: (body: Json) => void): void;
  /** Edits a site by id or name, for instance its template. */
  editSite(reference: string, edit: (body: Json) => void): void;
  editSiteSetting(reference: string, edit: (body: Json) => void): void;
  editService(reference: string, edit: (body: Json) => void): void;
  editNetwork(reference: string, edit: (body: Json) => void): void;
  addService(body: Json): Json;
  /** A device that is away keeps running what it ran, takes no configuration and reports nothing. */
  setDeviceOnline(reference: string, online: boolean): void;
  /** Pulls or plugs a WAN port, by the port's name. */
  setWanUp(reference: string, wan: string, up: boolean): void;
  /** Changes the address under which the internet sees a WAN port; null = the configured one again. */
  setPublicIp(reference: string, wan: string, ip: string | null): void;
  /** The largest packet that a device's tunnels carry; null = any. */
  setPathMtu(reference: string, bytes: number | null): void;
  /** What the router prints for a command such as `show_route` in place of what it would; null takes it back. */
  setPrints(reference: string, command: string, output: string | null): void;
}

export function findDevice(store: MistStore, reference: string): DeviceRecord {
  for (const device of store.devices.values()) {
    const names = [
      device.body.id,
      device.body.mac,
      device.body.name,
      store.sites.get(device.siteId)?.body.name,
    ];
    if (names.includes(reference)) return device;
  }
  throw new Error(`no device "${reference}"`);
}

export function findSite(store: MistStore, reference: string): SiteRecord {
  for (const site of store.sites.values()) {
    if (site.body.id === reference || site.body.name === reference) return site;
  }
  throw new Error(`no site "${reference}"`);
}

function findItem(items: Map<string, Json>, reference: string): Json {
  for (const item of items.values()) {
    if (item['id'] === reference || item['name'] === reference) return item;
  }
  throw new Error(`no object "${reference}"`);
}

export function createPortal(cloud: Cloud): Portal {
  const { store, configurator, events } = cloud;

  function edited(body: Json, edit: (body: Json) => void, kind: string, siteId?: string): string {
    const before = clone(body);
    edit(body);
    body['modified_time'] = nowSeconds();
    const author = { who: 'admin@corp.example', method: 'PUT', path: 'portal' };
    const message = `Update ${kind} "${String(body['name'] ?? '')}"`;
    return recordWrite(store, author, message, { before, after: body }, siteId).id;
  }

  return {
    editDevice(reference, edit) {
      const device = findDevice(store, reference);
      configurator.push([device], edited(device.body, edit, 'Device', device.siteId));
    },
    editTemplate(reference, edit) {
      const template = findItem(store.templates, reference);
      const audit = edited(template, edit, 'Gateway Template');
      configurator.push(devicesOfTemplate(store, String(template['id'])), audit);
    },
    editSite(reference, edit) {
      const site = findSite(store, reference);
      const audit = edited(site.body, edit, 'Site', site.body.id);
      configurator.push(devicesOfSite(store, site.body.id), audit);
    },
    editSiteSetting(reference, edit) {
      const site = findSite(store, reference);
      const audit = edited(site.setting, edit, 'Site Settings', site.body.id);
      configurator.push(devicesOfSite(store, site.body.id), audit);
    },
    editService(reference, edit) {
      const service = findItem(store.services, reference);
      const audit = edited(service, edit, 'Service');
      configurator.push(devicesOfService(store, String(service['name']), cloud.hypotheses.merge), audit);
    },
    editNetwork(reference, edit) {
      const network = findItem(store.networks, reference);
      const audit = edited(network, edit, 'Network');
      configurator.push(devicesOfNetwork(store, String(network['name'])), audit);
    },
    addService: (body) => insert(store.services, store.orgId, body),
    setDeviceOnline(reference, online) {
      const device = findDevice(store, reference);
      if (device.online === online) return;
      if (online) {
        device.online = true;
        device.upSince = nowSeconds();
        events.record(device, 'GW_CONNECTED', { ev_type: 'notice' });
        configurator.resume(device);
      } else {
        device.lastTunnels = tunnelRows(store, device, cloud.dataPlane()).map(({ row }) => row);
        device.lastPeers = cloud.peers.current(device, cloud.dataPlane());
        device.lastSeen = nowSeconds();
        device.online = false;
        configurator.interrupt(device);
        events.record(device, 'GW_DISCONNECTED', { ev_type: 'warn' });
      }
      cloud.changed();
    },
    setWanUp(reference, wan, up) {
      const device = findDevice(store, reference);
      device.ports[wan] = { ...device.ports[wan], up };
      events.record(device, up ? 'GW_PORT_UP' : 'GW_PORT_DOWN', {
        text: `${up ? 'up' : 'down'} on interface ${wan}`,
      });
      cloud.changed();
    },
    setPublicIp(reference, wan, ip) {
      const device = findDevice(store, reference);
      const up = device.ports[wan]?.up ?? true;
      device.ports[wan] = ip === null ? { up } : { up, publicIp: ip };
      cloud.changed();
    },
    setPathMtu(reference, bytes) {
      const device = findDevice(store, reference);
      if (bytes === null) delete device.pathMtu;
      else device.pathMtu = bytes;
    },
    setPrints(reference, command, output) {
      const device = findDevice(store, reference);
      if (output === null) delete device.prints[command];
      else device.prints[command] = output;
    },
  };
}
