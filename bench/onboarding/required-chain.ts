import { isWrite, type VendorCall } from '../world/vendor-calls.ts';

/** One remote call that no onboarding can do without, in its place in the order. */
export interface RequiredCall {
  readonly what: string;
  /** Why it cannot be left out or moved beside its neighbours. */
  readonly because: string;
  readonly matches: (call: VendorCall) => boolean;
}

const reads = (system: VendorCall['system'], path: RegExp) => (call: VendorCall) =>
  call.system === system && !isWrite(call) && path.test(call.path);
const writes = (system: VendorCall['system'], path: RegExp) => (call: VendorCall) =>
  call.system === system && isWrite(call) && path.test(call.path);

const DEVICE = /\/devices\/[0-9a-f-]{36}$/;

/**
 * The longest chain of calls of which each needs the answer of the one before, for any option: links, zones and whatever else
 * is independent goes side by side. Everything that is polled counts once.
 */
export const REQUIRED_CHAIN: readonly RequiredCall[] = [
  {
    what: 'read both sides again',
    because: 'an approval is void where the live state moved',
    matches: reads('entra', /\/remoteNetworks$/),
  },
  {
    what: 'create the remote network',
    because: 'Entra comes first; links are created inside it',
    matches: writes('entra', /\/remoteNetworks$/),
  },
  {
    what: 'create the device links',
    because: 'gateways are allocated for a link',
    matches: writes('entra', /\/deviceLinks$/),
  },
  {
    what: 'read the connectivity configuration',
    because: "Microsoft's endpoint and ASN are not known before",
    matches: reads('entra', /\/connectivityConfiguration$/),
  },
  {
    what: 'read the device again',
    because: 'a PUT has no version check: compared just before writing',
    matches: reads('mist', DEVICE),
  },
  {
    what: 'write connectors, BGP groups and routing policies',
    because: 'Mist write 1',
    matches: writes('mist', DEVICE),
  },
  {
    what: 'see the configuration applied',
    because: 'HTTP 200 is not "applied"',
    matches: reads('mist', /\/(events\/search|stats\/devices\/[^/]+)$/),
  },
  {
    what: 'see the tunnels up',
    because: 'before the cutover',
    matches: reads('mist', /\/stats\/tunnels\/search$/),
  },
  {
    what: 'see the BGP neighbors established',
    because: 'they come up over the tunnels',
    matches: reads('mist', /\/stats\/bgp_peers\/search$/),
  },
  {
    what: 'see the learned routes',
    because: 'neighbors announce them once established',
    matches: reads('mist', /\/show_route$/),
  },
  {
    what: 'read the device again',
    because: 'compared just before the second write as well',
    matches: reads('mist', DEVICE),
  },
  {
    what: 'write the application policy',
    because: 'Mist write 2, the cutover, only after the routes',
    matches: writes('mist', DEVICE),
  },
  {
    what: 'read the last write back',
    because: 'what was measured ends here',
    matches: reads('mist', /\/(devices\/[0-9a-f-]{36}|events\/search|stats\/devices\/[^/]+)$/),
  },
];

/**
 * The first call for each link of the chain that began after the one before had been answered; undefined for one that was not
 * made. `calls` in order of arrival.
 */
export function chainIn(
  calls: readonly VendorCall[],
  chain: readonly RequiredCall[] = REQUIRED_CHAIN,
): (VendorCall | undefined)[] {
  let after = -Infinity;
  return chain.map(({ matches }) => {
    const found = calls.find((call) => call.at >= after && matches(call));
    if (found) after = found.at + found.ms;
    return found;
  });
}
