import type { Http } from './http.ts';
import { objectOf, textOf } from './json.ts';
import { isNewer } from './newest-peers.ts';
import { searchAll } from './paging.ts';
import { milliseconds, stateOf } from './stats-schema.ts';
import type { BgpPeerStat, BySite, TunnelStat } from './types.ts';

/*
 * Tens of thousands of rows of a whole organisation, for a look at every site at once. Each page is read as it comes and let go, without
 * a schema's copy of every row; of a row only what tells whether it is up is kept, and texts that many rows repeat are kept once.
 */

/** Every WAN tunnel: of each whose it is and whether it is up. Throws `RemoteError`. */
export async function searchTunnelStates(
  http: Http,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<BySite<TunnelStat>> {
  const sites = new Map<string, TunnelStat[]>();
  const pool = createPool();
  await eachRow(http, path, query, (row) => {
    const { tunnel_name: name, up } = row;
    const mac = textOf(row['mac']);
    if (mac === undefined || typeof name !== 'string') return;
    const siteId = textOf(row['site_id']) ?? '';
    const known = sites.get(siteId) ?? [];
    const node = textOf(row['node']);
    const tunnel: TunnelStat = {
      ...ownerOf(known, mac, siteId),
      name: pool(name),
      ...(node !== undefined && { node: pool(node) }),
      ...(typeof up === 'boolean' && { up }),
    };
    known.push(tunnel);
    sites.set(siteId, known);
  });
  return sites;
}

interface PeerState extends BgpPeerStat {
  readonly vrf: string;
}

/** The newest row of every BGP session: of each whose it is, its state and its routes. Throws `RemoteError`. */
export async function searchPeerStates(
  http: Http,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<BySite<BgpPeerStat>> {
  const sites = new Map<string, PeerState[]>();
  const pool = createPool();
  await eachRow(http, path, query, (row) => {
    const { up, rx_routes: rxRoutes, timestamp, state: given } = row;
    const mac = textOf(row['mac']);
    const neighbor = textOf(row['neighbor']);
    if (mac === undefined || neighbor === undefined) return;
    const siteId = textOf(row['site_id']) ?? '';
    const known = sites.get(siteId) ?? [];
    const node = textOf(row['node']);
    const isUp = typeof up === 'boolean' ? up : undefined;
    const state = pool(stateOf(typeof given === 'string' ? given : undefined, isUp));
    const peer: PeerState = {
      ...ownerOf(known, mac, siteId),
      vrf: pool(textOf(row['vrf_name']) ?? 'default'),
      neighbor,
      state,
      up: isUp ?? state === 'established',
      ...(node !== undefined && { node: pool(node) }),
      ...(typeof rxRoutes === 'number' && { rxRoutes }),
      ...(typeof timestamp === 'number' && { atMs: milliseconds(timestamp) }),
    };
    const at = known.findIndex((one) => isSameSession(one, peer));
    const before = known[at];
    if (!before) known.push(peer);
    else if (isNewer(peer, before)) known[at] = peer;
    sites.set(siteId, known);
  });
  return sites;
}

async function eachRow(
  http: Http,
  path: string,
  query: Readonly<Record<string, string>>,
  visit: (row: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  await searchAll(http, path, query, (rows) => {
    for (const row of rows) visit(objectOf(row));
    return [];
  });
}

/** The IDs as an earlier row of the site has them: every row is parsed into texts of its own. */
function ownerOf(
  known: readonly { readonly mac: string; readonly siteId: string }[],
  mac: string,
  siteId: string,
): { mac: string; siteId: string } {
  const same = known.find((one) => one.mac === mac);
  return { mac: same?.mac ?? mac, siteId: known[0]?.siteId ?? siteId };
}

/** Answers each text with the first one that was equal. */
function createPool(): (text: string) => string {
  const known = new Map<string, string>();
  return (given) => {
    const first = known.get(given);
    if (first !== undefined) return first;
    known.set(given, given);
    return given;
  };
}

function isSameSession(a: PeerState, b: PeerState): boolean {
  return a.neighbor === b.neighbor && a.mac === b.mac && a.node === b.node && a.vrf === b.vrf;
}
