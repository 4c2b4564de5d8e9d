import { VARIABLE } from '../contracts/mist/common.ts';
import { clone, isJson, object, objects, text, texts, type Json } from './json.ts';
import { siteOf, templateOf, type DeviceRecord, type MistStore, type RunningConfig } from './store.ts';

/**
 * How a device's root key combines with its template's. Mist does not document it, so both readings are played:
 * `replace` takes the device's whole key, `merge` combines entry by entry.
 */
export type MergeHypothesis = 'replace' | 'merge';

const NOT_CONFIGURATION = new Set([
  'id',
  'org_id',
  'site_id',
  'name',
  'type',
  'mac',
  'model',
  'serial',
  'created_time',
  'modified_time',
  'vars',
  'notes',
  'managed',
  'deviceprofile_id',
  'map_id',
  'x',
  'y',
  'for_site',
]);

function mergeKey(fromTemplate: unknown, own: unknown): unknown {
  if (isJson(fromTemplate) && isJson(own)) return { ...fromTemplate, ...own };
  if (Array.isArray(fromTemplate) && Array.isArray(own) && [...fromTemplate, ...own].every(isJson)) {
    const names = new Set(objects(own).map(entryName));
    return [...own, ...objects(fromTemplate).filter((entry) => !names.has(entryName(entry)))];
  }
  return own;
}

function entryName(entry: Json): unknown {
  return entry['name'] ?? entry['servicepolicy_id'];
}

/** Template and device keys combined under the hypothesis, before variables. */
export function combine(template: Json | undefined, device: Json, hypothesis: MergeHypothesis): Json {
  const combined: Json = {};
  for (const [key, value] of Object.entries(template ?? {})) {
    if (!NOT_CONFIGURATION.has(key)) combined[key] = value;
  }
  for (const [key, value] of Object.entries(device)) {
    if (NOT_CONFIGURATION.has(key)) continue;
    combined[key] = hypothesis === 'merge' && key in combined ? mergeKey(combined[key], value) : value;
  }
  return clone(combined);
}

/** Replaces `{{name}}` in all strings and keys; names without a value are added to `missing` and left standing. */
export function resolveVariables(value: unknown, vars: Json, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (whole, name: string) => {
      const found = text(vars[name]);
      if (found === undefined) missing.add(name);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item) => resolveVariables(item, vars, missing));
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      String(resolveVariables(key, vars, missing)),
      resolveVariables(item, vars, missing),
    ]),
  );
}

export function varsOf(store: MistStore, device: DeviceRecord): Json {
  return { ...object(siteOf(store, device).setting['vars']), ...object(device.body['vars']) };
}

/** The configuration that the cloud would push now, and the variables that have no value. */
export function effectiveConfig(
  store: MistStore,
  device: DeviceRecord,
  hypothesis: MergeHypothesis,
): { config: RunningConfig; missing: string[] } {
  const missing = new Set<string>();
  const vars = varsOf(store, device);
  const combined = combine(templateOf(store, device), device.body, hypothesis);
  const keys = object(resolveVariables(combined, vars, missing));
  const servicePolicies = objects(keys['service_policies']).map((entry) => {
    const linked = text(entry['servicepolicy_id']);
    const base = linked === undefined ? {} : clone(object(store.servicePolicies.get(linked)));
    for (const key of ['id', 'org_id', 'created_time', 'modified_time']) delete base[key];
    return { ...object(resolveVariables(base, vars, missing)), ...entry };
  });
  return {
    config: {
      keys,
      servicePolicies,
      services: servicesOf(store),
      networks: networksOf(store, keys, vars, missing),
    },
    missing: [...missing],
  };
}

function servicesOf(store: MistStore): Record<string, { addresses: string[] }> {
  const services: Record<string, { addresses: string[] }> = {};
  for (const service of store.services.values()) {
    services[String(service['name'])] = { addresses: texts(service['addresses']) };
  }
  return services;
}

/** Networks attached to the device: those that `ip_configs` gives an address, inline ones before the organisation's. */
function networksOf(
  store: MistStore,
  keys: Json,
  vars: Json,
  missing: Set<string>,
): RunningConfig['networks'] {
  const known = [...objects(keys['networks']), ...store.networks.values()];
  return Object.keys(object(keys['ip_configs'])).flatMap((name) => {
    const found = known.find((network) => network['name'] === name);
    const subnet = text(resolveVariables(found?.['subnet'], vars, missing));
    return subnet === undefined ? [] : [{ name, subnet }];
  });
}
