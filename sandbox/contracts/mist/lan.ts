import { z } from 'zod';
import { mapOf, numberOrVariable, stamps, strings } from './common.ts';

const natEntry = { internal_ip: z.string().optional(), name: z.string().optional() };
const withWan = { ...natEntry, wan_name: z.string().optional() };

const vpnAccess = z.strictObject({
  advertised_subnet: z.string().optional(),
  allow_ping: z.boolean().optional(),
  destination_nat: mapOf(z.strictObject({ ...natEntry, port: z.string().optional() })).optional(),
  nat_pool: z.string().optional(),
  no_readvertise_to_lan_bgp: z.boolean().optional(),
  no_readvertise_to_lan_ospf: z.boolean().optional(),
  no_readvertise_to_overlay: z.boolean().optional(),
  other_vrfs: strings.optional(),
  routed: z.boolean().optional(),
  source_nat: z.strictObject({ external_ip: z.string().optional() }).optional(),
  static_nat: mapOf(z.strictObject(natEntry)).optional(),
  summarized_subnet: z.string().optional(),
  summarized_subnet_to_lan_bgp: z.string().optional(),
  summarized_subnet_to_lan_ospf: z.string().optional(),
});

/** A network of the organisation (Mist OpenAPI `network`, an open object). */
export const network = z.looseObject({
  ...stamps,
  disallow_mist_services: z.boolean().optional(),
  gateway: z.string().optional(),
  gateway6: z.string().optional(),
  internal_access: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  internet_access: z
    .strictObject({
      create_simple_service_policy: z.boolean().optional(),
      destination_nat: mapOf(z.strictObject({ ...withWan, port: z.string().optional() })).optional(),
      enabled: z.boolean().optional(),
      restricted: z.boolean().optional(),
      static_nat: mapOf(z.strictObject(withWan)).optional(),
    })
    .optional(),
  isolation: z.boolean().optional(),
  multicast: z
    .strictObject({
      disable_igmp: z.boolean().optional(),
      enabled: z.boolean().optional(),
      groups: mapOf(z.strictObject({ rp_ip: z.string().optional() })).optional(),
    })
    .optional(),
  name: z.string(),
  routed_for_networks: strings.optional(),
  subnet: z.string().optional(),
  subnet6: z.string().optional(),
  tenants: mapOf(z.strictObject({ addresses: strings.optional() })).optional(),
  vlan_id: numberOrVariable(1, 4094).optional(),
  vpn_access: mapOf(vpnAccess).optional(),
});

export const ipConfigs = mapOf(
  z.strictObject({
    ip: z.string().optional(),
    ip6: z.string().optional(),
    netmask: z.string().optional(),
    netmask6: z.string().optional(),
    secondary_ips: strings.optional(),
    type: z.enum(['dhcp', 'static']).optional(),
    type6: z.enum(['autoconf', 'dhcp', 'disabled', 'static']).optional(),
  }),
);

const dhcpOption = z.strictObject({
  type: z.enum(['boolean', 'hex', 'int16', 'int32', 'ip', 'string', 'uint16', 'uint32']).optional(),
  value: z.string().optional(),
});
const relay = z.enum(['local', 'none', 'relay']);

export const dhcpdConfig = z.object({ enabled: z.boolean().optional() }).catchall(
  z.strictObject({
    dns_servers: strings.optional(),
    dns_suffix: strings.optional(),
    fixed_bindings: mapOf(
      z.strictObject({ ip: z.string().optional(), ip6: z.string().optional(), name: z.string().optional() }),
    ).optional(),
    gateway: z.string().optional(),
    ip6_end: z.string().optional(),
    ip6_start: z.string().optional(),
    ip_end: z.string().optional(),
    ip_start: z.string().optional(),
    lease_time: z.int().min(3600).max(604_800).optional(),
    options: mapOf(dhcpOption).optional(),
    server_id_override: z.boolean().optional(),
    servers: strings.optional(),
    serversv6: strings.optional(),
    type: relay.optional(),
    type6: relay.optional(),
    vendor_encapsulated: mapOf(dhcpOption).optional(),
  }),
);

const oob = {
  gateway: z.string().optional(),
  ip: z.string().optional(),
  netmask: z.string().optional(),
  type: z.enum(['dhcp', 'static']).optional(),
  use_mgmt_vrf: z.boolean().optional(),
  use_mgmt_vrf_for_host_out: z.boolean().optional(),
  vlan_id: z.string().optional(),
};

export const oobIpConfig = z.strictObject({ ...oob, node1: z.strictObject(oob).optional() });
export const extraRoutes = mapOf(z.strictObject({ via: z.string().optional() }));
