import { entraSummary, mistSummary } from '../control/summary.ts';
import type { RunningDataPlane } from '../data-plane/data-plane.ts';
import type { BgpPeerState, TunnelState, WanEdge } from '../data-plane/views.ts';
import type { FaultBook } from '../http/faults.ts';
import type { MistSim } from '../mist/mist-sim.ts';
import type { DeviceRecord } from '../mist/store.ts';
import type { World } from '../world.ts';
import type { ChangeWatch } from './changes.ts';
import type {
  Conditions,
  ConnectorLine,
  NetworkState,
  PeerLine,
  PortLine,
  SiteLine,
  ZoneLine,
} from './page-types.ts';

/** The part of the data plane that the page reads. */
export type Observed = Pick<RunningDataPlane, 'tunnels' | 'bgpPeers'> &
  Partial<Pick<RunningDataPlane, 'zone2ThroughZone1'>>;

/** The bot's connectors are named `mssse-{wan}`; everything else on a router is somebody else's. */
const OURS = 'mssse-';

/** Both sides and what runs between them, sites with a connector to Microsoft first. Keys stay out. */
export function networkState(
  world: Pick<World, 'entra' | 'mist' | 'slack'> & Partial<Pick<World, 'workers'>>,
  plane: Observed | undefined,
  changes: ChangeWatch,
): NetworkState {
  const sites = world.mist.wanEdges().map((edge) => siteLine(world.mist, edge, plane));
  const entra = remoteNetworks(entraSummary(world.entra));
  const mist = deviceKeys(mistSummary(world.mist));
  const rank = (site: SiteLine): number => (site.connectors.some((one) => one.isOurs) ? 0 : 1);
  return {
    conditions: conditionsOf(world, plane),
    lastChange: changes.look({ Entra: entra, Mist: mist }),
    sites: sites.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)),
    workers: world.workers?.list() ?? [],
    zones: zoneLines(world),
    entra,
    mist,
  };
}

function conditionsOf(
  { entra, mist, slack }: Pick<World, 'entra' | 'mist' | 'slack'>,
  plane: Observed | undefined,
): Conditions {
  return {
    tenantOnboarded: entra.store.tenant.onboardingStatus === 'onboarded',
    zone2ThroughZone1: plane?.zone2ThroughZone1 ?? true,
    entraAnswers: answers(entra.faults),
    mistAnswers: answers(mist.faults),
    slackAnswers: answers(slack.faults),
  };
}

/** Whether no fault hits every call for good. */
function answers(faults: FaultBook): boolean {
  return !faults
    .list()
    .some(({ fault }) => fault.times === -1 && fault.path === undefined && fault.method === undefined);
}

function siteLine({ store }: MistSim, edge: WanEdge, plane: Observed | undefined): SiteLine {
  const device = store.devices.get(edge.deviceId);
  const tunnels = plane?.tunnels(edge.mac) ?? [];
  const peers = plane?.bgpPeers(edge.mac) ?? [];
  const running = Object.keys(edge.tunnelConfigs);
  const saved = namesOf(device?.body['tunnel_configs']).filter((name) => !running.includes(name));
  return {
    name: store.sites.get(edge.siteId)?.body.name ?? edge.siteId,
    device: device?.body.name ?? edge.deviceId,
    online: edge.online,
    configStatus: device?.configStatus ?? 'unknown',
    ports: edge.wanPorts.map((port) => portLine(port, device)),
    connectors: [
      ...running.flatMap((name) => connectorLines(name, edge, tunnels, peers)),
      ...saved.map((name) => connectorLine(name, 'not applied', 'saved in Mist, not running on the device')),
    ].toSorted((a, b) => Number(b.isOurs) - Number(a.isOurs)),
  };
}

function namesOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function portLine(
  { name, key, node, publicIp, up }: WanEdge['wanPorts'][number],
  device?: DeviceRecord,
): PortLine {
  return { name, key, node, publicIp, isUp: up, isPlugged: device?.ports[name]?.up ?? true };
}

/** A connector has one tunnel per node and link that it runs on; all of them count. */
function connectorLines(
  name: string,
  edge: WanEdge,
  tunnels: readonly TunnelState[],
  peers: readonly BgpPeerState[],
): ConnectorLine[] {
  if (!edge.online) return [connectorLine(name, 'not reported', 'the device is offline')];
  const own = tunnels.filter((tunnel) => tunnel.name === name);
  if (own.length === 0) return [connectorLine(name, 'not reported')];
  return own.map((tunnel) => ({
    name,
    isOurs: name.startsWith(OURS),
    wan: tunnel.wanName,
    peerIp: tunnel.peerIp,
    state: tunnel.up ? 'up' : 'down',
    isUp: tunnel.up,
    detail: tunnel.up ? rekeys(tunnel.rekeys) : tunnel.lastEvent,
    peers: peers.filter((peer) => peer.tunnel === name && peer.node === tunnel.node).map(peerLine),
  }));
}

function connectorLine(name: string, state: string, detail = ''): ConnectorLine {
  const isOurs = name.startsWith(OURS);
  return { name, isOurs, wan: '', peerIp: '', state, isUp: false, detail, peers: [] };
}

function rekeys(count: number): string {
  return count === 0 ? '' : `rekeyed ${count === 1 ? 'once' : `${count} times`}`;
}

function peerLine(peer: BgpPeerState): PeerLine {
  return {
    neighbor: peer.neighbor,
    asn: peer.neighborAs,
    state: peer.state,
    isUp: peer.state === 'established',
    learned: peer.learned.length,
    announced: peer.announced.length,
  };
}

function zoneLines({ entra }: Pick<World, 'entra'>): ZoneLine[] {
  return [...entra.store.links.values()].flatMap(({ resource, deadZones }) => {
    const redundant = resource.redundancyConfiguration.redundancyTier === 'zoneRedundancy';
    const zones: readonly (1 | 2)[] = redundant ? [1, 2] : [1];
    return zones.map((zone) => ({ link: resource.name, zone, alive: !deadZones.has(zone) }));
  });
}

function remoteNetworks(summary: unknown): NetworkState['entra'] {
  const { networks } = summary as { networks: readonly { name: string }[] };
  return networks.map((network) => ({ name: network.name, json: network }));
}

const STATE_KEYS = new Set(['device', 'online', 'configStatus']);

/** Devices that set something themselves; the others inherit everything from their template. */
function deviceKeys(summary: unknown): NetworkState['mist'] {
  const { sites, applications } = summary as {
    sites: Record<string, Record<string, unknown>>;
    applications: unknown;
  };
  const devices = Object.entries(sites).map(([name, held]) => {
    const own = Object.entries(held).filter(([key, value]) => !STATE_KEYS.has(key) && value !== undefined);
    return { name, json: Object.fromEntries(own), isEmpty: own.length === 0 };
  });
  const shown = devices.filter((device) => !device.isEmpty).map(({ name, json }) => ({ name, json }));
  return [...shown, { name: 'Applications of the organisation', json: applications }];
}
