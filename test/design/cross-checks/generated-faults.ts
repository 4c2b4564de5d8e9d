import type { CheckId } from '../../../src/design/cross-checks/catalogue.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import type { HealthySite } from './healthy-site.ts';

/** One wrong thing on one side, and the checks of which one has to name it where it breaks the data plane. */
export interface Fault {
  readonly name: string;
  readonly names: readonly CheckId[];
  /** The side that was touched, and its field; absent where no value of the mapping was. */
  readonly value?: { readonly side: 'entra' | 'mist'; readonly field: string; readonly change: Change };
  apply(site: HealthySite): void;
}

export type Change = 'wrong' | 'missing' | 'swapped';

/** A place in which one of the values stands. `get` and `put` reach it; `wrong` is another value of the same kind. */
interface Place {
  readonly side: 'entra' | 'mist';
  readonly field: string;
  readonly names: readonly CheckId[];
  readonly wrong: unknown;
  /** Nullable in the vendor's schema, so that it can be missing. */
  readonly nullable: boolean;
  get(site: HealthySite): unknown;
  put(site: HealthySite, value: unknown): void;
}

/** An earlier fault took away what this one would touch: the two are no pair. */
export class NothingToTouch extends Error {}

function reach(root: unknown, path: string): { holder: Record<string, unknown>; last: string } {
  const keys = path.split('/');
  const last = keys.pop() ?? '';
  let holder = root as Record<string, unknown> | undefined;
  for (const key of keys) holder = holder?.[key] as Record<string, unknown> | undefined;
  if (holder === undefined) throw new NothingToTouch(path);
  return { holder, last };
}

function entraPlace(
  link: number,
  path: string,
  names: readonly CheckId[],
  wrong: unknown,
  nullable = false,
): Place {
  const resource = (site: HealthySite): unknown => site.world.links[link]?.resource;
  return {
    side: 'entra',
    field: `link ${link} ${path.replaceAll('/', '.')}`,
    names,
    wrong,
    nullable,
    get: (site) => {
      const { holder, last } = reach(resource(site), path);
      return holder[last];
    },
    put: (site, value) => {
      site.world.store.edit('link', `lyon-wan${link}`, path.replaceAll('/', '.'), value);
    },
  };
}

function mistPlace(
  kind: 'tunnelConfigs' | 'bgpConfig',
  name: string,
  path: string,
  names: readonly CheckId[],
  wrong: unknown,
): Place {
  return {
    side: 'mist',
    field: `${name} ${path.replaceAll('/', '.')}`,
    names,
    wrong,
    nullable: true,
    get: (site) => {
      const { holder, last } = reach(site.world.edge[kind][name], path);
      return holder[last];
    },
    put: (site, value) => {
      const { holder, last } = reach(site.world.edge[kind][name], path);
      if (value === undefined) delete holder[last];
      else holder[last] = value;
    },
  };
}

/** A key of an object as a place of its own: a neighbor's address. */
function neighborPlace(name: string, address: string, zone: number, count: number): Place {
  const neighbors = (site: HealthySite): Record<string, unknown> =>
    (site.world.edge.bgpConfig[name] as { neighbors: Record<string, unknown> }).neighbors;
  return {
    side: 'mist',
    field: `${name} neighbor of zone ${zone} of ${count}`,
    names: ['X06', 'X23'],
    wrong: zone === 1 ? '10.99.99.3' : '10.99.100.3',
    nullable: true,
    get: () => address,
    put: (site, value) => {
      const all = neighbors(site);
      const entry = all[address];
      delete all[address];
      if (value !== undefined) all[String(value)] = entry;
    },
  };
}

/** Every value of the mapping between the two sides, in each place where it stands. */
function placesOf(shape: Shape): Place[] {
  const zones = shape.zones ?? 1;
  const perZone = shape.topology === 'tunnel-per-zone';
  const places: Place[] = [];
  for (let n = 0; n < (shape.links ?? 1); n += 1) {
    const host = (k: number): string => `10.99.99.${k + 4 * n}`;
    places.push(
      entraPlace(n, 'ipAddress', ['X02', 'X17'], '203.0.113.77'),
      entraPlace(n, 'bgpConfiguration/peerIpAddress', ['X05'], host(3), true),
      entraPlace(n, 'bgpConfiguration/localIpAddress', ['X06', 'X23'], host(3), true),
      entraPlace(n, 'bgpConfiguration/asn', ['X07'], 65010),
      entraPlace(n, 'tunnelConfiguration/ikeEncryption', ['X09'], 'aes128'),
      entraPlace(n, 'tunnelConfiguration/ikeIntegrity', ['X10'], 'sha384'),
      entraPlace(n, 'tunnelConfiguration/dhGroup', ['X11'], 'dhGroup24'),
      entraPlace(n, 'tunnelConfiguration/ipSecEncryption', ['X12'], 'gcmAes128'),
      entraPlace(n, 'tunnelConfiguration/ipSecIntegrity', ['X13'], 'gcmAes128'),
      entraPlace(n, 'tunnelConfiguration/pfsGroup', ['X14'], 'ecp256'),
      entraPlace(n, 'tunnelConfiguration/saLifeTimeSeconds', ['X15'], 3600),
      entraPlace(n, 'tunnelConfiguration/preSharedKey', ['X01'], 'another key'),
    );
    if (zones === 2) {
      places.push(
        entraPlace(
          n,
          'redundancyConfiguration/zoneLocalIpAddress',
          ['X06', 'X23'],
          `10.99.100.${3 + 4 * n}`,
          true,
        ),
        entraPlace(n, 'tunnelConfiguration/zoneRedundancyPreSharedKey', ['X01'], 'another key'),
      );
    }
    for (const zone of perZone ? [1, 2] : [1]) {
      const name = zone === 2 ? `mssse-wan${n}-z2` : `mssse-wan${n}`;
      const tunnel = (path: string, names: readonly CheckId[], wrong: unknown): Place =>
        mistPlace('tunnelConfigs', name, path, names, wrong);
      places.push(
        tunnel('provider', ['X16'], 'custom-gre'),
        tunnel('protocol', ['X16'], 'gre'),
        tunnel('version', ['X16'], '1'),
        tunnel('local_id', ['X02'], '203.0.113.99'),
        tunnel('psk', ['X01'], 'another key'),
        tunnel('primary/hosts', ['X03'], ['20.9.9.9']),
        tunnel('primary/remote_ids', ['X04'], ['20.9.9.9']),
        tunnel('primary/internal_ips', ['X05'], [host(3)]),
        tunnel('primary/wan_names', ['X17', 'X24'], ['wan9']),
        tunnel('ike_proposals/0/enc_algo', ['X09'], 'aes128'),
        tunnel('ike_proposals/0/auth_algo', ['X10'], 'sha1'),
        tunnel('ike_proposals/0/dh_group', ['X11'], '19'),
        tunnel('ipsec_proposals/0/enc_algo', ['X12', 'X13'], 'aes_gcm128'),
        tunnel('ipsec_proposals/0/dh_group', ['X14'], '19'),
        tunnel('ipsec_lifetime', ['X15'], 3600),
        mistPlace('bgpConfig', name, 'via', ['X18'], 'lan'),
        mistPlace('bgpConfig', name, 'tunnel_name', ['X18'], 'mssse-other'),
        mistPlace('bgpConfig', name, 'type', ['X18'], 'internal'),
        mistPlace('bgpConfig', name, 'local_as', ['X07', 'X08'], 65010),
        mistPlace('bgpConfig', name, 'disable_bfd', ['X18'], false),
      );
      const peers = perZone ? [zone] : zones === 2 ? [1, 2] : [1];
      for (const peer of peers) {
        const address = peer === 1 ? host(2) : `10.99.100.${2 + 4 * n}`;
        places.push(
          neighborPlace(name, address, peer, peers.length),
          mistPlace('bgpConfig', name, `neighbors/${address}/neighbor_as`, ['X08'], 65515),
          mistPlace('bgpConfig', name, `neighbors/${address}/multihop_ttl`, ['X06'], 1),
          mistPlace('bgpConfig', name, `neighbors/${address}/disabled`, ['X23'], true),
        );
      }
    }
  }
  return places;
}

/** Pairs of places whose values people exchange: the two ends of one thing, and the same thing of two links or zones. */
function isSibling(a: Place, b: Place): boolean {
  if (a.side !== b.side || a === b) return false;
  const shapeOf = ({ field }: Place): string =>
    field.replaceAll(/link \d|mssse-wan\d(-z2)?|zone \d|10\.99\.\d+\.\d+/g, '*');
  if (shapeOf(a) === shapeOf(b)) return true;
  const pair = [a.field, b.field].map((field) => field.split(/[ .]/).at(-1)).toSorted();
  const isOneThing =
    a.field.split(' ').slice(0, 2).join() === b.field.split(' ').slice(0, 2).join() ||
    a.field.split(' ')[0] === b.field.split(' ')[0];
  return isOneThing && SWAPS.some((swap) => swap[0] === pair[0] && swap[1] === pair[1]);
}

const SWAPS = [
  ['localIpAddress', 'peerIpAddress'],
  ['peerIpAddress', 'zoneLocalIpAddress'],
  ['hosts', 'internal_ips'],
  ['hosts', 'remote_ids'],
  ['preSharedKey', 'zoneRedundancyPreSharedKey'],
];

function faultsOf(place: Place, all: readonly Place[]): Fault[] {
  const fault = (
    change: Change,
    apply: Fault['apply'],
    more: readonly CheckId[] = [],
    with_ = '',
  ): Fault => ({
    name: `${place.side} ${place.field}: ${change}${with_}`,
    names: [...place.names, ...more],
    value: { side: place.side, field: place.field, change },
    apply,
  });
  return [
    fault('wrong', (site) => place.put(site, place.wrong)),
    ...(place.nullable ? [fault('missing', (site) => place.put(site, undefined))] : []),
    ...all
      .filter((other) => isSibling(place, other) && all.indexOf(other) > all.indexOf(place))
      .map((other) =>
        fault(
          'swapped',
          (site) => {
            const [mine, theirs] = [place.get(site), other.get(site)];
            place.put(site, theirs);
            other.put(site, mine);
          },
          other.names,
          ` with ${other.field}`,
        ),
      ),
  ];
}

/** Device and Microsoft address exchanged on the router: two values of different kinds, so no pair of equal places. */
const REVERSED: Fault = {
  name: 'mist mssse-wan0 device and Microsoft BGP address: swapped',
  names: ['X05', 'X06'],
  value: { side: 'mist', field: 'device and Microsoft BGP address', change: 'swapped' },
  apply: ({ world }) => {
    world.set('tunnelConfigs.mssse-wan0.primary.internal_ips', ['10.99.99.2']);
    const group = world.edge.bgpConfig['mssse-wan0'] as { neighbors: Record<string, unknown> };
    const entry = group.neighbors['10.99.99.2'];
    delete group.neighbors['10.99.99.2'];
    group.neighbors['10.99.99.1'] = entry;
  },
};

/** What decides whether traffic takes the tunnel that is up. */
const TRAFFIC: readonly Fault[] = [
  traffic('profile: missing', ['X19'], ({ world }) => associate(world, [])),
  traffic('profile: disabled', ['X19'], ({ world }) =>
    world.store.edit('profile', 'm365', 'state', 'disabled'),
  ),
  traffic('profile: swapped with internet', ['X19'], ({ world }) =>
    associate(world, [world.store.profile('internet').id]),
  ),
  traffic('application addresses: wrong', ['X21'], ({ applications }) => {
    applications['Microsoft-SSE'] = { addresses: ['0.0.0.0/1'], anyProtocol: true };
  }),
  traffic('application addresses: missing', ['X21'], ({ applications }) => {
    applications['Microsoft-SSE'] = { addresses: [], anyProtocol: true };
  }),
  traffic('application protocols: missing', ['X21'], ({ applications }) => {
    applications['Microsoft-SSE'] = { addresses: ['0.0.0.0/1', '128.0.0.0/1'], anyProtocol: false };
  }),
  traffic('policy path: wrong', ['X22'], ({ world }) => rule(world, 0, { path_preference: 'dia' })),
  traffic('policy action: wrong', ['X22'], ({ world }) => rule(world, 0, { action: 'deny' })),
  traffic('policy: missing', ['X22'], ({ world }) => void world.edge.servicePolicies.splice(0, 1)),
  traffic('policy order: swapped', ['X22'], ({ world }) => void world.edge.servicePolicies.reverse()),
  traffic('a rule of somebody else for other users: added', ['X22'], ({ world }) => {
    world.edge.servicePolicies.unshift({
      name: 'guests',
      tenants: ['Guest'],
      services: ['Internet'],
      action: 'deny',
    });
  }),
  traffic('a deny of everything above: added', ['X22'], ({ world }) => {
    world.edge.servicePolicies.unshift({
      name: 'lockdown',
      tenants: ['Lab'],
      services: ['Internet'],
      action: 'deny',
    });
  }),
];

function traffic(name: string, names: readonly CheckId[], apply: Fault['apply']): Fault {
  return { name: `traffic ${name}`, names, apply };
}

function associate({ store, network }: HealthySite['world'], ids: readonly string[]): void {
  store.associate(network.id, new Set(ids));
  store.changed();
}

function rule(world: HealthySite['world'], at: number, patch: Record<string, unknown>): void {
  Object.assign(world.edge.servicePolicies[at] ?? {}, patch);
}

/** The fault list of one shape of site: generated from the places, none chosen by hand but those about traffic. */
export function faultsFor(shape: Shape): readonly Fault[] {
  const places = placesOf(shape);
  return [...places.flatMap((place) => faultsOf(place, places)), REVERSED, ...TRAFFIC];
}
