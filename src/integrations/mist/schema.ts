import { z } from 'zod';
import { compact } from './json.ts';
import type {
  BgpPeerStat,
  DeviceEvent,
  DeviceStats,
  MistDevice,
  MistNetwork,
  MistSelf,
  MistService,
  MistServicePolicy,
  MistSite,
  MistTemplate,
  RawConfig,
  TunnelStat,
} from './types.ts';

/*
 * What Mist sends, read permissively: unknown members are ignored, a member of an unexpected type counts as absent, and only
 * what behaviour depends on is required. Source: Mist OpenAPI 2511 and the changes up to 2607.
 */

/** Absent, null and unexpected types all become undefined. */
function maybe<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

const text = maybe(z.string().min(1));
const number = maybe(z.number());
const flag = maybe(z.boolean());
const texts = z
  .array(z.unknown())
  .catch([])
  .transform((items) => items.filter((item) => typeof item === 'string'));
/** AS numbers come as numbers or as digits. */
const asNumber = maybe(z.union([z.int(), z.string().regex(/^\d{1,10}$/).transform(Number)]));
const raw: z.ZodType<RawConfig> = z.record(z.string(), z.unknown());
const keysOf = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((value) => Object.keys(value));
const entries = z.record(z.string(), z.unknown()).catch({});

export const Self = z
  .object({
    email: text,
    name: text,
    first_name: text,
    last_name: text,
    privileges: z
      .array(z.object({ scope: z.string(), role: z.string(), org_id: text, site_id: text }))
      .catch([]),
  })
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
  .transform(
    (site): MistSite =>
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

export const SiteVars = z
  .object({ vars: z.record(z.string(), z.unknown()).nullish().catch({}) })
  .transform(({ vars }): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(vars ?? {}).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      ),
    ),
  );

const CIDR = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

export const Network = raw.transform((config, context): MistNetwork => {
  const read = z.object({ id: text, name: z.string().min(1), subnet: text, tenants: keysOf }).safeParse(config);
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

export const ServicePolicy = raw.transform((config, context): MistServicePolicy => {
  const read = Identity.safeParse(config);
  if (!read.success) {
    context.addIssue({ code: 'custom', message: 'not a service policy' });
    return z.NEVER;
  }
  return { id: read.data.id, name: read.data.name ?? '', raw: config };
});

/** Mist's times are seconds with fractions. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

export const Event = z
  .object({ timestamp: z.number(), type: z.string().min(1), mac: maybe(z.string()), text: maybe(z.string()) })
  .transform((event): DeviceEvent => ({
    atMs: milliseconds(event.timestamp),
    type: event.type,
    mac: event.mac ?? '',
    text: event.text ?? '',
  }));

export const Tunnel = z
  .object({
    mac: z.string().min(1),
    site_id: maybe(z.string()),
    node: text,
    tunnel_name: z.string(),
    wan_name: text,
    peer_ip: text,
    up: flag,
    uptime: number,
    last_event: text,
  })
  .transform(
    (row): TunnelStat =>
      compact({
        mac: row.mac,
        siteId: row.site_id ?? '',
        node: row.node,
        name: row.tunnel_name,
        wanName: row.wan_name,
        peerIp: row.peer_ip,
        up: row.up ?? false,
        uptimeSeconds: row.uptime,
        lastEvent: row.last_event,
      }),
  );

/** One row of the BGP search; `vrf` only tells rows apart. */
export const BgpPeer = z
  .object({
    mac: z.string().min(1),
    site_id: maybe(z.string()),
    node: text,
    vrf_name: text,
    neighbor: z.string().min(1),
    neighbor_as: asNumber,
    local_as: asNumber,
    state: maybe(z.string()),
    up: flag,
    uptime: number,
    rx_routes: number,
    tx_routes: number,
    timestamp: number,
  })
  .transform((row): { vrf: string; peer: BgpPeerStat } => {
    const state = row.state?.toLowerCase() ?? (row.up === true ? 'established' : 'idle');
    return {
      vrf: row.vrf_name ?? 'default',
      peer: compact({
        mac: row.mac,
        siteId: row.site_id ?? '',
        node: row.node,
        neighbor: row.neighbor,
        neighborAs: row.neighbor_as,
        localAs: row.local_as,
        state,
        up: row.up ?? state === 'established',
        uptimeSeconds: row.uptime,
        rxRoutes: row.rx_routes,
        txRoutes: row.tx_routes,
        atMs: row.timestamp === undefined ? undefined : milliseconds(row.timestamp),
      }),
    };
  });

export const Stats = z
  .object({
    status: z.string(),
    last_seen: number,
    model: text,
    version: text,
    is_ha: flag,
    config_status: text,
    config_timestamp: number,
    ext_ip: text,
    if_stat: entries,
  })
  .transform(
    (stats): DeviceStats =>
      compact({
        connected: stats.status === 'connected',
        status: stats.status,
        lastSeenMs: stats.last_seen === undefined ? undefined : milliseconds(stats.last_seen),
        model: stats.model,
        version: stats.version,
        isSsr: isSsr(stats.model, stats.version),
        isHa: stats.is_ha ?? false,
        configStatus: stats.config_status?.toUpperCase(),
        configTimestampMs:
          stats.config_timestamp === undefined ? undefined : milliseconds(stats.config_timestamp),
        extIp: stats.ext_ip,
        portIps: portIps(stats.if_stat),
      }),
  );

const JUNOS_VERSION = /^\d+\.\d+[A-Z]\d/;
const SSR_VERSION = /^\d+\.\d+\.\d+/;

/**
 * SSR or not, by model, else by the form of the version (Junos writes `21.2R3-S6.11`, the SSR `6.2.4-14.lts`). Uncertain for
 * white boxes, whose models Mist names freely: no field of the statistics says it outright.
 */
function isSsr(model: string | undefined, version: string | undefined): boolean | undefined {
  if (model !== undefined && /^(SSR|128T)/i.test(model)) return true;
  if (model !== undefined && /^(v?SRX|NFX|EX|QFX|MX|ACX)/i.test(model)) return false;
  if (version === undefined) return undefined;
  if (JUNOS_VERSION.test(version)) return false;
  return SSR_VERSION.test(version) ? true : undefined;
}

const Interface = z.object({ port_id: text, wan_name: text, ips: texts });

/** Addresses by interface, port and WAN name, without masks; the first address of each. */
function portIps(interfaces: RawConfig): Record<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(interfaces)) {
    const read = Interface.safeParse(value);
    const ip = read.data?.ips[0]?.split('/')[0];
    if (!read.success || ip === undefined) continue;
    for (const key of [read.data.wan_name, read.data.port_id, name]) {
      if (key !== undefined && !found.has(key)) found.set(key, ip);
    }
  }
  return Object.fromEntries(found);
}

/** The rows of a list that the schema accepts; odd ones are left out rather than failing all others. */
export function rowsOf<T>(schema: z.ZodType<T>, rows: readonly unknown[]): T[] {
  return rows.flatMap((row) => {
    const read = schema.safeParse(row);
    return read.success ? [read.data] : [];
  });
}

export const Session = z.object({ session: z.string().min(1) }).transform(({ session }) => session);

const PathRow = z
  .object({
    service: maybe(z.string()),
    type: maybe(z.string()),
    network_interface: maybe(z.string()),
    gateway_ip: maybe(z.string()),
    state: maybe(z.string()),
  })
  .transform((row) => ({
    service: row.service ?? '',
    type: row.type ?? '',
    interface: row.network_interface ?? '',
    gateway: row.gateway_ip ?? '',
    state: row.state ?? '',
  }));

/** What `show_service_path` prints on an SSR: JSON text. `rows` must be there, or the answer was not understood. */
export const PathReport = z.object({ finished: flag, rows: z.array(PathRow) });
