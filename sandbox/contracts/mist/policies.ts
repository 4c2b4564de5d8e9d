import { z } from 'zod';
import { id, mapOf, stamps, strings, uniqueStrings } from './common.ts';

const allowDeny = z.enum(['allow', 'deny']);
const level = ['disabled', 'default', 'standard', 'strict'] as const;

const antivirus = z.strictObject({
  avprofile_id: id.optional(),
  enabled: z.boolean().optional(),
  profile: z.string().optional(),
});
const appqoe = z.strictObject({ enabled: z.boolean().optional() });
const ewf = z.array(
  z.strictObject({
    alert_only: z.boolean().optional(),
    block_message: z.string().optional(),
    enabled: z.boolean().optional(),
    profile: z.enum(['critical', 'standard', 'strict']).optional(),
  }),
);
const idp = z.strictObject({
  alert_only: z.boolean().optional(),
  enabled: z.boolean().optional(),
  idpprofile_id: id.optional(),
  profile: z.string().optional(),
});
const secintel = z.strictObject({
  enabled: z.boolean().optional(),
  profile: z.enum(['default', 'standard', 'strict']).optional(),
  secintelprofile_id: z.string().optional(),
});
const sslProxy = z.strictObject({
  ciphers_category: z.enum(['medium', 'strong', 'weak']).optional(),
  enabled: z.boolean().optional(),
});

const shared = {
  action: allowDeny.optional(),
  antivirus: antivirus.optional(),
  ewf: ewf.optional(),
  idp: idp.optional(),
  local_routing: z.boolean().optional(),
  name: z.string().optional(),
  path_preference: z.string().optional(),
  secintel: secintel.optional(),
  services: uniqueStrings.optional(),
  ssl_proxy: sslProxy.optional(),
  tenants: uniqueStrings.optional(),
};

/** An application policy as a template or a device lists it (Mist OpenAPI `service_policy`). */
export const servicePolicy = z
  .strictObject({
    ...shared,
    appqoe: appqoe.optional(),
    servicepolicy_id: id.optional(),
    skyatp: z
      .strictObject({
        dns_dga_detection: z.enum(level).optional(),
        dns_tunnel_detection: z.enum(level).optional(),
        http_inspection: z.enum(['disabled', 'standard', 'strict']).optional(),
        iot_device_policy: z.enum(['disabled', 'enabled']).optional(),
      })
      .optional(),
    syslog: z.strictObject({ enabled: z.boolean().optional(), server_names: strings.optional() }).optional(),
  })
  .superRefine((policy, ctx) => {
    if (policy.servicepolicy_id !== undefined) return;
    for (const key of ['name', 'services', 'tenants'] as const) {
      if (policy[key] === undefined)
        ctx.addIssue({ code: 'custom', path: [key], message: 'This field is required' });
    }
  });

export const servicePolicies = z.array(servicePolicy);

/** An application policy of the organisation. */
export const orgServicePolicy = z.looseObject({
  ...stamps,
  ...shared,
  appqoe: appqoe.optional(),
  aamw: z
    .strictObject({
      aamwprofile_id: id.optional(),
      enabled: z.boolean().optional(),
      profile: z.enum(['docsonly', 'executables', 'standard']).optional(),
    })
    .optional(),
});

export const pathPreference = z.strictObject({
  paths: z
    .array(
      z.strictObject({
        cost: z.int().optional(),
        disabled: z.boolean().optional(),
        gateway_ip: z.string().optional(),
        internet_access: z.boolean().optional(),
        name: z.string().optional(),
        networks: strings.optional(),
        target_ips: strings.optional(),
        type: z.enum(['local', 'tunnel', 'vpn', 'wan']),
        wan_name: z.string().optional(),
      }),
    )
    .optional(),
  strategy: z.enum(['ecmp', 'ordered', 'weighted']).optional(),
});

export const pathPreferences = mapOf(pathPreference);

const idpProfile = z.looseObject({
  ...stamps,
  base_profile: z.enum(['critical', 'standard', 'strict']).optional(),
  name: z.string().optional(),
  overwrites: z
    .array(
      z.strictObject({
        action: z.enum(['alert', 'close', 'drop']).optional(),
        matching: z
          .strictObject({
            attack_name: strings.optional(),
            dst_subnet: strings.optional(),
            severity: z.array(z.enum(['critical', 'info', 'major', 'minor'])).optional(),
          })
          .optional(),
        name: z.string().optional(),
      }),
    )
    .optional(),
});

export const idpProfiles = mapOf(idpProfile);
