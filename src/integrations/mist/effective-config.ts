import { Address4 } from 'ip-address';
import { readPrefix } from '../../design/addressing.ts';
import { hasKey, isObject, objectOf, objectsOf, textOf, textsOf } from './json.ts';
import type { MistNetwork, RawConfig } from './types.ts';

/**
 * How Mist may combine a device's root key with its template's, which it does not document: `replace` takes the device's whole
 * key, `merge` combines objects entry by entry and replaces lists. What is written must be right under both.
 */
export const HYPOTHESES = ['replace', 'merge'] as const;
export type Hypothesis = (typeof HYPOTHESES)[number];

/** Variables of a site, overridden by the device's own `vars`. */
export function variablesOf(
  siteVars: Readonly<Record<string, string>>,
  device: RawConfig,
): Readonly<Record<string, string>> {
  const own = Object.entries(objectOf(device['vars'])).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
  );
  return Object.fromEntries([...Object.entries(siteVars), ...own]);
}

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;

/** The same JSON with `{{name}}` replaced in every string and key; a name without a value is left as it stands. */
export function resolveVariables<T>(value: T, vars: Readonly<Record<string, string>>): T {
  return resolve(value, new Map(Object.entries(vars))) as T;
}

function resolve(value: unknown, vars: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.includes('{{')
      ? value.replace(VARIABLE, (whole, name: string) => vars.get(name) ?? whole)
      : value;
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, vars));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [resolve(key, vars) as string, resolve(item, vars)]),
  );
}

/** What one root key amounts to; undefined where neither side has it. */
export function effectiveKey(
  device: RawConfig,
  template: RawConfig | undefined,
  key: string,
  hypothesis: Hypothesis,
): unknown {
  if (!hasKey(device, key)) return hasKey(template, key) ? template?.[key] : undefined;
  const own = device[key];
  const inherited = template?.[key];
  return hypothesis === 'merge' && isObject(own) && isObject(inherited) ? { ...inherited, ...own } : own;
}

/** What the template knows of itself and the device does not take over. */
const TEMPLATE_ONLY: ReadonlySet<string> = new Set([
  'id',
  'org_id',
  'name',
  'type',
  'created_time',
  'modified_time',
]);

/** A device's whole configuration under one hypothesis, with variables resolved where `vars` are given. */
export function effectiveConfig(
  device: RawConfig,
  template: RawConfig | undefined,
  hypothesis: Hypothesis,
  vars: Readonly<Record<string, string>> = {},
): RawConfig {
  const inherited = Object.keys(template ?? {}).filter((key) => !TEMPLATE_ONLY.has(key));
  const keys = new Set([...Object.keys(device), ...inherited]);
  const config = Object.fromEntries(
    [...keys].map((key) => [key, effectiveKey(device, template, key, hypothesis)]),
  );
  return resolveVariables(config, vars);
}

/** A network that the device serves, in the terms of application policies. */
export interface AttachedNetwork {
  readonly name: string;
  /** CIDR; undefined where neither the network nor the device says it. */
  readonly prefix?: string;
  /** The network itself and its users as `user.network`. */
  readonly tenants: readonly string[];
}

/**
 * The networks attached to a device: those of its LAN ports and of `ip_configs`, in that order of the configuration. The prefix is
 * the network's subnet, else what the device's own address and netmask there say. Takes a resolved configuration; the networks are
 * resolved with `vars`. Source: Mist OpenAPI `network`, `gateway_ip_configs`, `gateway_port_networks`.
 */
export function attachedNetworks(
  config: RawConfig,
  networks: readonly MistNetwork[],
  vars: Readonly<Record<string, string>> = {},
): AttachedNetwork[] {
  const ipConfigs = objectOf(config['ip_configs']);
  const inline = objectsOf(config['networks']);
  const ports = Object.values(objectOf(config['port_config'])).map(objectOf);
  const lanPorts = ports.filter((port) => port['usage'] === 'lan' && port['disabled'] !== true);
  const names = [
    ...Object.keys(ipConfigs),
    ...lanPorts.flatMap((port) => [...textsOf(port['networks']), ...textsOf([port['port_network']])]),
  ];
  return [...new Set(names)].map((name) => {
    const shared = networks.find((network) => network.name === name);
    const raw = resolveVariables(
      inline.find((network) => network['name'] === name) ?? shared?.raw ?? {},
      vars,
    );
    const prefix = subnetOf(raw) ?? ownSubnet(objectOf(ipConfigs[name]));
    const users = Object.keys(objectOf(raw['tenants']));
    return {
      name,
      ...(prefix !== undefined && { prefix }),
      tenants: [name, ...users.map((user) => `${user}.${name}`)],
    };
  });
}

function subnetOf(network: RawConfig): string | undefined {
  const subnet = textOf(network['subnet']);
  return subnet !== undefined && subnet.includes('/') ? readPrefix(subnet) : undefined;
}

/** The network of an `ip_config`: from an address and a netmask such as `/24` or `255.255.255.0`; undefined where it does not say. */
export function ownSubnet(ipConfig: RawConfig): string | undefined {
  const ip = textOf(ipConfig['ip']);
  const mask = textOf(ipConfig['netmask']);
  if (ip === undefined) return undefined;
  if (ip.includes('/')) return readPrefix(ip);
  if (mask === undefined) return undefined;
  if (!mask.includes('.')) return readPrefix(`${ip}/${mask.replace(/^\//, '')}`);
  try {
    return Address4.fromAddressAndMask(ip, mask).networkForm();
  } catch {
    return undefined;
  }
}

/**
 * The application policies in force, in order. A rule that only links to one of the organisation's (`servicepolicy_id`) is left as
 * it is; {@link withLinked} fills it in for judging.
 */
export function servicePolicies(config: RawConfig): readonly RawConfig[] {
  return objectsOf(config['service_policies']);
}

/** A rule with what it links to filled in; its own members win. Source: Mist OpenAPI `service_policy.servicepolicy_id`. */
export function withLinked(
  rule: RawConfig,
  organisation: readonly { readonly id: string; readonly raw: RawConfig }[],
): RawConfig {
  const linked = organisation.find(({ id }) => id === rule['servicepolicy_id']);
  return linked === undefined ? rule : { ...linked.raw, ...rule };
}
