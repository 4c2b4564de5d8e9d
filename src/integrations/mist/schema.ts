import { z } from 'zod';
import { compact } from './json.ts';
import { keysOf, maybe, number, raw, rowsOf, text, texts } from './lenient.ts';
import type {
  MistDevice,
  MistNetwork,
  MistSelf,
  MistService,
  MistServicePolicy,
  MistSite,
  MistTemplate,
} from './types.ts';

const Privilege = z.object({ scope: z.string(), role: z.string(), org_id: text, site_id: text });

export const Self = z
  .object({
    email: text,
    name: text,
    first_name: text,
    last_name: text,
    privileges: z
      .array(z.unknown())
      .catch([])
      .transform((rows) => rowsOf(Privilege, rows)),
  })
  // An answer that says nothing at all is not a token without rights.
  .refine((self) => self.privileges.length > 0 || (self.email ?? self.name ?? self.first_name) !== undefined)
  .transform((self): MistSelf => {
    const person = [self.first_name, self.last_name].filter((part) => part !== undefined).join(' ');
    return {
      name: self.email ?? self.name ?? (person === '' ? 'organisation token' : person),
      privileges: self.privileges.map(({ scope, role, org_id, site_id }) =>
        compact({ scope, role, orgId: org_id, siteId: site_id }),
      ),
    };
  });

export const Usage = z
  .object({ requests: z.number().min(0), request_limit: number })
  .transform(({ requests, request_limit }) => ({ used: requests, limit: request_limit ?? 0 }));

export const Site = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    gatewaytemplate_id: text,
    country_code: text,
    latlng: maybe(z.object({ lat: z.number(), lng: z.number() })),
  })
  .transform((site): MistSite =>
    compact({
      id: site.id,
      name: site.name,
      gatewayTemplateId: site.gatewaytemplate_id,
      countryCode: site.country_code,
      latlng: site.latlng,
    }),
  );

const Identity = z.object({ id: z.string().min(1), name: maybe(z.string()), modified_time: number });

/** A WAN Edge; the MAC is in the id where it is not stated. Source: Mist reference, device id `00000000-0000-0000-1000-<mac>`. */
export const Device = raw.transform((config, context): MistDevice => {
  const read = Identity.extend({ site_id: text, mac: text, model: text }).safeParse(config);
  if (!read.success) {
    context.addIssue({ code: 'custom', message: 'not a device' });
    return z.NEVER;
  }
  const { id, name, modified_time, site_id, mac, model } = read.data;
  return compact({
    id,
    siteId: site_id ?? '',
    mac: mac ?? id.slice(-12),
    name: name ?? '',
    model: model ?? '',
    modifiedTime: modified_time,
    config,
  });
});

export const Template = raw.transform((config, context): MistTemplate => {
  const read = Identity.safeParse(config);
  if (!read.success) {
    context.addIssue({ code: 'custom', message: 'not a template' });
    return z.NEVER;
  }
  const { id, name, modified_time } = read.data;
  return compact({ id, name: name ?? '', modifiedTime: modified_time, config });
});

export const SiteSetting = z
  .looseObject({ vars: z.record(z.string(), z.unknown()).nullish().catch({}) })
  .transform((setting): { readonly vars: Readonly<Record<string, string>>; readonly isBlank: boolean } => ({
    vars: Object.fromEntries(
      Object.entries(setting.vars ?? {}).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      ),
    ),
    isBlank: Object.keys(setting).length === 0,
  }));

const CIDR = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

export const Network = raw.transform((config, context): MistNetwork => {
  const read = z
    .object({ id: text, name: z.string().min(1), subnet: text, tenants: keysOf })
    .safeParse(config);
  if (!read.success) {
    context.addIssue({ code: 'custom', message: 'not a network' });
    return z.NEVER;
  }
  const { id, name, subnet, tenants } = read.data;
  const cidr = subnet !== undefined && CIDR.test(subnet) ? subnet : undefined;
  return compact({ id: id ?? '', name, subnet: cidr, users: tenants, raw: config });
});

export const Service = z
  .object({
    id: maybe(z.string()),
    name: z.string().min(1),
    type: text,
    addresses: texts,
    specs: z
      .array(z.object({ protocol: text, port_range: maybe(z.union([z.string(), z.number()])) }))
      .catch([]),
  })
  .transform(({ id, name, type, addresses, specs }): MistService => {
    const [only, ...others] = specs;
    // Without specs Mist assumes http and https; a spec's own default is any protocol.
    const anyProtocol =
      only !== undefined &&
      others.length === 0 &&
      (only.protocol ?? 'any') === 'any' &&
      ['', '0', '0-65535', '1-65535'].includes(String(only.port_range ?? ''));
    return { id: id ?? '', name, type: type ?? 'custom', addresses, anyProtocol };
  });

/** The answer to a creation must say the id: what cannot be named cannot be removed. */
export const CreatedService = Service.refine(({ id }) => id !== '', { message: 'no id' });

export const ServicePolicy = raw.transform((config, context): MistServicePolicy => {
  const read = Identity.safeParse(config);
  if (!read.success) {
    context.addIssue({ code: 'custom', message: 'not a service policy' });
    return z.NEVER;
  }
  return { id: read.data.id, name: read.data.name ?? '', raw: config };
});
