/** A made-up fleet of HA sites: two tunnels and four neighbors each, every tenth with something wrong. */
const ZONES = [1, 2] as const;
const LINKS = [0, 1] as const;

export function siteId(n: number): string {
  return `51e00000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function deviceMac(n: number): string {
  return `02${n.toString(16).padStart(10, '0')}`;
}

export function microsoftBgp(link: number, zone: number): string {
  return `10.99.${98 + zone}.${2 + 4 * link}`;
}

/** Rows of `stats/tunnels/search?type=wan`, as Mist's OpenAPI description has them. */
export function tunnelRows(sites: number): object[] {
  return each(sites).flatMap((n) =>
    LINKS.map((link) => ({
      mac: deviceMac(n),
      node: `node${link}`,
      site_id: siteId(n),
      org_id: siteId(0),
      tunnel_name: `mssse-wan${link}`,
      protocol: 'ipsec',
      priority: 'primary',
      wan_name: `wan${link}`,
      ip: '203.0.113.10',
      peer_ip: `20.1.${link}.4`,
      peer_host: `20.1.${link}.4`,
      up: n % 10 !== 0,
      uptime: 86_400,
      last_event: 'IKE and child SA established',
      auth_algo: 'none',
      encrypt_algo: 'aes-256-gcm',
      ike_version: '2',
      rx_bytes: 123_456_789,
      rx_pkts: 123_456,
      tx_bytes: 23_456_789,
      tx_pkts: 23_456,
    })),
  );
}

/** Rows of `stats/bgp_peers/search`. */
export function peerRows(sites: number): object[] {
  const timestamp = Date.now() / 1000;
  return each(sites).flatMap((n) =>
    LINKS.flatMap((link) =>
      ZONES.map((zone) => ({
        mac: deviceMac(n),
        model: 'SSR120',
        node: `node${link}`,
        site_id: siteId(n),
        org_id: siteId(0),
        neighbor: microsoftBgp(link, zone),
        neighbor_as: 65_476,
        local_as: 65_000,
        state: n % 10 === 0 ? 'active' : 'established',
        up: n % 10 !== 0,
        uptime: 86_000,
        rx_routes: 25,
        tx_routes: 2,
        rx_pkts: 1000,
        tx_pkts: 1000,
        vrf_name: 'default',
        for_overlay: false,
        evpn_overlay: false,
        timestamp,
      })),
    ),
  );
}

/** Rows of `stats/devices?type=gateway`, with the members that a WAN Edge has beside its state. */
export function deviceRows(sites: number): object[] {
  return each(sites).map((n) => ({
    type: 'gateway',
    id: `00000000-0000-0000-1000-${deviceMac(n)}`,
    mac: deviceMac(n),
    org_id: siteId(0),
    site_id: siteId(n),
    name: `edge-${n}`,
    model: 'SSR120',
    version: '6.2.4-14.lts',
    status: 'connected',
    last_seen: Math.floor(Date.now() / 1000),
    uptime: 900_000,
    is_ha: true,
    config_status: 'COMMITED',
    ext_ip: '203.0.113.10',
    if_stat: { 'ge-0/0/0.0': { port_id: 'ge-0/0/0', wan_name: 'wan0', ips: ['203.0.113.10/24'], up: true } },
    route_summary_stats: { fib_routes: 40, rib_routes: 40, total_routes: 40 },
  }));
}

function each(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1);
}
