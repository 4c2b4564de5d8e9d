import { z } from 'zod';
import { numberOrVariable, stamps, strings } from './common.ts';

const LIMIT_KBPS = 107_374_182;
const limit = z.int().min(0).max(LIMIT_KBPS).optional();
const CIDR = /^(\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?|[0-9a-f:.]+(\/\d{1,3})?|.*\{\{.*)$/i;

/** An application of the organisation (Mist OpenAPI `service`, an open object). */
export const service = z.looseObject({
  ...stamps,
  addresses: z.array(z.string().regex(CIDR, 'not an address')).optional(),
  app_categories: strings.optional(),
  app_subcategories: strings.optional(),
  apps: strings.optional(),
  client_limit_down: limit,
  client_limit_up: limit,
  description: z.string().optional(),
  dscp: numberOrVariable(0, 63).optional(),
  failover_policy: z.enum(['non_revertible', 'none', 'revertible']).optional(),
  hostnames: strings.optional(),
  max_jitter: numberOrVariable(0, 2_147_483_647).optional(),
  max_latency: numberOrVariable(0, 2_147_483_647).optional(),
  max_loss: numberOrVariable(0, 100).optional(),
  name: z.string().optional(),
  service_limit_down: limit,
  service_limit_up: limit,
  sle_enabled: z.boolean().optional(),
  specs: z
    .array(z.strictObject({ port_range: z.string().optional(), protocol: z.string().optional() }))
    .optional(),
  ssr_relaxed_tcp_state_enforcement: z.boolean().optional(),
  traffic_class: z.enum(['best_effort', 'high', 'low', 'medium']).optional(),
  traffic_type: z.string().optional(),
  type: z.enum(['app_categories', 'apps', 'custom', 'urls']).optional(),
  urls: strings.optional(),
});
