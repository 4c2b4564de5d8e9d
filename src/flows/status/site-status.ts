import type { Failure, Result } from '../../base/failure.ts';
import type { HealthEvent } from '../../integrations/entra/types.ts';
import type {
  BgpPeerStat,
  DeviceStats,
  RoutesByNeighbor,
  TunnelStat,
} from '../../integrations/mist/types.ts';
import { accepted } from '../onboard/expected-prefixes.ts';
import type { Agreement, DeviceStatus, FactAge, SiteStatus, TunnelStatus } from '../types.ts';
import { contradicted, entraView } from './entra-view.ts';
import type { SiteLayout } from './layout.ts';
import { tunnelStatus } from './session-rows.ts';
import { statusLine } from './status-line.ts';
import { verdictOf } from './verdict.ts';

/** What was read of one site. What was not asked for is missing. */
export interface Readings {
  readonly tunnels: Result<readonly TunnelStat[]>;
  readonly peers: Result<readonly BgpPeerStat[]>;
  readonly device?: Result<Pick<DeviceStats, 'connected' | 'lastSeenMs'> & Partial<DeviceStats>>;
  readonly health?: Result<readonly HealthEvent[]>;
  readonly routes?: Result<RoutesByNeighbor>;
  readonly agreement?: Result<Agreement>;
}

/** Joins what both vendors said into one view. Pure. */
export function siteStatus(layout: SiteLayout, now: number, readings: Readings): SiteStatus {
  const { tunnels, peers, device, health, routes, agreement } = readings;
  const seen = device?.ok ? deviceStatus(device.value) : undefined;
  const silentSinceMs = seen?.connected === false ? (seen.lastSeenMs ?? 0) : undefined;
  const rows = {
    tunnels: tunnels.ok ? tunnels.value : undefined,
    peers: peers.ok ? peers.value : undefined,
    ...(silentSinceMs !== undefined && { silentSinceMs }),
  };
  const view = layout.connectors.map((connector) => tunnelStatus(connector, rows, now));
  const neighbors = view.flatMap((t) => t.neighbors);
  const tunnelsUp = countUp(view);
  const neighborsUp = countUp(neighbors);
  const routeCount = routes ? countRoutes(layout, routes) : onlyNeighborsRoutes(neighbors);
  const unread = [
    ...unreadOf('Mist device', device),
    ...unreadOf('Mist tunnels', tunnels),
    ...unreadOf('Mist BGP neighbors', peers),
    ...unreadOf('Entra health log', health),
    ...unreadOf('learned routes', routes),
    ...unreadOf('the two configurations', agreement),
  ];
  const events = health?.ok ? health.value : [];
  const compared = agreement?.ok ? agreement.value : undefined;
  const verdict = verdictOf({
    ...(seen && { device: seen }),
    tunnels: view,
    routes: routeCount ?? (isCut(routes) ? 'cut' : routes ? 'unread' : 'not asked'),
    unread: unread.length,
    contradicted: contradicted(events, layout, view, now),
    differences: compared?.differences.length ?? 0,
  });
  return {
    site: layout.site,
    atMs: now,
    ...(seen && { device: seen }),
    tunnels: routes?.ok ? withLearned(view, routes.value) : view,
    ...(tunnelsUp !== undefined && { tunnelsUp }),
    ...(neighborsUp !== undefined && { neighborsUp }),
    neighborsExpected: neighbors.length,
    ...(routeCount !== undefined && { routes: routeCount }),
    entra: entraView(events, layout, view),
    ...(compared && { agreement: compared }),
    unread,
    ages: agesOf(now, readings),
    severity: verdict.severity,
    verdict: layout.bypassed ? `Bypassed, no traffic uses the tunnels. ${verdict.text}` : verdict.text,
    line: statusLine(layout.site.name, {
      tunnelsUp,
      tunnelsExpected: view.length,
      neighborsUp,
      neighborsExpected: neighbors.length,
      routes: routeCount,
    }),
  };
}

function deviceStatus(
  stats: Pick<DeviceStats, 'connected' | 'lastSeenMs'> & Partial<DeviceStats>,
): DeviceStatus {
  const { connected, lastSeenMs, isHa, configStatus, configTimestampMs, version } = stats;
  return {
    connected,
    ...(lastSeenMs !== undefined && { lastSeenMs }),
    ...(isHa !== undefined && { isHa }),
    ...(configStatus !== undefined && { configStatus }),
    ...(configTimestampMs !== undefined && { configTimestampMs }),
    ...(version !== undefined && { version }),
  };
}

/** Unknown as soon as one of them is: "0 of 1" would say that it is down. */
function countUp(parts: readonly { readonly up?: boolean }[]): number | undefined {
  if (parts.some((part) => part.up === undefined)) return undefined;
  return parts.filter((part) => part.up).length;
}

/** Distinct prefixes over all neighbors, as the verification counts them; a listing that was cut counts nothing. */
function countRoutes(layout: SiteLayout, answer: Result<RoutesByNeighbor>): number | undefined {
  if (!answer.ok || !answer.value.answered || isCut(answer)) return undefined;
  const design = { refuse: { name: '', prefixes: layout.refused } };
  return new Set(accepted(design, [...answer.value.prefixes.values()].flat())).size;
}

function isCut(answer: Result<RoutesByNeighbor> | undefined): boolean {
  return answer?.ok === true && answer.value.end === 'cut';
}

/** Several neighbors announce the same prefixes, so that their counts say nothing about distinct ones. */
function onlyNeighborsRoutes(neighbors: TunnelStatus['neighbors']): number | undefined {
  const [only] = neighbors;
  return neighbors.length === 1 && only?.up !== undefined ? only.rxRoutes : undefined;
}

function withLearned(view: readonly TunnelStatus[], routes: RoutesByNeighbor): readonly TunnelStatus[] {
  if (!routes.answered || routes.end === 'cut') return view;
  return view.map((tunnel) => ({
    ...tunnel,
    neighbors: tunnel.neighbors.map((neighbor) => {
      const learned = routes.prefixes.get(neighbor.address)?.length;
      return { ...neighbor, ...(learned !== undefined && { learned }) };
    }),
  }));
}

/** How old each kind of fact is. What is read from a router or an API on the spot is as old as the reading. */
function agesOf(now: number, { device, peers, health, routes, agreement }: Readings): readonly FactAge[] {
  const ages: FactAge[] = [];
  const add = (what: string, atMs: number | undefined): void =>
    void ages.push({ what, ...(atMs !== undefined && { atMs }) });
  if (device?.ok) add('router', device.value.lastSeenMs);
  if (peers.ok && peers.value.length > 0) add('BGP', oldest(peers.value.map((row) => row.atMs)));
  if (routes?.ok && routes.value.answered && !isCut(routes)) add('routes', now);
  const newest = health?.ok ? health.value[0]?.atMs : undefined;
  if (newest !== undefined) add('Entra log', newest);
  if (agreement?.ok) add('configuration', now);
  return ages;
}

/** Unknown as soon as one of them is. */
function oldest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === times.length ? Math.min(...known) : undefined;
}

/** What to say of a reading that failed; nothing of one that succeeded or was not made. */
export function unreadOf(
  what: string,
  answer: Result<unknown> | undefined,
): { what: string; failure: Failure }[] {
  return answer && !answer.ok ? [{ what, failure: answer.failure }] : [];
}
