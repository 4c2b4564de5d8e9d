import { edgeEventText } from '../../../../sandbox/mist/events.ts';
import type { BgpPeerStat, DeviceEvent, TunnelStat } from '../../../../src/integrations/mist/types.ts';
import type { HealthEvent } from '../../../../src/integrations/entra/types.ts';
import type { Evidence, PingEvidence } from '../../../../src/flows/diagnose/types.ts';
import { viewsOf, type HealthySite } from '../../../design/cross-checks/healthy-site.ts';
import { MAC } from '../../../sandbox/data-plane/world.ts';

/** In the simulated world a second of an SA's lifetime lasts a millisecond; evidence is in real time. */
const PACE = 1000;

/** What the bot would have read of a simulated site now: rows, events and health records of the data plane, and both configurations. */
export function evidenceOf(site: HealthySite): Evidence {
  const { world } = site;
  const { plane, edge, log } = world;
  const start = log[0]?.at ?? world.now();
  const real = (at: number): number => start + (at - start) * PACE;
  const now = real(world.now());
  const since = (at: number | undefined): { uptimeSeconds?: number } =>
    at === undefined ? {} : { uptimeSeconds: Math.floor((now - real(at)) / 1000) };
  const newestFirst = log.toReversed();
  return {
    now,
    views: viewsOf(site),
    inEntra: 'found',
    device: {
      read: true,
      value: {
        connected: edge.online,
        status: edge.online ? 'connected' : 'disconnected',
        lastSeenMs: now,
        portIps: Object.fromEntries(edge.wanPorts.map((port) => [port.name, port.publicIp])),
      },
    },
    tunnels: {
      read: true,
      value: plane.tunnels(MAC).map((row): TunnelStat => ({
        mac: row.mac,
        siteId: edge.siteId,
        node: row.node,
        name: row.name,
        wanName: row.wanName,
        peerIp: row.peerIp,
        up: row.up,
        lastEvent: row.lastEvent,
        ...since(row.upSince),
      })),
    },
    peers: {
      read: true,
      value: plane.bgpPeers(MAC).map((row): BgpPeerStat => ({
        mac: row.mac,
        siteId: edge.siteId,
        node: row.node,
        neighbor: row.neighbor,
        neighborAs: row.neighborAs,
        localAs: row.localAs,
        state: row.state,
        up: row.state === 'established',
        rxRoutes: row.learned.length,
        txRoutes: row.announced.length,
        atMs: now,
        ...since(row.upSince),
      })),
    },
    events: {
      read: true,
      value: newestFirst.flatMap((entry): DeviceEvent[] =>
        'event' in entry
          ? [
              {
                atMs: real(entry.at),
                type: entry.event.type,
                mac: entry.event.mac,
                text: String(edgeEventText(entry.event).text),
              },
            ]
          : [],
      ),
    },
    // A router that is away is asked nothing.
    ...(edge.online && { path: { read: true, value: pathOf(site) } as const, pings: pingsOf(site) }),
    health: {
      read: true,
      value: newestFirst.flatMap((entry): HealthEvent[] =>
        'health' in entry
          ? [
              {
                atMs: real(entry.at),
                remoteNetworkId: entry.health.remoteNetworkId,
                status: entry.health.status,
                deviceIp: entry.health.sourceIp,
                microsoftIp: entry.health.destinationIp,
              },
            ]
          : [],
      ),
    },
  };
}

/** The router's packets to Microsoft's BGP addresses: 84 bytes, and 1,380 as Microsoft's MTU says. */
function pingsOf({ world, pathMtu }: HealthySite): PingEvidence[] {
  const peers = world.plane.bgpPeers(MAC);
  return peers.map(({ neighbor, state }) => {
    const answers = state === 'established';
    return { address: neighbor, small: answers, large: answers && 1380 <= (pathMtu ?? Infinity) };
  });
}

/**
 * Interfaces by which the router would send the traffic of the application, as the simulated `show_service_path` says: the rule's own path,
 * else the tunnels from which anything is learned, else where the tenants' other traffic goes.
 */
function pathOf({ world }: HealthySite): string[] {
  const { edge, plane } = world;
  const own = edge.servicePolicies.find(
    ({ action, services }) => action === 'allow' && (services as string[]).includes('Microsoft-SSE'),
  );
  if (!own) return [];
  const port = edge.wanPorts[0]?.name ?? '';
  if (own['path_preference'] !== undefined) return [port];
  const tunnels = plane
    .bgpPeers(MAC)
    .filter(({ state, learned }) => state === 'established' && learned.length > 0)
    .map(({ tunnel }) => tunnel);
  return tunnels.length > 0 ? [...new Set(tunnels)] : [port];
}
