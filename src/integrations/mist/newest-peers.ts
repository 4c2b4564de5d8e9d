import type { BgpPeerStat } from './types.ts';

/** A row of the BGP search; `vrf` only tells rows apart. */
export interface PeerRow {
  readonly vrf: string;
  readonly peer: BgpPeerStat;
}

/** The newest row of each (device, node, VRF, neighbor): rows of the past may stand beside it. */
export function newestPeers(rows: readonly PeerRow[]): BgpPeerStat[] {
  const found = new Map<string, BgpPeerStat>();
  for (const { vrf, peer } of rows) {
    const key = `${peer.mac} ${peer.node ?? ''} ${vrf} ${peer.neighbor}`;
    const known = found.get(key);
    if (known === undefined || isNewer(peer, known)) found.set(key, peer);
  }
  return [...found.values()];
}

/** Of two rows of one session, whether the first one tells how it is now. */
export function isNewer(peer: Pick<BgpPeerStat, 'atMs'>, known: Pick<BgpPeerStat, 'atMs'>): boolean {
  return (peer.atMs ?? 0) >= (known.atMs ?? 0);
}
