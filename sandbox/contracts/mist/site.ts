import { z } from 'zod';
import { id, mapOf, stamps, strings } from './common.ts';

/** A site; all fields are optional in a PUT. */
export const site = z.looseObject({
  ...stamps,
  address: z.string().nullable().optional(),
  alarmtemplate_id: id.nullable().optional(),
  aptemplate_id: id.nullable().optional(),
  country_code: z.string().optional(),
  gatewaytemplate_id: id.nullable().optional(),
  latlng: z.strictObject({ lat: z.number(), lng: z.number() }).optional(),
  name: z.string(),
  networktemplate_id: id.nullable().optional(),
  notes: z.string().nullable().optional(),
  rftemplate_id: id.nullable().optional(),
  secpolicy_id: id.nullable().optional(),
  sitegroup_ids: z.array(id).optional(),
  sitetemplate_id: id.nullable().optional(),
  timezone: z.string().optional(),
  tzoffset: z.int().optional(),
});

/** What of a site's setting matters to a WAN Edge; the object is open and large. */
export const siteSetting = z.looseObject({ vars: mapOf(z.string()).optional() });

/** A webhook; `rules` and `default_action` came with 2607. */
export const webhook = z.looseObject({
  ...stamps,
  assetfilter_ids: z.array(id).optional(),
  default_action: z.enum(['permit', 'block']).optional(),
  enabled: z.boolean().optional(),
  for_site: z.boolean().optional(),
  headers: mapOf(z.string()).nullable().optional(),
  name: z.string().nullable().optional(),
  oauth2_client_id: z.string().optional(),
  oauth2_client_secret: z.string().optional(),
  oauth2_grant_type: z.enum(['client_credentials', 'password']).optional(),
  oauth2_password: z.string().optional(),
  oauth2_scopes: strings.optional(),
  oauth2_token_url: z.string().optional(),
  oauth2_username: z.string().optional(),
  rules: z.array(z.looseObject({})).optional(),
  secret: z.string().nullable().optional(),
  single_event_per_message: z.boolean().optional(),
  site_id: id.optional(),
  splunk_token: z.string().nullable().optional(),
  topics: strings.optional(),
  type: z.enum(['aws-sns', 'google-pubsub', 'http-post', 'oauth2', 'splunk']).optional(),
  url: z.string().optional(),
  verify_cert: z.boolean().optional(),
});
