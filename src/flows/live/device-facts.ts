import type { SiteFacts } from '../../design/types.ts';
import type { WanPort } from '../../design/input-draft.ts';
import {
  attachedNetworks,
  effectiveKey,
  resolveVars,
  servicePolicies,
  type AttachedNetwork,
  type PolicyRule,
} from '../../integrations/mist/effective-config.ts';
import { hasDiaPolicy } from '../../integrations/mist/policy-position.ts';
import { wanPorts, wanSubnets } from '../../integrations/mist/ports.ts';
import type { MistDevice } from '../../integrations/mist/types.ts';
import type { LiveMist } from './live-site.ts';

/** One WAN Edge as the flows see it: resolved ports, networks and policies. */
export interface DeviceFacts {
  readonly device: { readonly id: string; readonly name: string };
  readonly mac: string;
  readonly model: string;
  /** False only where the model is known to be another product. */
  readonly isSsr: boolean;
  readonly isHa: boolean;
  readonly wans: readonly WanPort[];
  readonly networks: readonly AttachedNetwork[];
  /** LAN prefixes and WAN subnets: no peering range may overlap them. */
  readonly occupied: readonly string[];
  /** Effective rules in order, under the hypothesis that a device's key replaces the template's. */
  readonly rules: readonly PolicyRule[];
  readonly latlng: { readonly lat: number; readonly lng: number } | undefined;
}

/**
 * Resolves a device's configuration. Ports are read under `merge` (a superset: a port that only the template names is still a port);
 * the rules under `replace`, which is what the device shows once it has a key of its own.
 */
export function deviceFacts(live: LiveMist, device: MistDevice): DeviceFacts {
  const template = live.template?.config;
  const resolved = <T>(value: T): T => resolveVars(value, live.siteVars, device.config);
  const ports = wanPorts(resolved(effectiveKey(device.config, template, 'port_config', 'merge')));
  const networks = attachedNetworks(
    { device: device.config, template, siteVars: live.siteVars },
    live.networks,
  );
  return {
    device: { id: device.id, name: device.name },
    mac: device.mac,
    model: device.model,
    isSsr: !/^v?SRX/i.test(device.model),
    isHa: ports.some((p) => p.node === 'node1'),
    wans: ports,
    networks,
    occupied: [...networks.map((n) => n.prefix), ...wanSubnets(ports)],
    rules: servicePolicies(effectiveKey(device.config, template, 'service_policies', 'replace')),
    latlng: live.site.latlng,
  };
}

/** What the design must know, for the networks that were chosen. */
export function siteFacts(live: LiveMist, facts: DeviceFacts, chosen: readonly string[]): SiteFacts {
  const tenants = facts.networks.filter((n) => chosen.includes(n.name)).flatMap((n) => n.tenants);
  return { networks: facts.networks, hasDiaPolicy: hasDiaPolicy(facts.rules, tenants, live.services) };
}
