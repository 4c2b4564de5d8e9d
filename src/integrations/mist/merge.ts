import { hasKey, isEqual, isObject, objectOf } from './json.ts';
import type { ConnectorEntries } from './mapping.ts';
import type { RawConfig } from './types.ts';

/** The root keys that hold our entries by name. */
export const CONNECTOR_KEYS = ['tunnel_configs', 'bgp_config', 'routing_policies'] as const;
export type ConnectorKey = (typeof CONNECTOR_KEYS)[number];

/** The root key that holds our application policy. */
export const POLICY_KEY = 'service_policies';

/** Whole root keys to be written to the device, and those that it stops inheriting by it. */
export interface KeysToWrite {
  readonly keys: RawConfig;
  /** Keys that the device did not have and the template does. */
  readonly inheritedStopped: readonly string[];
}

/**
 * Our entries put into the device's own keys, or into full copies of the template's where the device has none: right whether Mist
 * replaces whole keys or merges entries. Pass the template with its variables resolved. Entries of the same name are replaced,
 * everything else is kept as it is, unknown members included.
 */
export function connectorKeys(
  device: RawConfig,
  template: RawConfig | undefined,
  entries: ConnectorEntries,
): KeysToWrite {
  const written = CONNECTOR_KEYS.map((key): [string, RawConfig] => [
    key,
    { ...baseOf(device, template, key), ...entries[key] },
  ]);
  return { keys: Object.fromEntries(written), inheritedStopped: stopped(device, template, CONNECTOR_KEYS) };
}

/** The key for a policy list, as {@link connectorKeys} for entries; `policies` is the whole effective list with ours in it. */
export function policyKey(
  device: RawConfig,
  template: RawConfig | undefined,
  policies: readonly RawConfig[],
): KeysToWrite {
  return { keys: { [POLICY_KEY]: [...policies] }, inheritedStopped: stopped(device, template, [POLICY_KEY]) };
}

/** The list into which a policy goes: the device's own, else the template's. */
export function policyBase(device: RawConfig, template: RawConfig | undefined): readonly RawConfig[] {
  const own = hasKey(device, POLICY_KEY) ? device[POLICY_KEY] : template?.[POLICY_KEY];
  return Array.isArray(own) ? own.filter(isObject) : [];
}

/** What is ours, by name. */
export type OurNames = Readonly<Partial<Record<ConnectorKey | typeof POLICY_KEY, readonly string[]>>>;

/**
 * What to write so that our entries are gone, computed from what the device holds now: other people's newer edits stay. A key in
 * `absentBefore` that holds nothing but the template's copy once ours are out is removed (`-key`), so that the device inherits it
 * again; otherwise the whole key is written without ours. A key in which there is nothing to do is not in the answer, which is empty
 * when everything is done. Pass the template as it was passed to {@link connectorKeys}. Source of `-key`: Juniper's Terraform
 * provider for Mist, which sends it with an empty string.
 */
export function withoutConnectorKeys(
  device: RawConfig,
  template: RawConfig | undefined,
  ours: OurNames,
  absentBefore: readonly string[],
): RawConfig {
  const keys: [string, unknown][] = [];
  for (const [key, names] of Object.entries(ours)) {
    if (!hasKey(device, key) || names === undefined) continue;
    const now = device[key];
    const left = without(now, names);
    if (absentBefore.includes(key) && isInherited(left, template, key)) keys.push([`-${key}`, '']);
    else if (!isEqual(left, now)) keys.push([key, left]);
  }
  return Object.fromEntries(keys);
}

function baseOf(device: RawConfig, template: RawConfig | undefined, key: string): RawConfig {
  return hasKey(device, key) ? objectOf(device[key]) : objectOf(template?.[key]);
}

function stopped(device: RawConfig, template: RawConfig | undefined, keys: readonly string[]): string[] {
  return keys.filter((key) => !hasKey(device, key) && hasKey(template, key));
}

function without(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return names.reduce<unknown[]>(
      (left, name) => left.filter((item) => !isObject(item) || item['name'] !== name),
      value,
    );
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

function isInherited(left: unknown, template: RawConfig | undefined, key: string): boolean {
  if (hasKey(template, key)) return isEqual(left, template?.[key]);
  return Array.isArray(left) ? left.length === 0 : isObject(left) && Object.keys(left).length === 0;
}
