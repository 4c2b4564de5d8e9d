import { attempt } from '../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../base/failure.ts';
import type { SiteDesign } from '../design/types.ts';
import type { BgpPeerStat, LearnedRoutes, TunnelStat } from '../integrations/mist/types.ts';
import { Outputs } from './onboard/outputs.ts';
import { isEstablished, neighborRow, tunnelRow } from './live/observed.ts';
import type { FlowParts } from './parts.ts';
import { statusLine } from './status-line.ts';
import type { SiteRef, SiteStatus, TunnelStatus } from './types.ts';

const ENTRA_WINDOW_MS = 24 * 3_600_000;

/** Reads both sides of a connected site, everything side by side; what could not be read is unknown, never "down". */
export async function readStatus(parts: FlowParts, siteId: string): Promise<Result<SiteStatus>> {
  const row = await parts.store.sites.get(siteId);
  if (!row) return failed(notConnected());
  const design = row.design as unknown as SiteDesign;
  const site: SiteRef = { id: row.siteId, name: row.name };
  const addresses = design.links.flatMap((l) =>
    l.connectors.flatMap((c) => c.sessions.map((s) => s.microsoftBgp)),
  );
  const networkId = remoteNetworkId(row.live);
  const now = parts.clock.now();
  const [tunnels, peers, health, ...routes] = await Promise.all([
    attempt(parts.mist.tunnels({ siteId })),
    attempt(parts.mist.bgpPeers({ siteId })),
    attempt(
      parts.entra.healthEvents({
        ...(networkId !== undefined && { remoteNetworkId: networkId }),
        sinceMs: now - ENTRA_WINDOW_MS,
        limit: 50,
      }),
    ),
    ...addresses.map((neighbor) => attempt(parts.mist.learnedRoutes(siteId, design.device.id, { neighbor }))),
  ]);
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
  const routeCount = countRoutes(routes);
  const tunnelsUp = tunnels.ok ? view.filter((t) => t.up === true).length : undefined;
  const neighborsUp = peers.ok
    ? view.flatMap((t) => t.neighbors).filter((n) => n.up === true).length
    : undefined;
  const unread = [
    ...unreadOf('Mist tunnels', tunnels),
    ...unreadOf('Mist BGP neighbors', peers),
    ...unreadOf('Entra health log', health),
    ...routes.flatMap((r, i) => unreadOf(`routes from ${addresses[i] ?? '?'}`, r)),
  ];
  return ok({
    site,
    atMs: now,
    tunnels: view,
    ...(tunnelsUp !== undefined && { tunnelsUp }),
    ...(neighborsUp !== undefined && { neighborsUp }),
    neighborsExpected: addresses.length,
    ...(routeCount !== undefined && { routes: routeCount }),
    entra: health.ok ? newestPerTunnel(health.value) : [],
    unread,
    verdict: verdictOf(view, routeCount, unread.length),
    line: statusLine(site.name, {
      tunnelsUp,
      tunnelsExpected: view.length,
      neighborsUp,
      neighborsExpected: addresses.length,
      routes: routeCount,
    }),
  });
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
      up: row.up,
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

/** Distinct prefixes over all neighbors; unknown as soon as one neighbor could not be asked. */
function countRoutes(answers: readonly Result<LearnedRoutes>[]): number | undefined {
  const prefixes = new Set<string>();
  for (const answer of answers) {
    if (!answer.ok || !answer.value.answered) return undefined;
    for (const prefix of answer.value.prefixes) prefixes.add(prefix);
  }
  return prefixes.size;
}

function newestPerTunnel<T extends { deviceIp?: string; microsoftIp?: string; atMs: number }>(
  events: readonly T[],
): T[] {
  const newest = new Map<string, T>();
  for (const event of events) {
    const key = `${event.deviceIp ?? ''} ${event.microsoftIp ?? ''}`;
    const known = newest.get(key);
    if (!known || event.atMs > known.atMs) newest.set(key, event);
  }
  return [...newest.values()];
}

function verdictOf(tunnels: readonly TunnelStatus[], routes: number | undefined, unread: number): string {
  const neighbors = tunnels.flatMap((t) => t.neighbors);
  const down = tunnels.filter((t) => t.up === false);
  if (down.length === tunnels.length && down.length > 0) return 'Down: no tunnel is up.';
  if (down.length > 0) return `Degraded: ${down.map((t) => t.name).join(', ')} is down.`;
  const silent = neighbors.filter((n) => n.up === false);
  if (silent.length > 0)
    return `Degraded: neighbor ${silent.map((n) => n.address).join(', ')} is not established.`;
  if (unread > 0 || tunnels.some((t) => t.up === undefined))
    return 'Not everything could be read; what is missing is listed.';
  if (neighbors.some((n) => n.up === undefined))
    return 'Tunnels are up; Mist does not report every neighbor yet.';
  if (routes === undefined) return 'Tunnels and neighbors are up; the routes could not be read.';
  if (routes === 0) return 'Degraded: everything is up, but no route is learned.';
  return 'Up: every tunnel and neighbor, with routes.';
}

function unreadOf(what: string, answer: Result<unknown>): { what: string; failure: Failure }[] {
  return answer.ok ? [] : [{ what, failure: answer.failure }];
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
