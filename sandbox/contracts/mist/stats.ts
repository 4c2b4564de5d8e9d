import { z } from 'zod';
import { epoch, id, uniqueStrings } from './common.ts';

const count = z.int().nullable().optional();
const asEither = z.union([z.string(), z.int().min(1).max(4_294_967_295)]);

const tunnelRow = {
  auth_algo: z.string().optional(),
  encrypt_algo: z.string().optional(),
  ike_version: z.string().optional(),
  ip: z.string().optional(),
  last_event: z.string().optional(),
  node: z.string().optional(),
  peer_host: z.string().optional(),
  priority: z.enum(['primary', 'secondary']).optional(),
  protocol: z.enum(['gre', 'ipsec']).optional(),
  rx_bytes: count,
  rx_pkts: count,
  tunnel_name: z.string().optional(),
  tx_bytes: count,
  tx_pkts: count,
  up: z.boolean().optional(),
  uptime: z.int().optional(),
  wan_name: z.string().optional(),
};

/** A row of `stats/tunnels/search?type=wan`. */
export const wanTunnelStats = z.strictObject({
  ...tunnelRow,
  mac: z.string().optional(),
  org_id: id.optional(),
  peer_ip: z.string(),
  site_id: id.optional(),
});

/** A tunnel inside one device's stats (`fields=tunnels`). */
export const gatewayTunnelStats = z.strictObject({
  ...tunnelRow,
  last_flapped: epoch.optional(),
  peer_ip: z.string().optional(),
});

const peerRow = {
  evpn_overlay: z.boolean().optional(),
  for_overlay: z.boolean().optional(),
  local_as: asEither.optional(),
  neighbor: z.string().optional(),
  neighbor_as: asEither.optional(),
  neighbor_mac: z.string().optional(),
  node: z.string().optional(),
  rx_pkts: count,
  rx_routes: z.int().optional(),
  state: z.enum(['active', 'connect', 'established', 'idle', 'open_config', 'open_sent']).optional(),
  timestamp: epoch.optional(),
  tx_pkts: count,
  tx_routes: z.int().optional(),
  up: z.boolean().optional(),
  uptime: z.int().optional(),
  vrf_name: z.string().optional(),
};

/** A neighbor inside one device's stats (`fields=bgp_peers`). */
export const gatewayBgpPeer = z.strictObject(peerRow);

/** A row of `stats/bgp_peers/search`. */
export const bgpStats = z.strictObject({
  ...peerRow,
  mac: z.string().optional(),
  model: z.string().optional(),
  org_id: id.optional(),
  site_id: id.optional(),
});

/** A device event; the last four keys are newer than OpenAPI 2511. */
export const deviceEvent = z.strictObject({
  ap: z.string().optional(),
  ap_name: z.string().optional(),
  apfw: z.string().optional(),
  audit_id: id.optional(),
  bandwidth: z.int().optional(),
  channel: z.int().optional(),
  chassis_mac: z.string().optional(),
  count: z.int().optional(),
  device_name: z.string().optional(),
  device_type: z.enum(['ap', 'gateway', 'switch']).optional(),
  ev_type: z.enum(['notice', 'warn']).optional(),
  ext_ip: z.string().optional(),
  mac: z.string().optional(),
  model: z.string().optional(),
  node: z.string().optional(),
  org_id: id,
  port_id: z.string().optional(),
  power: z.int().optional(),
  pre_bandwidth: z.int().optional(),
  pre_channel: z.int().optional(),
  pre_power: z.int().optional(),
  pre_usage: z.int().optional(),
  reason: z.string().optional(),
  site_id: id.optional(),
  site_name: z.string().optional(),
  text: z.string().optional(),
  timestamp: epoch,
  type: z.string(),
  usage: z.int().optional(),
  version: z.string().optional(),
  job_id: z.string().optional(),
  status: z.string().optional(),
  template_id: z.string().optional(),
  tunnel_name: z.string().optional(),
});

/** What `inventory` lists for a device. */
export const inventoryItem = z.strictObject({
  adopted: z.boolean().optional(),
  chassis_mac: z.string().optional(),
  chassis_serial: z.string().optional(),
  connected: z.boolean().optional(),
  created_time: epoch.optional(),
  deviceprofile_id: z.string().nullable().optional(),
  hostname: z.string().optional(),
  hw_rev: z.string().optional(),
  id: id.optional(),
  jsi: z.boolean().optional(),
  mac: z.string().optional(),
  magic: z.string().optional(),
  model: z.string().optional(),
  modified_time: epoch.optional(),
  name: z.string().optional(),
  org_id: id.optional(),
  serial: z.string().optional(),
  site_id: id.optional(),
  sku: z.string().optional(),
  type: z.enum(['ap', 'gateway', 'switch']).optional(),
  vc_mac: z.string().optional(),
});

/** One entry of a gateway's `if_stat`. */
export const interfaceStats = z.strictObject({
  address_mode: z.string().optional(),
  ips: uniqueStrings.optional(),
  nat_addresses: uniqueStrings.optional(),
  network_name: z.string().optional(),
  port_id: z.string().optional(),
  port_usage: z.string().optional(),
  redundancy_state: z.string().optional(),
  rx_bytes: count,
  rx_pkts: count,
  servp_info: z
    .strictObject({
      asn: z.string().optional(),
      city: z.string().optional(),
      country_code: z.string().optional(),
      latitude: z.number().optional(),
      longitude: z.number().optional(),
      org: z.string().optional(),
      region_code: z.string().optional(),
    })
    .optional(),
  tx_bytes: count,
  tx_pkts: count,
  up: z.boolean().optional(),
  vlan: z.int().optional(),
  wan_name: z.string().optional(),
  wan_type: z.string().optional(),
});
