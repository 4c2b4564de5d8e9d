import { z } from 'zod';
import { compact } from './json.ts';
import { asNumber, entries, flag, maybe, number, rowsOf, text, texts } from './lenient.ts';
import { newestPeers, type PeerRow } from './newest-peers.ts';
import type { DeviceEvent, DeviceReport, DeviceState, DeviceStats, RawConfig, TunnelStat } from './types.ts';

/** Mist's times are seconds with fractions. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

export const Event = z
  .object({ timestamp: z.number(), type: z.string().min(1), mac: maybe(z.string()), text: maybe(z.string()) })
  .transform((event): DeviceEvent => ({
    atMs: milliseconds(event.timestamp),
    type: event.type,
    mac: event.mac ?? '',
    text: event.text ?? '',
  }));

export const Tunnel = z
  .object({
    mac: z.string().min(1),
    site_id: maybe(z.string()),
    node: text,
    tunnel_name: z.string(),
    wan_name: text,
    peer_ip: text,
    up: flag,
    uptime: number,
    last_event: text,
  })
  .transform((row): TunnelStat =>
    compact({
      mac: row.mac,
      siteId: row.site_id ?? '',
      node: row.node,
      name: row.tunnel_name,
      wanName: row.wan_name,
      peerIp: row.peer_ip,
      up: row.up,
      uptimeSeconds: row.uptime,
      lastEvent: row.last_event,
    }),
  );

/** A session's state in lower case; where Mist gives none, what its `up` says. */
export function stateOf(state: string | undefined, up: boolean | undefined): string {
  return state?.toLowerCase() ?? (up === true ? 'established' : 'idle');
}

/** One row of the BGP search; `vrf` only tells rows apart. */
export const BgpPeer = z
  .object({
    mac: z.string().min(1),
    site_id: maybe(z.string()),
    node: text,
    vrf_name: text,
    neighbor: z.string().min(1),
    neighbor_as: asNumber,
    local_as: asNumber,
    state: maybe(z.string()),
    up: flag,
    uptime: number,
    rx_routes: number,
    tx_routes: number,
    timestamp: number,
  })
  .transform((row): PeerRow => {
    const state = stateOf(row.state, row.up);
    return {
      vrf: row.vrf_name ?? 'default',
      peer: compact({
        mac: row.mac,
        siteId: row.site_id ?? '',
        node: row.node,
        neighbor: row.neighbor,
        neighborAs: row.neighbor_as,
        localAs: row.local_as,
        state,
        up: row.up ?? state === 'established',
        uptimeSeconds: row.uptime,
        rxRoutes: row.rx_routes,
        txRoutes: row.tx_routes,
        atMs: row.timestamp === undefined ? undefined : milliseconds(row.timestamp),
      }),
    };
  });

export const Stats = z
  .object({
    status: z.string(),
    last_seen: number,
    model: text,
    version: text,
    is_ha: flag,
    config_status: text,
    config_timestamp: number,
    ext_ip: text,
    if_stat: entries,
  })
  .transform((stats): DeviceStats =>
    compact({
      connected: stats.status === 'connected',
      status: stats.status,
      lastSeenMs: stats.last_seen === undefined ? undefined : milliseconds(stats.last_seen),
      model: stats.model,
      version: stats.version,
      isSsr: isSsr(stats.model, stats.version),
      isHa: stats.is_ha,
      configStatus: stats.config_status?.toUpperCase(),
      configTimestampMs:
        stats.config_timestamp === undefined ? undefined : milliseconds(stats.config_timestamp),
      extIp: stats.ext_ip,
      portIps: addressesOf(stats.if_stat, ({ ips }) => ips[0]),
      natIps: addressesOf(stats.if_stat, ({ nat_addresses: nat }) => nat[0]),
    }),
  );

const Lists = z.object({
  mac: maybe(z.string()),
  site_id: maybe(z.string()),
  tunnels: maybe(z.array(z.record(z.string(), z.unknown()))),
  bgp_peers: maybe(z.array(z.record(z.string(), z.unknown()))),
});

/** One device's statistics with `fields=tunnels,bgp_peers`, whose rows leave out the device and its site. */
export const Report = z.unknown().transform((body, context): DeviceReport => {
  const stats = Stats.safeParse(body);
  if (!stats.success) {
    context.addIssue({ code: 'custom', message: 'not the statistics of a device' });
    return z.NEVER;
  }
  const { mac = '', site_id: siteId = '', tunnels, bgp_peers: peers } = Lists.parse(body);
  const whole = (row: object): object => ({ mac: mac || 'unknown', site_id: siteId, ...row });
  return {
    ...stats.data,
    ...(tunnels && { tunnels: rowsOf(Tunnel, tunnels.map(whole)) }),
    ...(peers && { peers: newestPeers(rowsOf(BgpPeer, peers.map(whole))) }),
  };
});

/** A row of the list of devices of an organisation. */
export const State = z
  .object({
    mac: z.string().min(1),
    site_id: z.string().min(1),
    status: maybe(z.string()),
    last_seen: number,
  })
  .transform((row): DeviceState =>
    compact({
      mac: row.mac,
      siteId: row.site_id,
      connected: row.status === 'connected',
      lastSeenMs: row.last_seen === undefined ? undefined : milliseconds(row.last_seen),
    }),
  );

const JUNOS_VERSION = /^\d+\.\d+[A-Z]\d/;
const SSR_VERSION = /^\d+\.\d+\.\d+/;

/**
 * SSR or not, by model, else by the form of the version (Junos writes `21.2R3-S6.11`, the SSR `6.2.4-14.lts`). Uncertain for
 * white boxes, whose models Mist names freely: no field of the statistics says it outright.
 */
function isSsr(model: string | undefined, version: string | undefined): boolean | undefined {
  if (model !== undefined && /^(SSR|128T)/i.test(model)) return true;
  if (model !== undefined && /^(v?SRX|NFX|EX|QFX|MX|ACX)/i.test(model)) return false;
  if (version === undefined) return undefined;
  if (JUNOS_VERSION.test(version)) return false;
  return SSR_VERSION.test(version) ? true : undefined;
}

const Interface = z.object({ port_id: text, wan_name: text, ips: texts, nat_addresses: texts });

/** One address of each interface, without its mask, by interface, port and WAN name. */
function addressesOf(
  interfaces: RawConfig,
  pick: (read: z.infer<typeof Interface>) => string | undefined,
): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(interfaces)) {
    const read = Interface.safeParse(value);
    const ip = read.success ? pick(read.data)?.split('/')[0] : undefined;
    if (!read.success || ip === undefined) continue;
    for (const key of [read.data.wan_name, read.data.port_id, name]) {
      if (key !== undefined && !found.has(key)) found.set(key, ip);
    }
  }
  return Object.fromEntries(found);
}

export const Session = z.object({ session: z.string().min(1) }).transform(({ session }) => session);

const PathRow = z
  .object({
    service: maybe(z.string()),
    type: maybe(z.string()),
    network_interface: maybe(z.string()),
    gateway_ip: maybe(z.string()),
    state: maybe(z.string()),
  })
  .transform((row) => ({
    service: row.service ?? '',
    type: row.type ?? '',
    interface: row.network_interface ?? '',
    gateway: row.gateway_ip ?? '',
    state: row.state ?? '',
  }));

/** What `show_service_path` prints on an SSR: JSON text. `rows` must be there, or the answer was not understood. */
export const PathReport = z.object({ finished: flag, rows: z.array(PathRow) });
