import type { HealthEvent } from '../../integrations/entra/types.ts';
import type { BgpPeerStat, TunnelStat } from '../../integrations/mist/types.ts';

/**
 * The row that tells how a neighbor is now. An HA pair may have one row per node, of which the idle one is older: the newest wins,
 * at equal times the established one.
 */
export function neighborRow(rows: readonly BgpPeerStat[], address: string): BgpPeerStat | undefined {
  const [best] = rows
    .filter((row) => row.neighbor === address)
    .toSorted((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0) || Number(isEstablished(b)) - Number(isEstablished(a)));
  return best;
}

/** The row that tells how a connector is now: where several nodes report it the one that is up, else one that does not say. */
export function tunnelRow(rows: readonly TunnelStat[], name: string): TunnelStat | undefined {
  const own = rows.filter((row) => row.name === name);
  return own.find((row) => row.up === true) ?? own.find((row) => row.up === undefined) ?? own[0];
}

/** Whether a session is up. A missing row is "not reported", for the caller to tell apart. */
export function isEstablished(row: BgpPeerStat | undefined): boolean {
  return row?.state === 'established';
}

/** A tunnel that Mist reports up, by its two public addresses; `peerIp` undefined where Mist does not say which gateway it goes to. */
export interface TunnelUp {
  readonly deviceIp: string;
  readonly peerIp: string | undefined;
  readonly uptimeSeconds: number | undefined;
}

/**
 * Whether Entra's newest record of a tunnel that Mist reports up says that it was disconnected since: one of the two reports is late, and
 * nobody can tell which. Source: Entra "Remote network health logs", whose records name a tunnel by its addresses.
 */
export function isContradicted(events: readonly HealthEvent[], tunnel: TunnelUp, now: number): boolean {
  const own = events.filter(
    ({ deviceIp, microsoftIp, status }) =>
      deviceIp === tunnel.deviceIp &&
      (tunnel.peerIp === undefined || microsoftIp === tunnel.peerIp) &&
      /^tunnel|Alive$/.test(status),
  );
  const newest = own.toSorted((a, b) => b.atMs - a.atMs)[0];
  const upSince = now - (tunnel.uptimeSeconds ?? 0) * 1000;
  return newest?.status === 'tunnelDisconnected' && newest.atMs > upSince;
}
