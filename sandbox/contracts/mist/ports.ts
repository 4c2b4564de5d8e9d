import { z } from 'zod';
import { mapOf, numberOrVariable, strings, uniqueStrings } from './common.ts';

const duplex = z.enum(['auto', 'full', 'half']);
const pap = z.enum(['chap', 'none', 'pap']);
const trafficShaping = z.strictObject({
  class_percentages: z.array(z.int()).optional(),
  enabled: z.boolean().optional(),
  max_tx_kbps: z.int().optional(),
});
const routes = mapOf(z.strictObject({ via: z.string().optional() }));

const ipConfig = z.strictObject({
  dns: strings.optional(),
  dns_suffix: strings.optional(),
  gateway: z.string().optional(),
  gateway6: z.string().optional(),
  ip: z.string().optional(),
  ip6: z.string().optional(),
  netmask: z.string().optional(),
  netmask6: z.string().optional(),
  network: z.string().optional(),
  poser_password: z.string().optional(),
  pppoe_auth: pap.optional(),
  pppoe_username: z.string().optional(),
  type: z.enum(['dhcp', 'pppoe', 'static']).optional(),
  type6: z.enum(['autoconf', 'dhcp', 'static']).optional(),
});

/** One port of a WAN Edge (Mist OpenAPI `gateway_port_config`). */
export const gatewayPort = z.strictObject({
  ae_disable_lacp: z.boolean().optional(),
  ae_idx: z.string().nullable().optional(),
  ae_lacp_force_up: z.boolean().optional(),
  aggregated: z.boolean().optional(),
  critical: z.boolean().optional(),
  description: z.string().optional(),
  disable_autoneg: z.boolean().optional(),
  disabled: z.boolean().optional(),
  dsl_type: z.enum(['adsl', 'vdsl']).optional(),
  dsl_vci: z.int().optional(),
  dsl_vpi: z.int().optional(),
  duplex: duplex.optional(),
  ip_config: ipConfig.optional(),
  lte_apn: z.string().optional(),
  lte_auth: pap.optional(),
  lte_backup: z.boolean().optional(),
  lte_password: z.string().optional(),
  lte_username: z.string().optional(),
  mtu: z.int().optional(),
  name: z.string().optional(),
  networks: strings.optional(),
  outer_vlan_id: z.int().optional(),
  poe_disabled: z.boolean().optional(),
  port_network: z.string().optional(),
  preserve_dscp: z.boolean().optional(),
  redundant: z.boolean().optional(),
  redundant_group: z.int().min(1).max(128).optional(),
  reth_idx: z.union([z.int(), z.string()]).optional(),
  reth_node: z.string().optional(),
  reth_nodes: strings.optional(),
  speed: z.string().optional(),
  ssr_no_virtual_mac: z.boolean().optional(),
  svr_port_range: z.string().optional(),
  traffic_shaping: trafficShaping.optional(),
  usage: z.enum(['ha_control', 'ha_data', 'lan', 'wan']),
  vlan_id: numberOrVariable(1, 4094).optional(),
  vpn_paths: mapOf(
    z.strictObject({
      bfd_profile: z.enum(['broadband', 'lte']).optional(),
      bfd_use_tunnel_mode: z.boolean().optional(),
      preference: z.int().optional(),
      role: z.enum(['hub', 'mesh', 'spoke']).optional(),
      traffic_shaping: trafficShaping.optional(),
    }),
  ).optional(),
  wan_arp_policer: z.enum(['default', 'max', 'recommended']).optional(),
  wan_disable_speedtest: z.boolean().optional(),
  wan_ext_ip: z.string().optional(),
  wan_ext_ip6: z.string().optional(),
  wan_extra_routes: routes.optional(),
  wan_extra_routes6: routes.optional(),
  wan_networks: strings.optional(),
  wan_probe_override: z
    .strictObject({
      ip6s: uniqueStrings.optional(),
      ips: uniqueStrings.optional(),
      probe_profile: z.enum(['broadband', 'lte']).optional(),
    })
    .optional(),
  wan_source_nat: z
    .strictObject({
      disabled: z.boolean().optional(),
      nat6_pool: z.string().optional(),
      nat_pool: z.string().optional(),
    })
    .optional(),
  wan_type: z.enum(['broadband', 'dsl', 'lte']).optional(),
});

export const portConfig = mapOf(gatewayPort);

/** A wired port of a matching rule. */
export const junosPort = z.strictObject({
  ae_disable_lacp: z.boolean().optional(),
  ae_idx: z.int().optional(),
  ae_lacp_slow: z.boolean().optional(),
  aggregated: z.boolean().optional(),
  critical: z.boolean().optional(),
  description: z.string().optional(),
  disable_autoneg: z.boolean().optional(),
  duplex: duplex.optional(),
  dynamic_usage: z.string().nullable().optional(),
  esilag: z.boolean().optional(),
  mtu: z.int().optional(),
  no_local_overwrite: z.boolean().optional(),
  poe_disabled: z.boolean().optional(),
  port_network: z.string().optional(),
  speed: z.enum(['10m', '100m', '1g', '2.5g', '5g', '10g', '25g', '40g', '100g', 'auto']).optional(),
  usage: z.string(),
});
