import type { Result } from '../../base/failure.ts';
import type { SiteFacts } from '../../design/types.ts';
import type { WanPort } from '../../design/input-draft.ts';
import {
  attachedNetworks,
  effectiveConfig,
  ownSubnet,
  resolveVariables,
  servicePolicies,
  variablesOf,
} from '../../integrations/mist/effective-config.ts';
import { objectOf } from '../../integrations/mist/json.ts';
import { hasDiaPolicy } from '../../integrations/mist/policies.ts';
import { wanPorts, type WanPort as PortOfMist } from '../../integrations/mist/ports.ts';
import type { DeviceStats, MistDevice, RawConfig } from '../../integrations/mist/types.ts';
import type { LiveMist } from './live-site.ts';

/** One WAN Edge as the flows see it: resolved ports, networks and policies. */
export interface DeviceFacts {
  readonly device: { readonly id: string; readonly name: string };
  readonly mac: string;
  readonly model: string;
  /** False only where the model is known to be another product. */
  readonly isSsr: boolean;
  readonly isHa: boolean;
  /** WAN ports that are on. */
  readonly wans: readonly WanPort[];
  /** All WAN ports, also those that are switched off. */
  readonly ports: readonly PortOfMist[];
  /** Attached networks whose prefix is known. */
  readonly networks: SiteFacts['networks'];
  /** LAN prefixes and WAN subnets: no peering range may overlap them. */
  readonly occupied: readonly string[];
  /** Effective rules in order, under the hypothesis that a device's key replaces the template's. */
  readonly rules: readonly RawConfig[];
  /** The template with the site's and the device's variables filled in: what is copied where the device has no key of its own. */
  readonly template: RawConfig | undefined;
  /** Variables of the site and of the device. */
  readonly variables: Readonly<Record<string, string>>;
  readonly latlng: { readonly lat: number; readonly lng: number } | undefined;
}

/**
 * Resolves a device's configuration. Ports are read under `merge` (a superset: a port that only the template names is still a port);
 * the rules under `replace`, which is what the device shows once it has a key of its own.
 */
export function deviceFacts(live: LiveMist, device: MistDevice, stats: Result<DeviceStats>): DeviceFacts {
  const vars = variablesOf(live.siteVars, device.config);
  const merged = effectiveConfig(device.config, live.template?.config, 'merge', vars);
  const isHa = stats.ok ? stats.value.isHa : undefined;
  const ports = wanPorts(merged, isHa === undefined ? {} : { isHa });
  const wans = ports.filter((port) => !port.disabled);
  const networks = attachedNetworks(merged, live.networks, vars).flatMap(({ name, prefix, tenants }) =>
    prefix === undefined ? [] : [{ name, prefix, tenants }],
  );
  const wanSubnets = Object.values(objectOf(merged['port_config']))
    .map(objectOf)
    .filter((port) => port['usage'] === 'wan')
    .flatMap((port) => ownSubnet(objectOf(port['ip_config'])) ?? []);
  return {
    device: { id: device.id, name: device.name },
    mac: device.mac,
    model: device.model,
    isSsr: !/^v?SRX/i.test(device.model),
    // Where Mist does not say it, a port numbered for node 1 does.
    isHa: isHa ?? wans.some((p) => p.node === 'node1'),
    wans,
    ports,
    networks,
    occupied: [...networks.map((n) => n.prefix), ...wanSubnets],
    rules: servicePolicies(effectiveConfig(device.config, live.template?.config, 'replace', vars)),
    template: live.template && resolveVariables(live.template.config, vars),
    variables: vars,
    latlng: live.site.latlng,
  };
}

/** What the design must know, for the networks that were chosen. */
export function siteFacts(live: LiveMist, facts: DeviceFacts, chosen: readonly string[]): SiteFacts {
  const tenants = facts.networks.filter((n) => chosen.includes(n.name)).flatMap((n) => n.tenants);
  return {
    networks: facts.networks,
    hasDiaPolicy: hasDiaPolicy(facts.rules, tenants, {
      services: live.services,
      organisation: live.policies.ok ? live.policies.value : [],
    }),
  };
}
