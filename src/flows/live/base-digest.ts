import type { MistDevice, MistTemplate, RawConfig } from '../../integrations/mist/types.ts';
import { digestOf } from '../plan/digest.ts';
import { masked } from '../plan/masked.ts';

const MERGED_KEYS = ['tunnel_configs', 'bgp_config', 'routing_policies', 'service_policies'] as const;

/**
 * Fingerprint of everything that our writes are merged into, secrets masked. It is part of the plan: if somebody edits these keys of
 * the device or of its template after the approval, the approval is void.
 */
export function baseDigest(device: RawConfig, template: RawConfig | undefined): string {
  const pick = (config: RawConfig | undefined): unknown =>
    config && masked(Object.fromEntries(MERGED_KEYS.map((key) => [key, config[key] ?? null])));
  return digestOf({ device: pick(device), template: pick(template) });
}

/**
 * Fingerprint of what a connector leaves the router through: the ports of the device and of its template, and the variables that
 * they are filled in with, secrets masked. Part of the plan like {@link baseDigest}.
 */
export function portsDigest(
  device: RawConfig,
  template: RawConfig | undefined,
  variables: Readonly<Record<string, string>>,
): string {
  const pick = (config: RawConfig | undefined): unknown => config && masked(config['port_config'] ?? null);
  return digestOf({ device: pick(device), template: pick(template), variables: masked(variables) });
}

/**
 * The same in parts, by name (`device edge-1: bgp_config.lan-peer`), as short digests: two of them tell which entries were added,
 * removed or changed, and nothing of what stands in them.
 */
export function baseParts(
  device: MistDevice,
  template: MistTemplate | undefined,
): Readonly<Record<string, string>> {
  return {
    ...entriesOf(`device ${device.name}`, device.config),
    ...(template && entriesOf(`template ${template.name}`, template.config)),
  };
}

function entriesOf(owner: string, config: RawConfig): Record<string, string> {
  const found = MERGED_KEYS.flatMap((key): [string, string][] => {
    const value = config[key];
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value)) return [[`${owner}: ${key}`, digestOf(masked(value))]];
    const entries = Object.entries(value);
    if (entries.length === 0) return [[`${owner}: ${key}`, digestOf({})]];
    return entries.map(([name, entry]) => [`${owner}: ${key}.${name}`, digestOf(masked(entry))]);
  });
  return Object.fromEntries(found);
}
