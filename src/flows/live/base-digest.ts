import type { RawConfig } from '../../integrations/mist/types.ts';
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
