import { hasKey, isEqual, isObject, objectOf } from './json.ts';
import type { ConnectorEntries } from './mapping.ts';
import { CONNECTOR_KEYS } from './merge.ts';
import type { RawConfig } from './types.ts';

/**
 * Where a device's own entries differ from the ones that would be written, as member paths such as
 * `tunnel_configs.name.primary.hosts`; never a value, so no key. Stricter than what proves a write of ours: a member that we would
 * not write is a difference too, unless it is empty or off, since nobody here knows what it does.
 */
export function entryDifferences(device: RawConfig, entries: ConnectorEntries): readonly string[] {
  return CONNECTOR_KEYS.flatMap((key) =>
    Object.entries(entries[key]).flatMap(([name, wanted]) => {
      const own = objectOf(device[key]);
      const path = `${key}.${name}`;
      return hasKey(own, name) ? differences(own[name], wanted, path) : [`${path} (missing)`];
    }),
  );
}

function differences(actual: unknown, wanted: unknown, path: string): readonly string[] {
  if (!isObject(wanted) || !isObject(actual)) return isEqual(actual, wanted) ? [] : [path];
  const members = [...new Set([...Object.keys(wanted), ...Object.keys(actual)])];
  return members.flatMap((member) => {
    const below = `${path}.${member}`;
    if (!hasKey(wanted, member)) return isOff(actual[member]) ? [] : [below];
    return differences(actual[member], wanted[member], below);
  });
}

function isOff(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === '';
}
