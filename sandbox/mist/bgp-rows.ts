import type { BgpPeerState, DataPlane } from '../data-plane/views.ts';
import type { Json } from './json.ts';
import { nowSeconds, type DeviceRecord, type MistStore } from './store.ts';

/** How old the repeated, outdated row of a neighbor is: outside `5m`, inside the default `1d`. */
const STALE_SECONDS = 40 * 60;

/**
 * The neighbors of devices over time. A search over a day returns a neighbor several times, with what it once was,
 * and still returns neighbors that are no longer configured.
 */
export function createPeerHistory(store: MistStore) {
  const seen = new Map<string, Map<string, Json>>();

  /** The rows of a device's last report, and remembers them. */
  function current(device: DeviceRecord, dataPlane: DataPlane | undefined): Json[] {
    if (!device.online) return device.lastPeers;
    const rows = (dataPlane?.bgpPeers(device.body.mac) ?? []).map((peer) => rowOf(store, device, peer));
    const remembered = seen.get(device.body.id) ?? new Map<string, Json>();
    for (const row of rows) remembered.set(`${String(row['node'])} ${String(row['neighbor'])}`, row);
    seen.set(device.body.id, remembered);
    return rows;
  }

  /** Current rows, one outdated row beside each, and the last word of neighbors that are gone. */
  function withHistory(device: DeviceRecord, dataPlane: DataPlane | undefined): Json[] {
    const rows = current(device, dataPlane);
    const live = new Set(rows.map((row) => `${String(row['node'])} ${String(row['neighbor'])}`));
    const gone = [...(seen.get(device.body.id) ?? [])]
      .filter(([key]) => !live.has(key))
      .map(([, row]) => row);
    return [...rows, ...rows.map(outdated), ...gone];
  }

  return { current, withHistory };
}

export type PeerHistory = ReturnType<typeof createPeerHistory>;

function rowOf(store: MistStore, device: DeviceRecord, peer: BgpPeerState): Json {
  const up = peer.state === 'established';
  const uptime = up && peer.upSince !== undefined ? Math.floor((Date.now() - peer.upSince) / 1000) : 0;
  return {
    mac: device.body.mac,
    model: device.model,
    node: peer.node,
    site_id: device.siteId,
    org_id: store.orgId,
    neighbor: peer.neighbor,
    neighbor_as: peer.neighborAs,
    local_as: peer.localAs,
    state: peer.state,
    up,
    uptime,
    rx_routes: up ? peer.learned.length : 0,
    tx_routes: up ? peer.announced.length : 0,
    rx_pkts: uptime,
    tx_pkts: uptime,
    vrf_name: 'default',
    for_overlay: false,
    evpn_overlay: false,
    timestamp: Math.round(nowSeconds() * 1000) / 1000,
  };
}

/** The opposite of what is true now: a reader that does not compare timestamps gets it wrong either way. */
function outdated(row: Json): Json {
  const up = row['up'] !== true;
  return {
    ...row,
    state: up ? 'established' : 'active',
    up,
    uptime: up ? 86_000 : 0,
    rx_routes: up ? 17 : 0,
    tx_routes: up ? 1 : 0,
    timestamp: Number(row['timestamp']) - STALE_SECONDS,
  };
}
