import type { SiteDesign } from '../../design/types.ts';
import { hasKey, isEqual, objectOf } from './json.ts';
import type { ConnectorEntries } from './mapping.ts';
import { CONNECTOR_KEYS, type ConnectorKey } from './merge.ts';
import type { RawConfig } from './types.ts';

/** The names under which a design's entries stand, by root key. */
export function namesOf(design: SiteDesign): Readonly<Record<ConnectorKey, readonly string[]>> {
  const connectors = design.links.flatMap((link) => link.connectors.map((c) => c.name));
  return {
    tunnel_configs: connectors,
    bgp_config: connectors,
    routing_policies: [design.announce.name, design.refuse.name],
  };
}

/** Which of these names stand on the device or in its template already, as `root key: name`. */
export function takenNames(
  device: RawConfig,
  template: RawConfig | undefined,
  names: ReturnType<typeof namesOf>,
): readonly string[] {
  return CONNECTOR_KEYS.flatMap((key) =>
    names[key]
      .filter((name) => hasKey(objectOf(device[key]), name) || hasKey(objectOf(template?.[key]), name))
      .map((name) => `${key}: ${name}`),
  );
}

/** Whether the device's own keys hold every entry with exactly these values; members that Mist adds are no difference. */
export function holdsAll(device: RawConfig, entries: ConnectorEntries): boolean {
  return CONNECTOR_KEYS.every((key) => {
    const own = objectOf(device[key]);
    return Object.entries(entries[key]).every(([name, wanted]) => contains(own[name], wanted));
  });
}

function contains(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return isEqual(actual, wanted);
  const held = objectOf(actual);
  return Object.entries(wanted).every(([key, value]) => contains(held[key], value));
}
