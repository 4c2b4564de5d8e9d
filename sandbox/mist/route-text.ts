import type { BgpPeerState } from '../data-plane/views.ts';

/** What `show_route` was asked. */
export interface RouteQuery {
  neighbor?: string | undefined;
  prefix?: string | undefined;
  protocol?: string | undefined;
  /** `received` or `advertised`; both where absent. */
  route?: string | undefined;
}

/** What the router knows when it is asked. */
export interface RouterView {
  localAs: number;
  routerId: string;
  peers: BgpPeerState[];
  networks: { name: string; subnet: string }[];
}

const NETWORK_COLUMN = 17;

/** The router's answer to `show_route`, in the manner of FRRouting. Ends without any mark. */
export function routeText(view: RouterView, query: RouteQuery): string {
  const protocol = query.protocol ?? 'bgp';
  if (protocol === 'evpn' || protocol === 'ospf' || protocol === 'static') return `${preamble()}\n`;
  if (protocol !== 'bgp') return preamble() + ribText(view, query, protocol);
  if (query.neighbor === undefined) return preamble() + bgpTable(view, query);
  const peer = view.peers.find((candidate) => candidate.neighbor === query.neighbor);
  if (peer === undefined) return `${preamble()}% No such neighbor or address family\n`;
  const parts: string[] = [];
  if (query.route !== 'advertised') parts.push(table(view, peer, pick(peer.learned, query), 'received'));
  if (query.route !== 'received') parts.push(table(view, peer, pick(peer.announced, query), 'advertised'));
  return preamble() + parts.join('\n');
}

function preamble(): string {
  const now = new Date().toUTCString().replace(',', '');
  return `${now}\nRetrieving bgp entries...\n`;
}

function header(view: RouterView): string {
  return [
    `BGP table version is 354, local router ID is ${view.routerId}, vrf id 0`,
    `Default local pref 100, local AS ${view.localAs}`,
    'Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,',
    '              i internal, r RIB-failure, S Stale, R Removed',
    "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self",
    'Origin codes:  i - IGP, e - EGP, ? - incomplete',
    'RPKI validation codes: V valid, I invalid, N Not found',
    '',
    '    Network          Next Hop            Metric LocPrf Weight Path',
    '',
  ].join('\n');
}

function table(
  view: RouterView,
  peer: BgpPeerState,
  prefixes: string[],
  side: 'received' | 'advertised',
): string {
  const total = `\nTotal number of prefixes ${prefixes.length}\n`;
  if (prefixes.length === 0) return total;
  const rows = prefixes.map((prefix) =>
    side === 'received'
      ? row('*>', prefix, peer.neighbor, 0, `${peer.neighborAs} i`)
      : row('*>', prefix, '0.0.0.0', 32_768, 'i'),
  );
  return header(view) + rows.join('') + total;
}

/** One row; a prefix that does not fit its column stands on a line of its own. */
function row(status: string, prefix: string, nextHop: string, weight: number, path: string): string {
  const first = ` ${status} ${prefix}`;
  const fits = prefix.length < NETWORK_COLUMN;
  const head = fits
    ? ` ${status} ${prefix.padEnd(NETWORK_COLUMN)}`
    : `${first}\n${' '.repeat(4 + NETWORK_COLUMN)}`;
  return `${head}${nextHop.padEnd(16)}${'0'.padStart(10)}${' '.repeat(7)}${String(weight).padStart(7)} ${path}\n`;
}

/** The whole table: each prefix once, its further paths below it with an empty network column. */
function bgpTable(view: RouterView, query: RouteQuery): string {
  const paths = new Map<string, BgpPeerState[]>();
  for (const peer of view.peers) {
    for (const prefix of pick(peer.learned, query)) paths.set(prefix, [...(paths.get(prefix) ?? []), peer]);
  }
  const rows = [...paths].flatMap(([prefix, peers]) =>
    peers.map((peer, index) =>
      index === 0
        ? row('*>', prefix, peer.neighbor, 0, `${peer.neighborAs} i`)
        : row('*=', '', peer.neighbor, 0, `${peer.neighborAs} i`),
    ),
  );
  const count = [...paths.values()].reduce((sum, peers) => sum + peers.length, 0);
  if (rows.length === 0) return 'No BGP prefixes displayed, 0 exist\n';
  return `${header(view)}${rows.join('')}\nDisplayed  ${paths.size} routes and ${count} total paths\n`;
}

function ribText(view: RouterView, query: RouteQuery, protocol: string): string {
  const codes =
    'Codes: K - kernel route, C - connected, S - static, B - BGP,\n       > - selected route, * - FIB route\n\n';
  const direct = pick(
    view.networks.map((network) => network.subnet),
    query,
  ).map((subnet) => `C>* ${subnet} is directly connected, ${nameOf(view, subnet)}, 1d02h03m\n`);
  if (protocol === 'direct') return codes + direct.join('');
  const learned = view.peers.flatMap((peer) =>
    pick(peer.learned, query).map(
      (prefix) => `B>* ${prefix} [20/0] via ${peer.neighbor}, ${peer.tunnel}, 00:12:01\n`,
    ),
  );
  return codes + [...direct, ...learned].join('');
}

function nameOf(view: RouterView, subnet: string): string {
  return view.networks.find((network) => network.subnet === subnet)?.name ?? 'lan';
}

function pick(prefixes: string[], query: RouteQuery): string[] {
  return query.prefix === undefined ? prefixes : prefixes.filter((prefix) => prefix === query.prefix);
}

/** The router's answer to `show_bgp_summary`. */
export function summaryText(view: RouterView): string {
  const rows = view.peers.map((peer) => {
    const up = peer.state === 'established';
    const since = up && peer.upSince !== undefined ? clock(Date.now() - peer.upSince) : 'never';
    const last = up ? String(peer.learned.length) : stateName(peer.state);
    return [
      peer.neighbor.padEnd(15),
      '4',
      String(peer.neighborAs).padStart(10),
      '        64        61        0    0    0',
      since.padStart(8),
      last.padStart(12),
      String(up ? peer.announced.length : 0).padStart(8),
      'N/A',
    ].join(' ');
  });
  return [
    'IPv4 Unicast Summary (VRF default):',
    `BGP router identifier ${view.routerId}, local AS number ${view.localAs} vrf-id 0`,
    'BGP table version 354',
    `Peers ${view.peers.length}, using 1449 KiB of memory`,
    '',
    'Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc',
    ...rows,
    '',
    `Total number of neighbors ${view.peers.length}`,
    '',
  ].join('\n');
}

function stateName(state: string): string {
  return (
    { open_sent: 'OpenSent', open_config: 'OpenConfirm' }[state] ??
    state.charAt(0).toUpperCase() + state.slice(1)
  );
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((n) => String(Math.floor(n)).padStart(2, '0'))
    .join(':');
}
