import type { WanPort } from '../data-plane/views.ts';
import { object, text, type Json } from './json.ts';
import type { DeviceRecord } from './store.ts';

/** A WAN port with what only this side needs to know of it. */
export interface ResolvedPort extends WanPort {
  mode: 'static' | 'dhcp' | 'pppoe';
  /** The address on the port itself; empty where the provider has not given one. */
  ip: string;
  gateway: string;
}

/** The WAN ports of a configuration whose variables are resolved. */
export function wanPorts(device: DeviceRecord, keys: Json): ResolvedPort[] {
  return Object.entries(object(keys['port_config'])).flatMap(([key, value]) => {
    const port = object(value);
    if (port['usage'] !== 'wan' || port['disabled'] === true) return [];
    const name = text(port['name']) ?? key;
    const ipConfig = object(port['ip_config']);
    const world = device.ports[name];
    const mode = ipConfig['type'] === 'static' || ipConfig['type'] === 'pppoe' ? ipConfig['type'] : 'dhcp';
    const ip = mode === 'static' ? (text(ipConfig['ip']) ?? '') : (world?.publicIp ?? '');
    return [
      {
        name,
        key,
        node: device.clusterMacs !== undefined && /^[a-z]+-1\//.test(key) ? 'node1' : 'node0',
        publicIp: world?.publicIp ?? text(port['wan_ext_ip']) ?? ip,
        up: device.online && (world?.up ?? true),
        mode,
        ip,
        gateway: text(ipConfig['gateway']) ?? '',
      },
    ];
  });
}
