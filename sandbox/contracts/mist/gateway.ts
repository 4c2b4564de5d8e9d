import { z } from 'zod';
import { bgpConfig, routingPolicies } from './bgp.ts';
import { epoch, id, mapOf, stamps, strings, unique, uniqueStrings } from './common.ts';
import { dhcpdConfig, extraRoutes, ipConfigs, network, oobIpConfig } from './lan.ts';
import { idpProfiles, pathPreferences, servicePolicies } from './policies.ts';
import { junosPort, portConfig } from './ports.ts';
import { tunnelConfigs, tunnelProviderOptions } from './tunnels.ts';

const gatewayMgmt = z.strictObject({ config_revert_timer: z.int().min(1).max(30).optional() });

/** Root keys that a template and a device share; a device's own key stands beside or instead of its template's. */
const shared = {
  additional_config_cmds: strings.optional(),
  bgp_config: bgpConfig.optional(),
  dhcpd_config: dhcpdConfig.optional(),
  dns_servers: strings.optional(),
  dns_suffix: strings.optional(),
  extra_routes: extraRoutes.optional(),
  extra_routes6: extraRoutes.optional(),
  idp_profiles: idpProfiles.optional(),
  ip_configs: ipConfigs.optional(),
  networks: z.array(network).optional(),
  oob_ip_config: oobIpConfig.optional(),
  path_preferences: pathPreferences.optional(),
  port_config: portConfig.optional(),
  router_id: z.string().optional(),
  routing_policies: routingPolicies.optional(),
  service_policies: servicePolicies.optional(),
  ssr_additional_config_cmds: strings.optional(),
  tunnel_configs: tunnelConfigs.optional(),
  tunnel_provider_options: tunnelProviderOptions.optional(),
  url_filtering_deny_msg: z.string().optional(),
  vrf_config: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  vrf_instances: mapOf(z.strictObject({ networks: uniqueStrings.optional() })).optional(),
};

/** A WAN Edge template (Mist OpenAPI `gateway_template`, an open object); two keys are newer than 2511. */
export const gatewayTemplate = z.looseObject({
  ...stamps,
  ...shared,
  dnsOverride: z.boolean().optional(),
  gateway_matching: z
    .strictObject({
      enable: z.boolean().optional(),
      rules: unique(
        z.array(
          z
            .object({
              additional_config_cmds: strings.optional(),
              name: z.string().optional(),
              port_config: mapOf(junosPort).optional(),
            })
            .catchall(z.string()),
        ),
      ).optional(),
    })
    .optional(),
  gateway_mgmt: gatewayMgmt.optional(),
  name: z.string(),
  ntpOverride: z.boolean().optional(),
  ntp_servers: strings.optional(),
  type: z.enum(['spoke', 'standalone']).optional(),
});

const imageUrl = z.string().nullable().optional();

/** A WAN Edge (Mist OpenAPI `device_gateway`); `type` is required in every body. */
export const deviceGateway = z.strictObject({
  ...stamps,
  ...shared,
  deviceprofile_id: id.optional(),
  for_site: z.boolean().optional(),
  gateway_mgmt: gatewayMgmt.optional(),
  image1_url: imageUrl,
  image2_url: imageUrl,
  image3_url: imageUrl,
  mac: z.string().optional(),
  managed: z.boolean().optional(),
  map_id: id.optional(),
  model: z.string().optional(),
  modified_time: epoch.optional(),
  msp_id: id.optional(),
  name: z.string().optional(),
  notes: z.string().optional(),
  ntp_servers: uniqueStrings.optional(),
  port_mirroring: z
    .strictObject({
      port_mirror: z
        .strictObject({
          family_type: z.string().optional(),
          ingress_port_ids: strings.optional(),
          output_port_id: z.string().optional(),
          rate: z.int().optional(),
          run_length: z.int().min(0).optional(),
        })
        .optional(),
    })
    .optional(),
  serial: z.string().optional(),
  site_id: id.optional(),
  type: z.enum(['gateway']),
  vars: mapOf(z.string()).optional(),
  x: z.number().optional(),
  y: z.number().optional(),
});
