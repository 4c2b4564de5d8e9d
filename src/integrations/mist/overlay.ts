import { contains, readPrefix } from '../../design/addressing.ts';
import { attachedNetworks } from './effective-config.ts';
import { hasKey, isObject, objectOf, objectsOf, textOf } from './json.ts';
import { policyReaches, type PolicyContext } from './policies.ts';
import type { MistNetwork, RawConfig } from './types.ts';

/** A network of other sites that routes of the overlay lead to. */
export interface OverlayNetwork {
  readonly name: string;
  /** Names of the VPNs that announce it. */
  readonly vpns: readonly string[];
  /** What is announced; undefined where it depends on variables of other sites. */
  readonly prefix?: string;
}

/** What can be said of a router's overlay from the configuration alone. */
export type OverlayReading =
  /** No WAN port has a path into a VPN: no route is learned from one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'networks'; readonly networks: readonly OverlayNetwork[] }
  /** The router takes a part of its configuration from a device profile, which is not read. */
  | { readonly kind: 'unknown' };

/**
 * The networks of other sites that this router may learn routes to: those of the organisation with VPN access, attached here or not (an attached
 * one whose subnet depends on the site is another network elsewhere). Taken from the configuration: the router's own table holds
 * the whole of Microsoft's routes as well and is not read for this. `config` is resolved. Sources: Mist OpenAPI `network_vpn_access`,
 * `gateway_port_vpn_paths`.
 */
export function overlayNetworks(
  config: RawConfig,
  networks: readonly MistNetwork[],
  vars: Readonly<Record<string, string>>,
): OverlayReading {
  const ports = Object.values(objectOf(config['port_config'])).map(objectOf);
  const hasPath = ports.some((port) => Object.keys(objectOf(port['vpn_paths'])).length > 0);
  if (!hasPath) return hasKey(config, 'deviceprofile_id') ? { kind: 'unknown' } : { kind: 'none' };
  const here = new Set(attachedNetworks(config, networks, vars).map(({ name }) => name));
  return { kind: 'networks', networks: networks.flatMap((n) => announced(n, here.has(n.name))) };
}

function announced(network: MistNetwork, isHere: boolean): OverlayNetwork[] {
  const access = Object.entries(objectOf(network.raw['vpn_access']));
  if (access.length === 0) return [];
  const vpns = access.map(([vpn]) => vpn);
  const texts = access.flatMap(([, value]) => announcedTexts(network, objectOf(value)));
  const prefixes = texts.map((text) => (isVariable(text) ? undefined : readPrefix(text)));
  const { name } = network;
  return [...new Set(prefixes)]
    .filter((prefix) => !isHere || prefix === undefined)
    .map((prefix) => ({ name, vpns, ...(prefix !== undefined && { prefix }) }));
}

/** What one VPN announces of a network: its subnet or what stands for it; the pool that it is translated to where it is not routed. */
function announcedTexts(network: MistNetwork, access: RawConfig): string[] {
  const pool = textOf(access['nat_pool']);
  if (access['routed'] === false) return pool === undefined ? [] : [pool];
  const wider = [textOf(access['summarized_subnet']), textOf(access['advertised_subnet'])];
  const own = textOf(network.raw['subnet']);
  return [wider.find((text) => text !== undefined) ?? own ?? '', ...(pool === undefined ? [] : [pool])];
}

const isVariable = (text: string): boolean => text === '' || text.includes('{{');

/**
 * Those networks that an application without a path would make reachable for tenants who could not reach them before: no rule with a longer
 * prefix decides about them as it did, and no rule for all these tenants followed the router's routes to them already.
 */
export function newlyReachable(
  reading: readonly OverlayNetwork[],
  rules: readonly RawConfig[],
  ours: { readonly tenants: readonly string[]; readonly addresses: readonly string[] },
  config: RawConfig,
  context: Omit<PolicyContext, 'prefixes'>,
): OverlayNetwork[] {
  const intoOverlay = vpnPreferences(config);
  const reaches = rules.map((rule, index) => policyReaches(rule, index, context));
  return reading.filter(({ prefix }) => {
    if (prefix === undefined) return true;
    const own = ours.addresses.find((address) => contains(address, prefix));
    // Our application does not take it in.
    if (own === undefined) return false;
    return !ours.tenants.every((tenant) =>
      reaches.some((rule) => {
        const isFor = rule.tenants.some((t) => t === tenant || tenant.endsWith(`.${t}`));
        const covering = rule.addresses.filter((address) => contains(address, prefix));
        const isLonger = covering.some((address) => address !== own && contains(own, address));
        const followed = rule.kind === 'routed' || (rule.path !== undefined && intoOverlay.has(rule.path));
        return isFor && covering.length > 0 && (isLonger || followed);
      }),
    );
  });
}

/** Path preferences that have a path over the overlay. */
function vpnPreferences(config: RawConfig): ReadonlySet<string> {
  return new Set(
    Object.entries(objectOf(config['path_preferences']))
      .filter(([, value]) => isObject(value) && objectsOf(value['paths']).some((p) => p['type'] === 'vpn'))
      .map(([name]) => name),
  );
}
