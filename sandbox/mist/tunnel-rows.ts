import type { DataPlane, TunnelState } from '../data-plane/views.ts';
import { object, objects, text, texts, type Json } from './json.ts';
import { nowSeconds, type DeviceRecord, type MistStore } from './store.ts';

const ALGORITHM: Record<string, string> = {
  aes128: 'aes-128-cbc',
  aes256: 'aes-256-cbc',
  aes_gcm128: 'aes-128-gcm',
  aes_gcm256: 'aes-256-gcm',
  '3des': '3des-cbc',
  md5: 'hmac-md5-96',
  sha1: 'hmac-sha1-96',
  sha2: 'hmac-sha2-256',
};

/** A row with its time of report, which the answer leaves out: tunnel rows carry no timestamp. */
export interface TimedRow {
  at: number;
  row: Json;
}

/** The device's tunnels as its last report had them. A tunnel that never was has no row. */
export function tunnelRows(
  store: MistStore,
  device: DeviceRecord,
  dataPlane: DataPlane | undefined,
): TimedRow[] {
  if (!device.online) return device.lastTunnels.map((row) => ({ at: device.lastSeen, row }));
  const at = nowSeconds();
  return (dataPlane?.tunnels(device.body.mac) ?? []).map((state) => ({
    at,
    row: rowOf(store, device, state),
  }));
}

function rowOf(store: MistStore, device: DeviceRecord, state: TunnelState): Json {
  const tunnel = object(object(device.running.keys['tunnel_configs'])[state.name]);
  const proposal = object(objects(tunnel['ipsec_proposals'])[0]);
  const encryption = text(proposal['enc_algo']) ?? 'aes256';
  const integrity = text(proposal['auth_algo']);
  const host = texts(object(tunnel['primary'])['hosts'])[0] ?? state.peerIp;
  const isPrimary = texts(object(tunnel['primary'])['wan_names']).includes(state.wanName);
  const uptime =
    state.up && state.upSince !== undefined ? Math.floor((Date.now() - state.upSince) / 1000) : 0;
  return {
    mac: device.body.mac,
    node: state.node,
    site_id: device.siteId,
    org_id: store.orgId,
    tunnel_name: state.name,
    protocol: tunnel['protocol'] === 'gre' ? 'gre' : 'ipsec',
    priority: isPrimary ? 'primary' : 'secondary',
    wan_name: state.wanName,
    ip: state.localIp,
    peer_ip: state.peerIp,
    peer_host: host,
    up: state.up,
    uptime,
    last_event: state.lastEvent,
    auth_algo: integrity === undefined ? 'none' : (ALGORITHM[integrity] ?? integrity),
    encrypt_algo: ALGORITHM[encryption] ?? encryption,
    ike_version: text(tunnel['version']) ?? '2',
    ...traffic(uptime),
  };
}

/** Counters that grow with the time up; nothing reads more than that into them. */
function traffic(uptime: number): Json {
  return { rx_bytes: uptime * 9000, rx_pkts: uptime * 12, tx_bytes: uptime * 3000, tx_pkts: uptime * 8 };
}
