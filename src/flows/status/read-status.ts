import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import type {
  BgpPeerStat,
  DeviceReport,
  ListingEnd,
  RoutesByNeighbor,
  TunnelStat,
} from '../../integrations/mist/types.ts';
import type { FlowParts } from '../parts.ts';
import { readConfiguredSite } from '../live/site-views.ts';
import type { Agreement, SiteStatus } from '../types.ts';
import { agreementOf, OF_WHOLE_SITE, readAgreement } from './agreement.ts';
import { configuredLayout } from './configured-layout.ts';
import { layoutOf, neighborAddresses, type SiteLayout } from './layout.ts';
import { siteStatus } from './site-status.ts';

const ENTRA_WINDOW_MS = 24 * 3_600_000;
const ENTRA_RECORDS = 50;

/**
 * Reads both sides of a site; what could not be read is unknown, never "down". Of a site that the bot connected in five calls side by
 * side; of any other one the configuration on both sides is read first, since only it says what should be up.
 */
export async function readStatus(parts: FlowParts, siteId: string): Promise<Result<SiteStatus>> {
  const row = await parts.store.sites.get(siteId);
  if (row) {
    const layout = layoutOf(row);
    const report = reportOf(parts, layout);
    return ok(await readSite(parts, layout, report, readAgreement(parts, row, layout, report)));
  }
  const known = await readConfiguredSite(parts, siteId);
  if (!known.ok) return known;
  const agreement = Promise.resolve(ok(agreementOf(known.value.views, OF_WHOLE_SITE)));
  const layout = configuredLayout(known.value);
  return ok(await readSite(parts, layout, reportOf(parts, layout), agreement));
}

function reportOf({ mist }: FlowParts, { site, deviceId }: SiteLayout): Promise<Result<DeviceReport>> {
  return attempt(mist.deviceReport(site.id, deviceId));
}

async function readSite(
  parts: FlowParts,
  layout: SiteLayout,
  report: Promise<Result<DeviceReport>>,
  compared: Promise<Result<Agreement>>,
): Promise<SiteStatus> {
  const now = parts.clock.now();
  const { networkId } = layout;
  const [sessions, health, routes, agreement] = await Promise.all([
    report.then((answer) => sessionsOf(parts, layout.site.id, answer)),
    attempt(
      parts.entra.healthEvents({
        ...(networkId !== undefined && { remoteNetworkId: networkId }),
        sinceMs: now - ENTRA_WINDOW_MS,
        limit: ENTRA_RECORDS,
      }),
    ),
    Promise.race([attempt(readRoutes(parts, layout)), whereOffline(report)]),
    compared,
  ]);
  return siteStatus(layout, now, { device: await report, ...sessions, health, routes, agreement });
}

interface Sessions {
  readonly tunnels: Result<readonly TunnelStat[]>;
  readonly peers: Result<readonly BgpPeerStat[]>;
}

/** The rows of one device's report; where Mist gave no lists there, those of the searches. */
export async function sessionsOf(
  parts: FlowParts,
  siteId: string,
  report: Result<DeviceReport>,
): Promise<Sessions> {
  const known = report.ok ? report.value : undefined;
  if (known?.tunnels && known.peers) return { tunnels: ok(known.tunnels), peers: ok(known.peers) };
  const [tunnels, peers] = await Promise.all([
    attempt(parts.mist.tunnels({ siteId })),
    attempt(parts.mist.bgpPeers({ siteId })),
  ]);
  return { tunnels, peers };
}

/** A router that is away prints nothing, and waiting for it takes half a minute: settles once that is known, else never. */
function whereOffline(report: Promise<Result<DeviceReport>>): Promise<Result<RoutesByNeighbor>> {
  return new Promise((resolve) => {
    void report.then((answer) => {
      if (answer.ok && !answer.value.connected) resolve(ok({ prefixes: new Map(), answered: false }));
    });
  });
}

/**
 * Learned routes of every neighbor. Several are read from one listing; what a router prints without a neighbor is not
 * published, so whoever has no route in it is asked for by name.
 */
export async function readRoutes(parts: FlowParts, layout: SiteLayout): Promise<RoutesByNeighbor> {
  const neighbors = neighborAddresses(layout);
  const { site, deviceId } = layout;
  const one =
    neighbors.length > 1 ? await parts.mist.routesByNeighbor(site.id, deviceId, { neighbors }) : undefined;
  const prefixes = new Map(one?.prefixes);
  const missing = neighbors.filter((neighbor) => (prefixes.get(neighbor)?.length ?? 0) === 0);
  const answers = await Promise.all(
    missing.map((neighbor) => parts.mist.learnedRoutes(site.id, deviceId, { neighbor })),
  );
  missing.forEach((neighbor, i) => prefixes.set(neighbor, answers[i]?.prefixes ?? []));
  const end = worstEnd([...(one && missing.length < neighbors.length ? [one] : []), ...answers]);
  return { prefixes, answered: answers.every((answer) => answer.answered), ...(end && { end }) };
}

const ENDS = ['cut', 'uncounted', 'counted'] as const;

/** A listing is only as whole as its worst part. */
function worstEnd(answers: readonly { readonly end?: ListingEnd }[]): ListingEnd | undefined {
  return ENDS.find((end) => answers.some((answer) => answer.end === end));
}
