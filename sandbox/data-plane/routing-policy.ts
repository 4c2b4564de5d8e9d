import { Address4 } from 'ip-address';
import { rawOf } from './running-config.ts';

/** A route as a policy sees it. */
export interface Route {
  /** IPv4 in CIDR form. */
  readonly prefix: string;
  readonly protocol: 'bgp' | 'direct';
  /** Name of the Mist network, for the router's own. */
  readonly network?: string;
  readonly asPath: readonly number[];
}

/**
 * The routes that a policy lets through. Mist `routing_policies`: all criteria of a term have to be met, the first term
 * that matches decides, and one that neither accepts nor passes on rejects. Without a policy everything passes. A name
 * that does not exist, and a route that no term matches, are rejected, as the router's routing suite does it.
 */
export function filterRoutes(
  routes: readonly Route[],
  policyName: string | undefined,
  policies: Readonly<Record<string, unknown>>,
): Route[] {
  if (policyName === undefined) return [...routes];
  const terms = rawOf(policies[policyName])['terms'];
  if (!Array.isArray(terms)) return [];
  return routes.filter((route) => accepts(terms, route));
}

function accepts(terms: readonly unknown[], route: Route): boolean {
  for (const value of terms) {
    const term = rawOf(value);
    if (!matches(rawOf(term['matching']), route)) continue;
    const actions = rawOf(term['actions']);
    if (actions['accept'] === true) return true;
    if (actions['next_term'] !== true) return false;
  }
  return false;
}

function matches(criteria: Readonly<Record<string, unknown>>, route: Route): boolean {
  return Object.entries(criteria).every(([name, value]) => {
    if (Array.isArray(value) && value.length === 0) return true;
    const wanted = Array.isArray(value) ? value.map(String) : [];
    switch (name) {
      case 'prefix':
        return wanted.some((pattern) => prefixMatches(pattern, route.prefix));
      case 'protocol':
        return wanted.includes(route.protocol);
      case 'network':
        return route.network !== undefined && wanted.includes(route.network);
      case 'as_path':
        return wanted.some((pattern) => pathMatches(pattern, route.asPath));
      default:
        // Communities, overlay paths and conditional routes do not exist in this world.
        return false;
    }
  });
}

function pathMatches(pattern: string, asPath: readonly number[]): boolean {
  try {
    return new RegExp(pattern).test(asPath.join(' '));
  } catch {
    return false;
  }
}

/** `10.0.0.0/8` matches exactly, `10.0.0.0/8-24` what lies inside and is /8 to /24 long. */
export function prefixMatches(pattern: string, prefix: string): boolean {
  const match = /^([\d.]+)\/(\d+)(?:-(\d+))?$/.exec(pattern);
  if (!match) return false;
  const [, address = '', from = '', to = from] = match;
  const outer = `${address}/${from}`;
  if (!Address4.isValid(outer) || !Address4.isValid(prefix)) return false;
  const [net, route] = [new Address4(outer), new Address4(prefix)];
  return route.subnetMask >= Number(from) && route.subnetMask <= Number(to) && route.isInSubnet(net);
}
