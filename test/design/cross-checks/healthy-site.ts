import { Gateways } from '../../../sandbox/entra/gateway.ts';
import { announcedPrefixes } from '../../../sandbox/entra/profiles.ts';
import type { Surroundings } from '../../../src/design/cross-checks/views.ts';
import type { SiteViews } from '../../../src/design/cross-checks/types.ts';
import { deviceLinkFrom } from '../../../src/integrations/entra/mapping.ts';
import { DeviceLink } from '../../../src/integrations/entra/schema.ts';
import type { LinkConnectivity } from '../../../src/integrations/entra/types.ts';
import { entraView } from '../../../src/integrations/entra/view.ts';
import type { MistService } from '../../../src/integrations/mist/types.ts';
import { mistView } from '../../../src/integrations/mist/view.ts';
import { LAN, MAC, makeWorld, type Shape, type World } from '../../sandbox/data-plane/world.ts';

const FOREIGN_CONNECTOR = {
  provider: 'zscaler-ipsec',
  primary: { hosts: ['165.225.1.1'], wan_names: ['wan0'] },
  psk: 'foreign',
};

/** What an organisation's applications hold, as the router and Mist both know them. */
export interface Applications {
  [name: string]: { addresses: string[]; anyProtocol: boolean };
}

/** A two-sided configuration that works, with somebody else's rules and connector beside it. */
export interface HealthySite {
  readonly world: World;
  readonly applications: Applications;
  readonly tenants: readonly string[];
  /** How many sessions have to stand. */
  readonly sessions: number;
  /** The largest packet that the tunnels carry, in bytes; undefined = any. */
  pathMtu?: number;
}

/** Both sides as the bot would leave them, on a simulated data plane that judges them by itself. */
export function healthySite(shape: Shape): HealthySite {
  const world = makeWorld(shape);
  const applications: Applications = {
    'Microsoft-SSE': { addresses: ['0.0.0.0/1', '128.0.0.0/1'], anyProtocol: true },
    Internet: { addresses: ['0.0.0.0/0'], anyProtocol: true },
  };
  world.edge.servicePolicies = [
    { name: 'microsoft-sse', tenants: ['Lab'], services: ['Microsoft-SSE'], action: 'allow' },
    { name: 'internet', tenants: ['Lab'], services: ['Internet'], action: 'allow', path_preference: 'dia' },
  ];
  for (const group of Object.values(world.edge.bgpConfig)) {
    (group as Record<string, unknown>)['no_readvertise_to_overlay'] = true;
  }
  world.edge.tunnelConfigs['zscaler'] = FOREIGN_CONNECTOR;
  return { world, applications, tenants: ['Lab'], sessions: (shape.links ?? 1) * (shape.zones ?? 1) };
}

/** The site as the bot reads it: through the same parsers and mappings that read the vendors' answers. */
export function viewsOf({ world, applications }: HealthySite): SiteViews {
  const { store, network, edge } = world;
  const rows = [...store.links.values()].filter((row) => row.networkId === network.id);
  const instances = new Gateways(store, { endpointMs: 0 }).instances();
  const links = rows.map((row) => deviceLinkFrom(DeviceLink.parse(row.resource)));
  const connectivity = rows.map((row): LinkConnectivity => ({
    linkId: row.resource.id,
    linkName: row.resource.name,
    instances: instances
      .filter((instance) => instance.linkId === row.resource.id)
      .map(({ endpoint, asn, bgpAddress }) => ({ endpoint, asn, bgpAddress, region: network.region })),
    device: { endpoint: '', asn: 0, bgpAddress: '' },
  }));
  const associated = store.profiles.filter((p) => p.associations.some((a) => a.branchId === network.id));
  const services = Object.entries(applications).map(([name, { addresses, anyProtocol }]): MistService => ({
    id: name,
    name,
    type: 'custom',
    addresses,
    anyProtocol,
  }));
  const around: Surroundings = {
    otherNetworks: { read: true, value: [] },
    occupied: { read: true, value: [] },
    maxNetworks: 10,
    maxLinks: 4,
    bandwidthPoolMbps: 5000,
    reserved: { networks: 0, bandwidthMbps: 0 },
    microsoftPrefixes: { read: true, value: microsoftPrefixes(world) },
  };
  return {
    entra: {
      read: true,
      value: entraView(
        {
          id: network.id,
          name: network.name,
          region: network.region,
          links,
          profiles: associated.map((p) => ({
            id: p.id,
            name: p.name,
            type: p.trafficForwardingType,
            enabled: p.state === 'enabled',
          })),
        },
        { read: true, value: connectivity },
      ),
    },
    mist: {
      read: true,
      value: mistView({
        siteName: 'lyon',
        deviceName: 'edge',
        isHa: false,
        latlng: undefined,
        config: {
          tunnel_configs: edge.tunnelConfigs,
          bgp_config: edge.bgpConfig,
          routing_policies: edge.routingPolicies,
          service_policies: edge.servicePolicies,
        },
        wans: edge.wanPorts.map(({ name, key, node, publicIp }) => ({
          name,
          key,
          node,
          ip: publicIp,
          ipType: 'static',
          disabled: false,
        })),
        networks: [{ name: 'Lab', prefix: LAN, tenants: ['Lab'] }],
        services,
        organisation: [],
      }),
    },
    around,
  };
}

function microsoftPrefixes(world: World): string[] {
  return announcedPrefixes({ ...world.store.profile('m365'), state: 'enabled' });
}

/** What is broken on the wire, in words; undefined where everything works, also after two rekeys. Knows nothing of the bot's rules. */
export function brokenOnTheWire(site: HealthySite): string | undefined {
  const { world, sessions } = site;
  world.settle();
  world.advance(4200);
  const tunnels = world.plane.tunnels(MAC).filter(({ name }) => name !== 'zscaler');
  const down = tunnels.filter(({ up }) => !up);
  if (tunnels.length === 0 || down.length > 0) return `tunnel down: ${down.map((t) => t.lastEvent).join()}`;
  const peers = world.plane.bgpPeers(MAC).filter(({ state }) => state === 'established');
  if (peers.length !== sessions) return `${peers.length} of ${sessions} sessions`;
  if (peers.some(({ learned }) => learned.length === 0)) return 'no routes';
  if (!microsoftForwards(world)) return 'the gateway drops the traffic';
  return strayTraffic(site);
}

/** Microsoft's gateway drops traffic whose profile is not enabled and associated, whatever it announces. */
function microsoftForwards({ store, network }: World): boolean {
  const { state, associations } = store.profile('m365');
  return state === 'enabled' && associations.some(({ branchId }) => branchId === network.id);
}

/** A packet of each of Microsoft's prefixes takes the tunnel only if our rule is both the first and the most specific that matches. */
function strayTraffic({ world, applications, tenants }: HealthySite): string | undefined {
  for (const tenant of tenants) {
    for (const prefix of microsoftPrefixes(world)) {
      const matching = world.edge.servicePolicies.flatMap((rule) => {
        const names = rule['services'] as string[];
        const hits = names.flatMap((name) =>
          (applications[name]?.addresses ?? []).filter((cidr) => covers(cidr, prefix)),
        );
        const isFor = (rule['tenants'] as string[]).includes(tenant);
        const narrow = names.some((name) => applications[name]?.anyProtocol === false);
        return isFor && hits.length > 0 ? [{ rule, narrow, bits: Math.max(...hits.map(bitsOf)) }] : [];
      });
      const first = matching[0];
      const longest = matching.toSorted((a, b) => b.bits - a.bits)[0];
      const isRouted =
        first !== undefined &&
        first === longest &&
        !first.narrow &&
        first.rule['action'] === 'allow' &&
        first.rule['path_preference'] === undefined;
      if (!isRouted) return `${prefix} of ${tenant} goes astray`;
    }
  }
  return undefined;
}

function bitsOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

function covers(cidr: string, prefix: string): boolean {
  const bits = bitsOf(cidr);
  if (bits > bitsOf(prefix)) return false;
  const number = (text: string): number =>
    (text.split('/')[0] ?? '').split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - bits);
  return Math.floor(number(cidr) / size) === Math.floor(number(prefix) / size);
}
