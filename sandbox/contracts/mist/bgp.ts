import { isIP } from 'node:net';
import { z } from 'zod';
import { asNumber, mapOf, strings, unique, uniqueStrings } from './common.ts';

/** One BGP neighbor; `tunnel_via` came with 2604. */
export const bgpNeighbor = z.strictObject({
  disabled: z.boolean().optional(),
  export_policy: z.string().optional(),
  hold_time: z.int().min(0).max(65_535).optional(),
  import_policy: z.string().optional(),
  multihop_ttl: z.int().min(0).max(255).optional(),
  neighbor_as: asNumber,
  tunnel_via: z.enum(['primary', 'secondary']).optional(),
});

/** A BGP group (Mist OpenAPI `bgp_config`); `type`, `local_as` and `tunnel_name` are required by what its texts say. */
export const bgpGroup = z
  .strictObject({
    auth_key: z.string().optional(),
    bfd_minimum_interval: z.int().min(1).max(255_000).nullable().optional(),
    bfd_multiplier: z.int().min(1).max(255).nullable().optional(),
    disable_bfd: z.boolean().optional(),
    export: z.string().optional(),
    export_policy: z.string().optional(),
    extended_v4_nexthop: z.boolean().optional(),
    graceful_restart_time: z.int().min(0).max(4095).optional(),
    hold_time: z.int().min(0).max(65_535).optional(),
    import: z.string().optional(),
    import_policy: z.string().optional(),
    local_as: asNumber.optional(),
    neighbor_as: asNumber.optional(),
    neighbors: mapOf(bgpNeighbor).optional(),
    networks: strings.optional(),
    no_private_as: z.boolean().optional(),
    no_readvertise_to_overlay: z.boolean().optional(),
    tunnel_name: z.string().optional(),
    type: z.enum(['external', 'internal']).optional(),
    via: z.enum(['lan', 'tunnel', 'vpn', 'wan']),
    vpn_name: z.string().optional(),
    wan_name: z.string().optional(),
  })
  .superRefine((group, ctx) => {
    const missing = (key: string): void => {
      ctx.addIssue({ code: 'custom', path: [key], message: `required for via ${group.via}` });
    };
    if (group.via !== 'vpn' && group.type === undefined) missing('type');
    if (group.via !== 'vpn' && group.local_as === undefined) missing('local_as');
    if (group.via === 'tunnel' && !group.tunnel_name) missing('tunnel_name');
    if (group.via !== 'lan' && group.networks !== undefined) {
      ctx.addIssue({ code: 'custom', path: ['networks'], message: 'only for via lan' });
    }
    for (const address of Object.keys(group.neighbors ?? {})) {
      if (isIP(address) === 0 && !address.includes('{{')) {
        ctx.addIssue({ code: 'custom', path: ['neighbors', address], message: 'not an IP address' });
      }
    }
  });

export const bgpConfig = mapOf(bgpGroup);

/** One term of a routing policy; `next_term` and `next_policy` came with 2607. */
export const routingPolicyTerm = z.strictObject({
  actions: z
    .strictObject({
      accept: z.boolean().optional(),
      add_community: strings.optional(),
      add_target_vrfs: strings.optional(),
      community: strings.optional(),
      exclude_as_path: strings.optional(),
      exclude_community: strings.optional(),
      export_communities: strings.optional(),
      local_preference: z.string().optional(),
      prepend_as_path: strings.optional(),
      next_term: z.boolean().optional(),
      next_policy: z.boolean().optional(),
    })
    .optional(),
  matching: z
    .strictObject({
      as_path: strings.optional(),
      community: strings.optional(),
      network: uniqueStrings.optional(),
      prefix: z
        .array(
          z
            .string()
            .regex(
              /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}(-\d{1,2})?|.*:.*\/\d{1,3}(-\d{1,3})?|.*\{\{.*)$/,
              'not a prefix',
            ),
        )
        .optional(),
      protocol: strings.optional(),
      route_exists: z
        .strictObject({ route: z.string().optional(), vrf_name: z.string().optional() })
        .optional(),
      vpn_neighbor_mac: strings.optional(),
      vpn_path: strings.optional(),
      vpn_path_sla: z
        .strictObject({
          max_jitter: z.int().nullable().optional(),
          max_latency: z.int().nullable().optional(),
          max_loss: z.int().nullable().optional(),
        })
        .optional(),
    })
    .optional(),
});

export const routingPolicy = z.strictObject({ terms: unique(z.array(routingPolicyTerm)).optional() });
export const routingPolicies = mapOf(routingPolicy);
