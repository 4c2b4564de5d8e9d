import { z } from 'zod';
import { mapOf, strings, uniqueStrings } from './common.ts';

export const authAlgo = z.enum(['md5', 'sha1', 'sha2']);
export const encAlgo = z.enum(['3des', 'aes128', 'aes256', 'aes_gcm128', 'aes_gcm256']).nullable();
export const dhGroup = z.enum(['1', '2', '5', '14', '15', '16', '19', '20', '21', '24']);

const proposal = z.strictObject({
  auth_algo: authAlgo.optional(),
  enc_algo: encAlgo.optional(),
  dh_group: dhGroup.optional(),
});

/** One end of a connector; `internal_ip6s` and the newer probes came after OpenAPI 2511. */
export const tunnelNode = z.strictObject({
  hosts: strings,
  wan_names: strings,
  internal_ips: strings.optional(),
  probe_ips: uniqueStrings.optional(),
  remote_ids: strings.optional(),
  internal_ip6s: strings.optional(),
  probe_ip6s: strings.optional(),
  probe_hostnames: strings.optional(),
  probe_http: z
    .strictObject({ urls: strings.optional(), accepted_status_codes: z.array(z.int()).optional() })
    .optional(),
});

const autoProvisionNode = z.looseObject({
  probe_ips: uniqueStrings.optional(),
  wan_names: strings.optional(),
});

const autoProvision = z.strictObject({
  enabled: z.boolean().optional(),
  provider: z.enum(['jse-ipsec', 'zscaler-ipsec']),
  region: z.string().optional(),
  latlng: z.strictObject({ lat: z.number(), lng: z.number() }).optional(),
  service_connection: z.string().optional(),
  primary: autoProvisionNode.optional(),
  secondary: autoProvisionNode.optional(),
});

const LIFETIME = { min: 180, max: 86_400 };
const CUSTOM_IPSEC_NEEDS = [
  'local_id',
  'psk',
  'ike_lifetime',
  'ipsec_lifetime',
  'ike_proposals',
  'ipsec_proposals',
  'primary',
] as const;

/**
 * A Secure Edge Connector (Mist OpenAPI `tunnel_config`). What `custom-ipsec` needs beyond the schema, and the range
 * of the lifetimes, is what Juniper's Terraform provider enforces.
 */
export const tunnelConfig = z
  .strictObject({
    auto_provision: autoProvision.optional(),
    ike_lifetime: z.int().optional(),
    ike_mode: z.enum(['aggressive', 'main']).optional(),
    ike_proposals: z.array(proposal).optional(),
    ipsec_lifetime: z.int().optional(),
    ipsec_proposals: z.array(proposal).optional(),
    local_id: z.string().optional(),
    local_subnets: strings.optional(),
    mode: z.enum(['active-active', 'active-standby']).optional(),
    networks: strings.optional(),
    primary: tunnelNode.optional(),
    probe: z
      .strictObject({
        interval: z.int().optional(),
        threshold: z.int().optional(),
        timeout: z.int().optional(),
        type: z.enum(['http', 'icmp']).optional(),
      })
      .optional(),
    protocol: z.enum(['gre', 'ipsec']).optional(),
    provider: z
      .enum(['custom-ipsec', 'custom-gre', 'jse-ipsec', 'prisma-ipsec', 'zscaler-gre', 'zscaler-ipsec'])
      .optional(),
    psk: z.string().optional(),
    remote_subnets: strings.optional(),
    secondary: tunnelNode.optional(),
    version: z.enum(['1', '2']).optional(),
  })
  .superRefine((tunnel, ctx) => {
    if (tunnel.provider === undefined) {
      ctx.addIssue({ code: 'custom', path: ['provider'], message: 'This field is required' });
    }
    for (const key of ['ike_lifetime', 'ipsec_lifetime'] as const) {
      const seconds = tunnel[key];
      if (seconds !== undefined && (seconds < LIFETIME.min || seconds > LIFETIME.max)) {
        ctx.addIssue({
          code: 'custom',
          path: [key],
          message: `not between ${LIFETIME.min} and ${LIFETIME.max}`,
        });
      }
    }
    if (tunnel.provider !== 'custom-ipsec') return;
    if (tunnel.protocol === 'gre')
      ctx.addIssue({ code: 'custom', path: ['protocol'], message: 'must be ipsec' });
    for (const key of CUSTOM_IPSEC_NEEDS) {
      const value = tunnel[key];
      const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
      if (empty) ctx.addIssue({ code: 'custom', path: [key], message: 'required for custom-ipsec' });
    }
    if (tunnel.networks?.length === 0) {
      ctx.addIssue({ code: 'custom', path: ['networks'], message: 'must not be empty' });
    }
  });

export const tunnelConfigs = mapOf(tunnelConfig);

const zscalerCommon = {
  aup_block_internet_until_accepted: z.boolean().optional(),
  aup_enabled: z.boolean().optional(),
  aup_force_ssl_inspection: z.boolean().optional(),
  aup_timeout_in_days: z.int().min(1).max(180).optional(),
  auth_required: z.boolean().optional(),
  caution_enabled: z.boolean().optional(),
  dn_bandwidth: z.number().min(0.1).max(99_999).nullable().optional(),
  idle_time_in_minutes: z.int().min(0).max(43_200).optional(),
  ofw_enabled: z.boolean().optional(),
  surrogate_IP: z.boolean().optional(),
  surrogate_IP_enforced_for_known_browsers: z.boolean().optional(),
  surrogate_refresh_time_in_minutes: z.int().min(1).max(43_200).optional(),
  up_bandwidth: z.number().min(0.1).max(99_999).nullable().optional(),
};

export const tunnelProviderOptions = z.strictObject({
  jse: z.strictObject({ num_users: z.int().optional(), org_name: z.string().optional() }).optional(),
  prisma: z.strictObject({ service_account_name: z.string().optional() }).optional(),
  zscaler: z
    .strictObject({
      ...zscalerCommon,
      sub_locations: z.array(z.strictObject({ ...zscalerCommon, name: z.string().optional() })).optional(),
      xff_forward_enabled: z.boolean().optional(),
    })
    .optional(),
});
