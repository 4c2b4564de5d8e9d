import type { SiteRow } from '../../db/types.ts';
import { attempt } from '../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../base/failure.ts';
import type { SiteDesign } from '../design/types.ts';
import type { HealthEvent } from '../integrations/entra/types.ts';
import type { BgpPeerStat, RoutesByNeighbor, TunnelStat } from '../integrations/mist/types.ts';
import { accepted } from './onboard/expected-prefixes.ts';
import { Outputs } from './onboard/outputs.ts';
import { isEstablished, neighborRow, tunnelRow } from './live/observed.ts';
import type { FlowParts } from './parts.ts';
import { statusLine } from './status-line.ts';
import type { SiteStatus, TunnelStatus } from './types.ts';

const ENTRA_WINDOW_MS = 24 * 3_600_000;

/** What was read of one site. What was not asked for is missing. */
interface Answers {
  readonly tunnels: Result<readonly TunnelStat[]>;
  readonly peers: Result<readonly BgpPeerStat[]>;
  readonly health?: Result<readonly HealthEvent[]>;
  readonly routes?: Result<RoutesByNeighbor>;
}

/** Reads both sides of a connected site, everything side by side; what could not be read is unknown, never "down". */
export async function readStatus(parts: FlowParts, siteId: string): Promise<Result<SiteStatus>> {
  const row = await parts.store.sites.get(siteId);
  if (!row) return failed(notConnected());
  const design = designOf(row);
  const networkId = remoteNetworkId(row.live);
  const now = parts.clock.now();
  const [tunnels, peers, health, routes] = await Promise.all([
    attempt(parts.mist.tunnels({ siteId })),
    attempt(parts.mist.bgpPeers({ siteId })),
    attempt(
      parts.entra.healthEvents({
        ...(networkId !== undefined && { remoteNetworkId: networkId }),
        sinceMs: now - ENTRA_WINDOW_MS,
        limit: 50,
      }),
    ),
    attempt(readRoutes(parts, design)),
  ]);
  return ok(statusOf(row, now, { tunnels, peers, health, routes }));
}

/**
 * Learned routes of every neighbor. Several are read from one listing; what a router prints without a neighbor is not
 * published, so whoever has no route in it is asked for by name.
 */
async function readRoutes(parts: FlowParts, design: SiteDesign): Promise<RoutesByNeighbor> {
  const neighbors = neighborsOf(design);
  const { id } = design.device;
  const one =
    neighbors.length > 1 ? await parts.mist.routesByNeighbor(design.site.id, id, { neighbors }) : undefined;
  const prefixes = new Map(one?.prefixes);
  const missing = neighbors.filter((neighbor) => (prefixes.get(neighbor)?.length ?? 0) === 0);
  const answers = await Promise.all(
    missing.map((neighbor) => parts.mist.learnedRoutes(design.site.id, id, { neighbor })),
  );
  missing.forEach((neighbor, i) => prefixes.set(neighbor, answers[i]?.prefixes ?? []));
  return { prefixes, answered: answers.every((answer) => answer.answered) };
}

/**
 * Every connected site as Mist reports it, from two searches over the whole organisation. Routes are asked of no router:
 * they are known where a site has one neighbor alone, whose count is then the site's.
 */
export async function readFleet(parts: FlowParts): Promise<readonly SiteStatus[]> {
  const rows = await parts.store.sites.all();
  if (rows.length === 0) return [];
  const [tunnels, peers] = await Promise.all([
    attempt(parts.mist.tunnels({})),
    attempt(parts.mist.bgpPeers({})),
  ]);
  const tunnelsOf = bySite(tunnels);
  const peersOf = bySite(peers);
  const now = parts.clock.now();
  return rows.map((row) =>
    statusOf(row, now, { tunnels: tunnelsOf(row.siteId), peers: peersOf(row.siteId) }),
  );
}

function bySite<T extends { readonly siteId: string }>(
  answer: Result<readonly T[]>,
): (siteId: string) => Result<readonly T[]> {
  if (!answer.ok) return () => answer;
  const groups = Map.groupBy(answer.value, (row) => row.siteId);
  return (siteId) => ok(groups.get(siteId) ?? []);
}

function statusOf(row: SiteRow, now: number, answers: Answers): SiteStatus {
  const { tunnels, peers, health, routes } = answers;
  const design = designOf(row);
  const view = design.links.flatMap((link) =>
    link.connectors.map((connector) =>
      tunnelStatus(
        connector.name,
        link.wan,
        connector.sessions.map((s) => s.microsoftBgp),
        tunnels,
        peers,
      ),
    ),
  );
  const neighbors = view.flatMap((t) => t.neighbors);
  const tunnelsUp = countUp(view);
  const neighborsUp = countUp(neighbors);
  const routeCount = routes ? countRoutes(design, routes) : onlyNeighborsRoutes(neighbors);
  const unread = [
    ...unreadOf('Mist tunnels', tunnels),
    ...unreadOf('Mist BGP neighbors', peers),
    ...unreadOf('Entra health log', health),
    ...unreadOf('learned routes', routes),
  ];
  return {
    site: { id: row.siteId, name: row.name },
    atMs: now,
    tunnels: view,
    ...(tunnelsUp !== undefined && { tunnelsUp }),
    ...(neighborsUp !== undefined && { neighborsUp }),
    neighborsExpected: neighbors.length,
    ...(routeCount !== undefined && { routes: routeCount }),
    entra: health?.ok ? newestPerTunnel(health.value) : [],
    unread,
    verdict: verdictOf(view, routes ? (routeCount ?? 'unread') : (routeCount ?? 'not asked'), unread.length),
    line: statusLine(row.name, {
      tunnelsUp,
      tunnelsExpected: view.length,
      neighborsUp,
      neighborsExpected: neighbors.length,
      routes: routeCount,
    }),
  };
}

function designOf(row: SiteRow): SiteDesign {
  return row.design as unknown as SiteDesign;
}

function neighborsOf(design: SiteDesign): readonly string[] {
  return design.links.flatMap((l) => l.connectors.flatMap((c) => c.sessions.map((s) => s.microsoftBgp)));
}

function tunnelStatus(
  name: string,
  wan: string,
  addresses: readonly string[],
  tunnels: Result<readonly TunnelStat[]>,
  peers: Result<readonly BgpPeerStat[]>,
): TunnelStatus {
  const row = tunnels.ok ? tunnelRow(tunnels.value, name) : undefined;
  return {
    name,
    wan,
    ...(row && {
      ...(row.up !== undefined && { up: row.up }),
      ...(row.node !== undefined && { node: row.node }),
      ...(row.peerIp !== undefined && { peerIp: row.peerIp }),
      ...(row.uptimeSeconds !== undefined && { uptimeSeconds: row.uptimeSeconds }),
      ...(row.lastEvent !== undefined && { lastEvent: row.lastEvent }),
    }),
    neighbors: addresses.map((address) => {
      const peer = peers.ok ? neighborRow(peers.value, address) : undefined;
      return {
        address,
        ...(peer && {
          state: peer.state,
          up: isEstablished(peer),
          ...(peer.node !== undefined && { node: peer.node }),
          ...(peer.uptimeSeconds !== undefined && { uptimeSeconds: peer.uptimeSeconds }),
          ...(peer.rxRoutes !== undefined && { rxRoutes: peer.rxRoutes }),
          ...(peer.txRoutes !== undefined && { txRoutes: peer.txRoutes }),
        }),
      };
    }),
  };
}

/** Unknown as soon as one of them is: "0 of 1" would say that it is down. */
function countUp(parts: readonly { readonly up?: boolean }[]): number | undefined {
  if (parts.some((part) => part.up === undefined)) return undefined;
  return parts.filter((part) => part.up).length;
}

/** Distinct prefixes over all neighbors, as the verification counts them. */
function countRoutes(design: SiteDesign, answer: Result<RoutesByNeighbor>): number | undefined {
  if (!answer.ok || !answer.value.answered) return undefined;
  return new Set(accepted(design, [...answer.value.prefixes.values()].flat())).size;
}

/** Several neighbors announce the same prefixes, so that their counts say nothing about distinct ones. */
function onlyNeighborsRoutes(neighbors: TunnelStatus['neighbors']): number | undefined {
  return neighbors.length === 1 ? neighbors[0]?.rxRoutes : undefined;
}

function newestPerTunnel(events: readonly HealthEvent[]): HealthEvent[] {
  const newest = new Map<string, HealthEvent>();
  for (const event of events) {
    const key = `${event.deviceIp ?? ''} ${event.microsoftIp ?? ''}`;
    const known = newest.get(key);
    if (!known || event.atMs > known.atMs) newest.set(key, event);
  }
  return [...newest.values()];
}

function verdictOf(
  tunnels: readonly TunnelStatus[],
  routes: number | 'unread' | 'not asked',
  unread: number,
): string {
  const neighbors = tunnels.flatMap((t) => t.neighbors);
  const down = tunnels.filter((t) => t.up === false);
  if (down.length === tunnels.length && down.length > 0) return 'Down: no tunnel is up.';
  if (down.length > 0) return `Degraded: ${down.map((t) => t.name).join(', ')} is down.`;
  const silent = neighbors.filter((n) => n.up === false);
  if (silent.length > 0)
    return `Degraded: neighbor ${silent.map((n) => n.address).join(', ')} is not established.`;
  if (unread > 0) return 'Not everything could be read; what is missing is listed.';
  if (tunnels.some((t) => t.up === undefined)) return 'Mist does not report every tunnel yet.';
  if (neighbors.some((n) => n.up === undefined))
    return 'Tunnels are up; Mist does not report every neighbor yet.';
  if (routes === 'unread') return 'Tunnels and neighbors are up; the routes could not be read.';
  if (routes === 'not asked') return 'Up: every tunnel and neighbor.';
  if (routes === 0) return 'Degraded: everything is up, but no route is learned.';
  return 'Up: every tunnel and neighbor, with routes.';
}

function unreadOf(what: string, answer: Result<unknown> | undefined): { what: string; failure: Failure }[] {
  return answer && !answer.ok ? [{ what, failure: answer.failure }] : [];
}

function remoteNetworkId(live: unknown): string | undefined {
  const outputs = live as Readonly<Record<string, unknown>> | null;
  return Outputs.network.safeParse(outputs?.['entra.network']).data?.id;
}

function notConnected(): Failure {
  return {
    code: 'flow.site_not_connected',
    message: 'the site is not connected',
    hint: 'This site is not connected to Microsoft SSE by me. `/sse onboard` connects it.',
    retryable: false,
  };
}
