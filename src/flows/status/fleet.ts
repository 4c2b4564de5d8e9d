import { attempt } from '../../base/attempt.ts';
import { ok, type Result } from '../../base/failure.ts';
import type { BySite } from '../../integrations/mist/types.ts';
import type { FlowParts } from '../parts.ts';
import type { Fleet, FleetSite, Severity, SiteStatus } from '../types.ts';
import { layoutOf } from './layout.ts';
import { siteStatus, unreadOf } from './site-status.ts';

type FleetParts = Pick<FlowParts, 'store' | 'mist' | 'clock'>;

const FRESH_MS = 60_000;

/** Reading every connected site at once. */
export interface FleetReader {
  /** With `maxAgeMs` an earlier reading of this process is good enough, if it is no older. */
  read(maxAgeMs?: number): Promise<Fleet>;
}

/** Readings are kept for a minute, so that turning a page or choosing a filter asks nobody. */
export function createFleetReader(parts: FleetParts): FleetReader {
  let kept: { readonly at: number; readonly fleet: Promise<Fleet> } | undefined;
  return {
    read(maxAgeMs = 0) {
      const now = parts.clock.now();
      if (kept && now - kept.at <= Math.min(maxAgeMs, FRESH_MS)) return kept.fleet;
      const fleet = readFleet(parts);
      kept = { at: now, fleet };
      fleet.catch(() => {
        kept = undefined;
      });
      return fleet;
    },
  };
}

/** Sites that are read from the database together: a design is far larger than what is kept of it. */
const BATCH = 100;

/**
 * Every connected site as Mist reports it, worst first, from three lists over the whole organisation. Routes are asked of no
 * router: they are known where a site has one neighbor alone, whose count is then the site's.
 */
async function readFleet(parts: FleetParts): Promise<Fleet> {
  const now = parts.clock.now();
  const first = await parts.store.sites.page(undefined, BATCH);
  if (first.length === 0) return { atMs: now, sites: [], counts: countsOf([]), unread: [] };
  const [tunnels, peers, silent] = await Promise.all([
    attempt(parts.mist.tunnelStates()),
    attempt(parts.mist.peerStates()),
    attempt(parts.mist.silentDevices()),
  ]);
  const away = silent.ok ? new Map(silent.value.map((device) => [device.siteId, device])) : undefined;
  const sites: Ranked[] = [];
  for (let rows = first; rows.length > 0;) {
    for (const row of rows) {
      const offline = away?.get(row.siteId);
      const status = siteStatus(layoutOf(row), now, {
        tunnels: ofSite(tunnels, row.siteId),
        peers: ofSite(peers, row.siteId),
        ...(silent.ok ? offline && { device: ok(offline) } : { device: silent }),
      });
      const { site, severity, verdict, line } = status;
      sites.push({ site: { ...site }, severity, verdict, line, down: shareDown(status) });
    }
    rows = await parts.store.sites.page(rows.at(-1)?.siteId, BATCH);
  }
  sites.sort(worstFirst);
  const unread = [
    ...unreadOf('Mist device', silent),
    ...unreadOf('Mist tunnels', tunnels),
    ...unreadOf('Mist BGP neighbors', peers),
  ];
  return {
    atMs: now,
    sites: sites.map(({ down: _, ...site }) => site),
    counts: countsOf(sites),
    unread,
  };
}

interface Ranked extends FleetSite {
  readonly down: number;
}

function ofSite<T>(answer: Result<BySite<T>>, siteId: string): Result<readonly T[]> {
  return answer.ok ? ok(answer.value.get(siteId) ?? []) : answer;
}

const ORDER: Readonly<Record<Severity, number>> = { down: 0, degraded: 1, unknown: 2, up: 3 };

function worstFirst(a: Ranked, b: Ranked): number {
  return (
    ORDER[a.severity] - ORDER[b.severity] ||
    b.down - a.down ||
    (a.site.name < b.site.name ? -1 : a.site.name > b.site.name ? 1 : 0)
  );
}

/** Share of what should be up and is not; what is not known counts half. */
function shareDown({ tunnels, neighborsUp, neighborsExpected }: SiteStatus): number {
  const down = tunnels.reduce((sum, t) => sum + (t.up === true ? 0 : t.up === false ? 1 : 0.5), 0);
  return down + (neighborsExpected - (neighborsUp ?? neighborsExpected / 2)) / 10;
}

function countsOf(sites: readonly FleetSite[]): Fleet['counts'] {
  const counts = { down: 0, degraded: 0, unknown: 0, up: 0 };
  for (const { severity } of sites) counts[severity] += 1;
  return counts;
}
