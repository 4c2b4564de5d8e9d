import { filterRoutes, type Route } from './routing-policy.ts';
import { connectorsOf, tunnelNeighborsOf, type Connector, type Neighbor } from './running-config.ts';
import { checkSession, stepSession, type SessionRuntime } from './session.ts';
import { basisOf, checkTunnel, portOf } from './tunnel-check.ts';
import { stepTunnel, type Reauthentication, type TunnelRuntime } from './tunnel-machine.ts';
import type {
  BgpPeerState,
  EntraSide,
  GatewayInstance,
  MistSide,
  Timing,
  TunnelState,
  WanEdge,
} from './views.ts';

/** What all routers share during one evaluation. */
export interface Surroundings {
  readonly entra: Pick<EntraSide, 'recordHealth'>;
  readonly mist: Pick<MistSide, 'recordEvent'>;
  readonly timing: Timing;
  readonly zone2ThroughZone1: boolean;
  readonly reauthentication: Reauthentication;
  readonly byEndpoint: ReadonlyMap<string, GatewayInstance>;
  readonly byLink: ReadonlyMap<string, readonly GatewayInstance[]>;
}

interface Tunnel {
  connector: Connector;
  runtime: TunnelRuntime;
  nextAliveAt: number;
}

interface Session {
  neighbor: Neighbor;
  node: 'node0' | 'node1';
  runtime: SessionRuntime;
  /** The tunnel's peer while the session was up, for the record of its end. */
  carrier: TunnelRuntime['peer'];
}

/** Rough traffic per millisecond of an up tunnel, so that byte counters grow. */
const BYTES_PER_MS = { sent: 41, received: 187 };

/** One router: its tunnels and BGP sessions over time. */
export class EdgePlane {
  #edge: WanEdge;
  #softwareReadyAt: number | undefined;
  readonly #tunnels = new Map<string, Tunnel>();
  readonly #sessions = new Map<string, Session>();

  constructor(edge: WanEdge) {
    this.#edge = edge;
  }

  /** Re-evaluates everything at `now` and reports what changed to both sides. */
  step(edge: WanEdge, now: number, around: Surroundings): void {
    this.#edge = edge;
    const connectors = connectorsOf(edge);
    if (connectors.length > 0 && edge.online) this.#softwareReadyAt ??= now + around.timing.softwareInstallMs;
    const ready = this.#softwareReadyAt !== undefined && now >= this.#softwareReadyAt;
    this.#stepTunnels(ready ? connectors : [], now, around);
    this.#stepSessions(connectors, now, around);
    this.#recordAlive(now, around);
  }

  /** Ends everything, as when the router is removed. */
  end(around: Surroundings): void {
    for (const [key, session] of this.#sessions) this.#endSession(key, session, around);
    for (const [name, tunnel] of this.#tunnels) this.#endTunnel(name, tunnel, around);
  }

  #stepTunnels(connectors: readonly Connector[], now: number, around: Surroundings): void {
    const present = new Set(connectors.map(({ name }) => name));
    for (const [name, tunnel] of this.#tunnels) if (!present.has(name)) this.#endTunnel(name, tunnel, around);
    for (const connector of connectors) {
      const check = checkTunnel(this.#edge, connector, around.byEndpoint);
      const before = this.#tunnels.get(connector.name);
      const { runtime, event } = stepTunnel(before?.runtime, check, basisOf(connector, check), now, around);
      const nextAliveAt = event === 'up' ? now + around.timing.aliveMs : (before?.nextAliveAt ?? 0);
      this.#tunnels.set(connector.name, { connector, runtime, nextAliveAt });
      if (event) this.#reportTunnel(connector.name, runtime, event, around);
    }
  }

  #endTunnel(name: string, { runtime }: Tunnel, around: Surroundings): void {
    this.#tunnels.delete(name);
    if (runtime.phase !== 'up') return;
    this.#reportTunnel(name, { ...runtime, phase: 'down', lastEvent: 'removed' }, 'down', around);
  }

  #reportTunnel(name: string, runtime: TunnelRuntime, event: 'up' | 'down', around: Surroundings): void {
    const up = event === 'up';
    const { mac } = this.#edge;
    around.mist.recordEvent({
      type: up ? 'GW_TUNNEL_UP' : 'GW_TUNNEL_DOWN',
      mac,
      tunnel: name,
      ...(!up && { reason: runtime.lastEvent }),
    });
    const description = up ? undefined : `DisconnectReason: ${runtime.lastEvent}`;
    this.#recordHealth(up ? 'tunnelConnected' : 'tunnelDisconnected', runtime.peer, around, description);
  }

  #stepSessions(connectors: readonly Connector[], now: number, around: Surroundings): void {
    const neighbors = tunnelNeighborsOf(this.#edge);
    const present = new Set(neighbors.map(keyOf));
    for (const [key, session] of this.#sessions)
      if (!present.has(key)) this.#endSession(key, session, around);
    for (const neighbor of neighbors) {
      const key = keyOf(neighbor);
      const tunnel = this.#tunnels.get(neighbor.tunnelName);
      const carrier = tunnel?.runtime.phase === 'up' ? tunnel.runtime.peer : undefined;
      // The stored peer is as old as the session; what the gateway says now is looked up again.
      const tunnelPeer = carrier && around.byEndpoint.get(carrier.instance.endpoint);
      const check = checkSession(neighbor, {
        connector: connectors.find(({ name }) => name === neighbor.tunnelName),
        tunnelPeer,
        siblings: tunnelPeer ? (around.byLink.get(tunnelPeer.linkId) ?? []) : [],
        zone2ThroughZone1: around.zone2ThroughZone1,
      });
      const before = this.#sessions.get(key);
      const { runtime, event } = stepSession(before?.runtime, check, now, around.timing.bgpUpMs);
      const session: Session = {
        neighbor,
        node: tunnel?.runtime.peer?.port.node ?? 'node0',
        runtime,
        carrier: carrier ?? before?.carrier,
      };
      this.#sessions.set(key, session);
      if (event) this.#reportSession(session, event, around);
    }
  }

  #endSession(key: string, session: Session, around: Surroundings): void {
    this.#sessions.delete(key);
    if (session.runtime.state === 'established') this.#reportSession(session, 'down', around);
  }

  #reportSession({ neighbor, carrier }: Session, event: 'up' | 'down', around: Surroundings): void {
    const up = event === 'up';
    const type = up ? 'GW_BGP_NEIGHBOR_UP' : 'GW_BGP_NEIGHBOR_DOWN';
    around.mist.recordEvent({ type, mac: this.#edge.mac, neighbor: neighbor.address });
    this.#recordHealth(up ? 'bgpConnected' : 'bgpDisconnected', carrier, around);
  }

  #recordAlive(now: number, around: Surroundings): void {
    for (const [name, tunnel] of this.#tunnels) {
      const { runtime } = tunnel;
      if (runtime.phase !== 'up' || now < tunnel.nextAliveAt) continue;
      const elapsed = now - tunnel.nextAliveAt + around.timing.aliveMs;
      tunnel.nextAliveAt = now + around.timing.aliveMs;
      this.#recordHealth('remoteNetworkAlive', runtime.peer, around, undefined, {
        bgpRoutesAdvertisedCount: this.#announcedOver(name),
        sentBytes: Math.round(elapsed * BYTES_PER_MS.sent),
        receivedBytes: Math.round(elapsed * BYTES_PER_MS.received),
      });
    }
  }

  #announcedOver(tunnelName: string): number {
    const prefixes = new Set<string>();
    for (const { neighbor, runtime } of this.#sessions.values()) {
      if (neighbor.tunnelName !== tunnelName || runtime.state !== 'established') continue;
      for (const prefix of runtime.instance?.announces ?? []) prefixes.add(prefix);
    }
    return prefixes.size;
  }

  #recordHealth(
    status: Parameters<EntraSide['recordHealth']>[0]['status'],
    peer: TunnelRuntime['peer'],
    around: Surroundings,
    description?: string,
    counters = { bgpRoutesAdvertisedCount: 0, sentBytes: 0, receivedBytes: 0 },
  ): void {
    if (!peer) return;
    around.entra.recordHealth({
      remoteNetworkId: peer.instance.remoteNetworkId,
      status,
      sourceIp: peer.port.publicIp,
      destinationIp: peer.instance.endpoint,
      ...(description !== undefined && { description }),
      ...counters,
    });
  }

  /** Rows of the connectors that the router has ever tried; none while its IPsec software is being installed. */
  tunnels(): TunnelState[] {
    return [...this.#tunnels.values()].map(({ connector, runtime }) => {
      const port = portOf(this.#edge, connector);
      const up = runtime.phase === 'up';
      return {
        mac: this.#edge.mac,
        node: port?.node ?? 'node0',
        name: connector.name,
        wanName: connector.wanName,
        localIp: port?.publicIp ?? '',
        peerIp: connector.host,
        up,
        ...(up && { upSince: runtime.since }),
        lastEvent: runtime.lastEvent,
        rekeys: runtime.rekeys,
      };
    });
  }

  bgpPeers(): BgpPeerState[] {
    const { networks, routingPolicies } = this.#edge;
    return [...this.#sessions.values()].map(({ neighbor, node, runtime }) => {
      const instance = runtime.state === 'established' ? runtime.instance : undefined;
      const offered: Route[] = (instance?.announces ?? []).map((prefix) => ({
        prefix,
        protocol: 'bgp',
        asPath: [neighbor.neighborAs],
      }));
      const own: Route[] = networks.map(({ name, subnet }) => ({
        prefix: subnet,
        protocol: 'direct',
        network: name,
        asPath: [],
      }));
      return {
        mac: this.#edge.mac,
        node,
        neighbor: neighbor.address,
        neighborAs: neighbor.neighborAs,
        localAs: neighbor.localAs,
        tunnel: neighbor.tunnelName,
        state: runtime.state,
        ...(instance && { upSince: runtime.since }),
        learned: prefixesOf(filterRoutes(offered, neighbor.importPolicy, routingPolicies)),
        announced: instance ? prefixesOf(filterRoutes(own, neighbor.exportPolicy, routingPolicies)) : [],
      };
    });
  }
}

function keyOf({ group, address }: Neighbor): string {
  return `${group}|${address}`;
}

function prefixesOf(routes: readonly Route[]): string[] {
  return routes.map(({ prefix }) => prefix);
}
