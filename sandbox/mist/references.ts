import { isIPv4 } from 'node:net';
import { object, objects, text, texts, type Json } from './json.ts';
import { wanPorts } from './ports.ts';
import type { DeviceRecord, MistStore, RunningConfig } from './store.ts';

/** Remotes per node that the SSR's IPsec client takes (128T-ipsec-client, since 3.3.0). */
const REMOTES_PER_NODE = 4;
const RESERVED_NAME = /^(ipsec|mast)/i;

/**
 * What the device finds wrong with a configuration that the API accepted. The texts have the form that Juniper's
 * tools show: `/intent/<path> value '<v>' <what is wrong>`.
 */
export function configProblems(
  store: MistStore,
  device: DeviceRecord,
  config: RunningConfig,
  missing: string[],
): string[] {
  return [
    ...missing.map((name) => `/intent/vars value '${name}' is not defined`),
    ...tunnelProblems(device, config.keys),
    ...bgpProblems(config.keys),
    ...policyProblems(store, device, config),
  ];
}

/** The event text for problems. */
export function problemText(problems: string[]): string {
  return ['Transformation Failed Problems:', ...problems.map((p, i) => ` ${i + 1}: Error: ${p}`)].join('\n');
}

function tunnelProblems(device: DeviceRecord, keys: Json): string[] {
  const problems: string[] = [];
  const ports = wanPorts(device, keys);
  const perNode = new Map<string, number>();
  for (const [name, value] of Object.entries(object(keys['tunnel_configs']))) {
    const at = `/intent/tunnel_configs/${name}`;
    if (RESERVED_NAME.test(name)) problems.push(`${at} value '${name}' is a reserved name`);
    for (const side of ['primary', 'secondary']) {
      const node = object(value)[side];
      if (node === undefined) continue;
      for (const wan of texts(object(node)['wan_names'])) {
        const port = ports.find((p) => p.name === wan);
        if (port === undefined)
          problems.push(`${at}/${side}/wan_names value '${wan}' does not match any WAN port`);
        else perNode.set(port.node, (perNode.get(port.node) ?? 0) + 1);
      }
      for (const ip of texts(object(node)['internal_ips'])) {
        if (!isIPv4(ip))
          problems.push(`${at}/${side}/internal_ips value '${ip}' does not match required format`);
      }
      if (texts(object(node)['hosts']).length === 0)
        problems.push(`${at}/${side}/hosts entry is required; (null invalid)`);
      if (texts(object(node)['wan_names']).length === 0) {
        problems.push(`${at}/${side}/wan_names entry is required; (null invalid)`);
      }
    }
  }
  for (const [node, count] of perNode) {
    if (count > REMOTES_PER_NODE)
      problems.push(`/intent/tunnel_configs value '${count}' exceeds the remotes of ${node}`);
  }
  return problems;
}

function bgpProblems(keys: Json): string[] {
  const problems: string[] = [];
  const policies = object(keys['routing_policies']);
  const tunnels = object(keys['tunnel_configs']);
  for (const [name, value] of Object.entries(object(keys['bgp_config']))) {
    const group = object(value);
    const at = `/intent/bgp_config/${name}`;
    const tunnel = text(group['tunnel_name']);
    if (group['via'] === 'tunnel' && (tunnel === undefined || !(tunnel in tunnels))) {
      problems.push(`${at}/tunnel_name value '${tunnel ?? ''}' does not match any tunnel`);
    }
    const holders: [string, Json][] = [
      [at, group],
      ...Object.entries(object(group['neighbors'])).map(([ip, n]): [string, Json] => [
        `${at}/neighbors/${ip}`,
        object(n),
      ]),
    ];
    for (const [where, holder] of holders) {
      for (const key of ['import_policy', 'export_policy']) {
        const policy = text(holder[key]);
        if (policy !== undefined && !(policy in policies)) {
          problems.push(`${where}/${key} value '${policy}' does not match any routing policy`);
        }
      }
    }
  }
  return problems;
}

function policyProblems(store: MistStore, device: DeviceRecord, config: RunningConfig): string[] {
  const problems: string[] = [];
  const preferences = object(config.keys['path_preferences']);
  const tenants = tenantNames(store, config.keys);
  config.servicePolicies.forEach((policy, index) => {
    const at = `/intent/service_policies/${index}`;
    for (const service of texts(policy['services'])) {
      if (!(service in config.services))
        problems.push(`${at}/services value '${service}' does not match any service`);
    }
    for (const tenant of texts(policy['tenants'])) {
      if (!tenants.has(tenant))
        problems.push(`${at}/tenants value '${tenant}' does not match any network or user`);
    }
    const preference = text(policy['path_preference']);
    if (preference !== undefined && !(preference in preferences)) {
      problems.push(`${at}/path_preference value '${preference}' does not match any path preference`);
    }
  });
  const ports = new Set(wanPorts(device, config.keys).map((port) => port.name));
  const tunnels = object(config.keys['tunnel_configs']);
  for (const [name, value] of Object.entries(preferences)) {
    objects(object(value)['paths']).forEach((path, index) => {
      const target = text(path['name']) ?? '';
      const at = `/intent/path_preferences/${name}/paths/${index}/name`;
      if (path['type'] === 'wan' && !ports.has(target))
        problems.push(`${at} value '${target}' does not match any WAN port`);
      if (path['type'] === 'tunnel' && !(target in tunnels))
        problems.push(`${at} value '${target}' does not match any tunnel`);
    });
  }
  return problems;
}

/** Names a policy may give as tenants: networks and their users as `user.network`. */
function tenantNames(store: MistStore, keys: Json): Set<string> {
  const names = new Set<string>(['any']);
  for (const network of [...store.networks.values(), ...objects(keys['networks'])]) {
    const name = String(network['name']);
    names.add(name);
    for (const user of Object.keys(object(network['tenants']))) names.add(`${user}.${name}`);
  }
  return names;
}
