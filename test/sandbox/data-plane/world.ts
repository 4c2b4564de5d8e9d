import {
  createDataPlane,
  type DataPlaneOptions,
  type RunningDataPlane,
} from '../../../sandbox/data-plane/data-plane.ts';
import { defaultTiming } from '../../../sandbox/data-plane/timing.ts';
import type {
  EdgeEvent,
  EntraSide,
  HealthRecord,
  Timing,
  WanEdge,
} from '../../../sandbox/data-plane/views.ts';
import { Gateways } from '../../../sandbox/entra/gateway.ts';
import type { LinkRow, RemoteNetwork } from '../../../sandbox/entra/resources.ts';
import { EntraStore } from '../../../sandbox/entra/store.ts';
import { customTunnel, linkBody, ZONES } from '../entra/support.ts';

export const MAC = '5c5b35000001';
export const LAN = '10.20.0.0/16';

export interface World {
  store: EntraStore;
  network: RemoteNetwork;
  /** One per WAN link. */
  links: LinkRow[];
  edge: WanEdge;
  plane: RunningDataPlane;
  timing: Timing;
  health: HealthRecord[];
  events: EdgeEvent[];
  /** The same records with the world's time of each, in the order in which they were made. */
  log: ({ at: number } & ({ event: EdgeEvent } | { health: HealthRecord }))[];
  now(): number;
  /** Moves the clock on in small steps. */
  advance(ms: number): void;
  /** Until everything that can come up is up. */
  settle(): void;
  /** Changes a field of the router's running configuration: `set('tunnelConfigs.mssse-wan0.psk', 'x')`. */
  set(path: string, value: unknown): void;
  /** `tunnels up/all, BGP established/all`. */
  summary(): string;
}

export interface Shape {
  links?: 1 | 2;
  zones?: 1 | 2;
  topology?: 'single-tunnel' | 'tunnel-per-zone';
}

/**
 * Both sides as Juniper's guide configures them, on a clock of its own: Entra's real store and gateways, and a router
 * as a plain object, whose tunnels can only come up if both agree.
 */
export function makeWorld(shape: Shape = {}, options: Partial<DataPlaneOptions> = {}): World {
  const { links: linkCount = 1, zones = 1, topology = 'single-tunnel' } = shape;
  const store = new EntraStore();
  const network = store.addNetwork('lyon', 'franceCentral');
  store.associate(network.id, new Set([store.profile('m365').id]));
  const edge = emptyEdge();
  const links: LinkRow[] = [];
  for (let index = 0; index < linkCount; index += 1) {
    const row = store.addLink(network.id, linkRequest(index, zones, topology));
    links.push(row);
    for (const zone of topology === 'tunnel-per-zone' ? ([1, 2] as const) : ([1] as const)) {
      addConnector(
        edge,
        row,
        index,
        zone,
        topology === 'tunnel-per-zone' ? [zone] : zones === 2 ? [1, 2] : [1],
      );
    }
  }
  const health: HealthRecord[] = [];
  const events: EdgeEvent[] = [];
  const timing = defaultTiming();
  const gateways = new Gateways(store, { endpointMs: 0 });
  const entra: EntraSide = {
    gatewayInstances: () => gateways.instances(),
    recordHealth: (record) => {
      health.push(record);
      log.push({ at: clock, health: record });
    },
  };
  let clock = 1_800_000_000_000;
  const log: World['log'] = [];
  const mist = {
    wanEdges: () => [edge],
    recordEvent: (event: EdgeEvent) => {
      events.push(event);
      log.push({ at: clock, event });
    },
  };
  const plane = createDataPlane({ entra, mist, timing, now: () => clock, ...options });
  const world: World = {
    store,
    network,
    links,
    edge,
    plane,
    timing,
    health,
    events,
    log,
    now: () => clock,
    advance: (ms) => {
      for (let passed = 0; passed < ms; passed += 10) {
        clock += 10;
        plane.poke();
      }
    },
    settle: () => world.advance(1000),
    set: (path, value) => {
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      let holder = edge as unknown as Record<string, unknown>;
      for (const key of keys) holder = holder[key] as Record<string, unknown>;
      holder[last] = value;
    },
    summary: () => {
      const tunnels = plane.tunnels(MAC);
      const peers = plane.bgpPeers(MAC);
      const up = tunnels.filter((t) => t.up).length;
      const established = peers.filter((p) => p.state === 'established').length;
      return `tunnels ${up}/${tunnels.length}, BGP ${established}/${peers.length}`;
    },
  };
  return world;
}

function emptyEdge(): WanEdge {
  return {
    siteId: 'site-lyon',
    deviceId: 'device-lyon',
    mac: MAC,
    online: true,
    wanPorts: [0, 1].map((n) => ({
      name: `wan${n}`,
      key: `ge-${n}/0/0`,
      node: n === 0 ? 'node0' : 'node1',
      publicIp: `203.0.113.${10 + n}`,
      up: true,
    })),
    tunnelConfigs: {},
    bgpConfig: {},
    routingPolicies: {},
    servicePolicies: [],
    services: {},
    networks: [{ name: 'Lab', subnet: LAN }],
  };
}

function linkRequest(index: number, zones: 1 | 2, topology: 'single-tunnel' | 'tunnel-per-zone') {
  const psk = `key-${index}`;
  return linkBody({
    name: `lyon-wan${index}`,
    ipAddress: `203.0.113.${10 + index}`,
    bgpConfiguration: {
      asn: 65000,
      localIpAddress: `10.99.99.${2 + 4 * index}`,
      peerIpAddress: `10.99.99.${1 + 4 * index}`,
    },
    ...(zones === 2 && {
      redundancyConfiguration: { ...ZONES, zoneLocalIpAddress: `10.99.100.${2 + 4 * index}` },
    }),
    tunnelConfiguration: customTunnel({
      preSharedKey: psk,
      ...(zones === 2 && { zoneRedundancyPreSharedKey: topology === 'tunnel-per-zone' ? `${psk}-z2` : psk }),
    }),
  });
}

function addConnector(
  edge: WanEdge,
  row: LinkRow,
  index: number,
  zone: 1 | 2,
  peers: readonly (1 | 2)[],
): void {
  const name = peers.length === 1 && zone === 2 ? `mssse-wan${index}-z2` : `mssse-wan${index}`;
  const {
    bgpConfiguration: bgp,
    redundancyConfiguration: redundancy,
    tunnelConfiguration: tunnel,
  } = row.resource;
  const endpoint = row.endpoints[zone - 1] ?? '';
  edge.tunnelConfigs[name] = {
    provider: 'custom-ipsec',
    protocol: 'ipsec',
    version: '2',
    local_id: row.resource.ipAddress,
    psk: zone === 1 ? tunnel.preSharedKey : tunnel.zoneRedundancyPreSharedKey,
    primary: {
      hosts: [endpoint],
      remote_ids: [endpoint],
      wan_names: [`wan${index}`],
      internal_ips: [bgp.peerIpAddress],
    },
    ike_lifetime: 28_800,
    ike_proposals: [{ enc_algo: 'aes256', auth_algo: 'sha2', dh_group: '14' }],
    ipsec_lifetime: 1800,
    ipsec_proposals: [{ enc_algo: 'aes_gcm256', dh_group: '14' }],
  };
  const addresses = peers.map((peer) =>
    peer === 1 ? bgp.localIpAddress : (redundancy.zoneLocalIpAddress ?? ''),
  );
  edge.bgpConfig[name] = {
    via: 'tunnel',
    tunnel_name: name,
    type: 'external',
    local_as: 65000,
    disable_bfd: true,
    neighbors: Object.fromEntries(
      addresses.map((address) => [address, { neighbor_as: 65476, multihop_ttl: 2 }]),
    ),
  };
}
