import type { DataPlane } from '../data-plane/views.ts';
import type { PeerHistory } from './bgp-rows.ts';
import { object, type Json } from './json.ts';
import { wanPorts } from './ports.ts';
import { nowSeconds, isSsr, type DeviceRecord, type MistStore } from './store.ts';
import { tunnelRows } from './tunnel-rows.ts';

/** What `stats/devices` says of a WAN Edge; `fields` adds its tunnels and neighbors. */
export function deviceStats(
  store: MistStore,
  device: DeviceRecord,
  dataPlane: DataPlane | undefined,
  peers: PeerHistory,
  fields: string[] = [],
): Json {
  const ports = wanPorts(device, device.running.keys);
  const all = fields.includes('*');
  const learned = peers.current(device, dataPlane).reduce((sum, row) => sum + Number(row['rx_routes']), 0);
  const total = learned + device.running.networks.length + ports.length;
  return {
    type: 'gateway',
    id: device.body.id,
    mac: device.body.mac,
    org_id: store.orgId,
    site_id: device.siteId,
    name: device.body.name,
    hostname: device.body.name,
    model: device.model,
    serial: device.body['serial'],
    version: device.version,
    status: device.online ? 'connected' : 'disconnected',
    last_seen: device.online ? Math.floor(nowSeconds()) : device.lastSeen,
    uptime: device.online ? Math.floor(nowSeconds() - device.upSince) : 0,
    created_time: device.body['created_time'],
    modified_time: device.body['modified_time'],
    config_status: device.configStatus,
    config_timestamp: device.configTimestamp,
    config_version: device.configVersion,
    is_ha: device.clusterMacs !== undefined,
    node_name: 'node0',
    router_name: device.body.name.toLowerCase(),
    ext_ip: ports.find((port) => port.up)?.publicIp ?? null,
    ip: ports[0]?.ip ?? null,
    ip_stat: { ip: ports[0]?.ip ?? null, gateway: ports[0]?.gateway ?? null },
    if_stat: Object.fromEntries(
      ports.map((port) => [
        `${port.key}.0`,
        {
          port_id: port.key,
          port_usage: 'wan',
          wan_name: port.name,
          wan_type: 'broadband',
          network_name: port.name,
          address_mode: port.mode === 'static' ? 'Static' : 'Dynamic',
          ips: port.ip === '' ? [] : [port.ip],
          nat_addresses: port.publicIp === port.ip ? [] : [port.publicIp],
          up: port.up,
          vlan: 0,
        },
      ]),
    ),
    route_summary_stats: {
      fib_routes: total,
      rib_routes: total,
      total_routes: total,
      max_unicast_routes_supported: 1_000_000,
    },
    service_stat: isSsr(device) ? serviceStat(device) : {},
    ...(device.clusterMacs !== undefined && {
      cluster_stat: { state: device.online ? 'connected' : null },
      module_stat: [{ mac: device.clusterMacs[0], status: 'connected', model: device.model }],
      module2_stat: [{ mac: device.clusterMacs[1], status: 'connected', model: device.model }],
    }),
    ...((all || fields.includes('tunnels')) && {
      tunnels: tunnelRows(store, device, dataPlane).map(({ row }) =>
        without(row, ['mac', 'site_id', 'org_id']),
      ),
    }),
    ...((all || fields.includes('bgp_peers')) && {
      bgp_peers: peers
        .current(device, dataPlane)
        .map((row) => without(row, ['mac', 'model', 'site_id', 'org_id'])),
    }),
  };
}

function serviceStat(device: DeviceRecord): Json {
  const hasTunnel = Object.keys(object(device.running.keys['tunnel_configs'])).length > 0;
  return { SSR: { package_version: device.version, ...(hasTunnel && { ipsec_client_version: '3.6.0' }) } };
}

function without(row: Json, keys: string[]): Json {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !keys.includes(key)));
}
