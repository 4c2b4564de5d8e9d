import { attempt } from '../../base/attempt.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import { readConfiguredSite } from '../live/site-views.ts';
import { expectedPrefixes } from '../onboard/expected-prefixes.ts';
import type { FlowParts } from '../parts.ts';
import { configuredLayout } from '../status/configured-layout.ts';
import { designOf, layoutOf, neighborAddresses, type SiteLayout } from '../status/layout.ts';
import { readRoutes } from '../status/read-status.ts';
import { packPrefixes, unpackPrefixes } from './packed-prefixes.ts';
import { routeReport, type RouteReport } from './route-report.ts';

/**
 * Reads a site's learned routes, compares them with what its profiles promise and with the reading before, and keeps them for the next
 * one. A listing that was cut is shown and not kept.
 */
export async function readSiteRoutes(parts: FlowParts, siteId: string): Promise<Result<RouteReport>> {
  const subject = await subjectOf(parts, siteId);
  if (!subject.ok) return subject;
  const { layout, expected: reading } = subject.value;
  if (neighborAddresses(layout).length === 0) return failed(noNeighbor(layout.site.name));
  const now = parts.clock.now();
  const device = await attempt(parts.mist.deviceStats(layout.site.id, layout.deviceId));
  if (device.ok && !device.value.connected) return failed(offline(layout.site.name));
  const [routes, expected, before] = await Promise.all([
    attempt(readRoutes(parts, layout)),
    reading,
    parts.store.observations.latest(siteId, 'routes'),
  ]);
  if (!routes.ok) return routes;
  if (!routes.value.answered) return failed(silent(layout.site.name));
  const kept = unpackPrefixes(before?.data);
  const end = routes.value.end ?? 'uncounted';
  const report = routeReport(layout, {
    now,
    prefixes: routes.value.prefixes,
    end,
    expected: expected.ok ? expected.value : undefined,
    earlier: before && kept && { atMs: before.at, prefixes: kept },
    unread: expected.ok ? [] : [`prefixes of the traffic profiles: ${expected.failure.hint}`],
  });
  if (end !== 'cut') {
    const learned = report.rows.flatMap(({ prefix, verdict }) => (verdict === 'refused' ? [] : [prefix]));
    await parts.store.observations.add({ siteId, kind: 'routes', at: now, data: packPrefixes(learned) });
  }
  return ok(report);
}

interface Subject {
  readonly layout: SiteLayout;
  readonly expected: Promise<Result<readonly string[] | undefined>>;
}

async function subjectOf(parts: FlowParts, siteId: string): Promise<Result<Subject>> {
  const row = await parts.store.sites.get(siteId);
  if (row) return ok({ layout: layoutOf(row), expected: expectedPrefixes(parts, designOf(row)) });
  const known = await readConfiguredSite(parts, siteId);
  if (!known.ok) return known;
  const prefixes = known.value.views.around?.microsoftPrefixes;
  const promised = prefixes?.read && prefixes.value.length > 0 ? prefixes.value : undefined;
  return ok({ layout: configuredLayout(known.value), expected: Promise.resolve(ok(promised)) });
}

function noNeighbor(site: string): Failure {
  return {
    code: 'flow.no_neighbor',
    message: 'no neighbor is configured',
    hint: `${site} has no BGP neighbor at Microsoft, so it learns nothing. /sse diagnose ${site} says what is missing.`,
    retryable: false,
  };
}

function offline(site: string): Failure {
  return {
    code: 'flow.router_offline',
    message: 'the router is offline',
    hint: `The router of ${site} does not report to Mist, so nobody can ask it for its routes.`,
    retryable: true,
  };
}

function silent(site: string): Failure {
  return {
    code: 'flow.router_silent',
    message: 'the router did not answer',
    hint: `The router of ${site} did not print its routes in time: that is unknown, not "no routes". Try again in a minute.`,
    retryable: true,
  };
}
