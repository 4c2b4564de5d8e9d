import type { BgpPeerStat, TunnelStat } from '../../integrations/mist/types.ts';
import { isEstablished, neighborRow, tunnelRow } from '../live/observed.ts';
import type { NeighborStatus, TunnelStatus } from '../types.ts';
import type { ConnectorLayout } from './layout.ts';

/** Rows of living sessions are rewritten every few minutes: an older one tells of the past. */
const STALE_MS = 10 * 60_000;

/** What Mist reported; undefined = could not be read. */
export interface SessionRows {
  readonly tunnels: readonly TunnelStat[] | undefined;
  readonly peers: readonly BgpPeerStat[] | undefined;
  /** Epoch ms since when the router reports nothing: all that is known of it is as old. */
  readonly silentSinceMs?: number;
}

/** A connector and its neighbors as reported; a missing or outdated row leaves `up` undefined, which is not "down". */
export function tunnelStatus(layout: ConnectorLayout, rows: SessionRows, now: number): TunnelStatus {
  const own = (rows.tunnels ?? []).filter((row) => row.name === layout.name);
  const row = tunnelRow(own, layout.name);
  const stale = row !== undefined && rows.silentSinceMs !== undefined;
  return {
    name: layout.name,
    ...(layout.wan !== undefined && { wan: layout.wan }),
    ...(row && {
      ...(row.up !== undefined && !stale && { up: row.up }),
      ...(row.node !== undefined && { node: row.node }),
      ...(row.peerIp !== undefined && { peerIp: row.peerIp }),
      ...(row.uptimeSeconds !== undefined && { uptimeSeconds: row.uptimeSeconds }),
      ...(row.lastEvent !== undefined && { lastEvent: row.lastEvent }),
      ...(stale && { staleSinceMs: rows.silentSinceMs, lastKnown: wordOf(row.up) }),
    }),
    ...(own.length > 1 && {
      nodes: own.map((one) => ({ node: one.node ?? '?', state: wordOf(stale ? undefined : one.up) })),
    }),
    neighbors: layout.neighbors.map(({ address, zone }) => ({
      ...(zone !== undefined && { zone }),
      ...neighborStatus(address, rows, now),
    })),
  };
}

function neighborStatus(address: string, rows: SessionRows, now: number): NeighborStatus {
  const own = (rows.peers ?? []).filter((row) => row.neighbor === address);
  const row = neighborRow(own, address);
  if (!row) return { address };
  const staleSinceMs = staleSince(row, rows.silentSinceMs, now);
  return {
    address,
    state: row.state,
    ...(staleSinceMs === undefined ? { up: isEstablished(row) } : { staleSinceMs }),
    ...(row.node !== undefined && { node: row.node }),
    ...(row.atMs !== undefined && { atMs: row.atMs }),
    ...(row.uptimeSeconds !== undefined && { uptimeSeconds: row.uptimeSeconds }),
    ...(row.rxRoutes !== undefined && { rxRoutes: row.rxRoutes }),
    ...(row.txRoutes !== undefined && { txRoutes: row.txRoutes }),
    ...(own.length > 1 && { nodes: own.map((one) => ({ node: one.node ?? '?', state: one.state })) }),
  };
}

function staleSince(row: BgpPeerStat, silentSinceMs: number | undefined, now: number): number | undefined {
  if (silentSinceMs !== undefined) return silentSinceMs;
  return row.atMs !== undefined && now - row.atMs > STALE_MS ? row.atMs : undefined;
}

function wordOf(up: boolean | undefined): string {
  if (up === undefined) return 'not reported';
  return up ? 'up' : 'down';
}
