import type { Failure } from '../base/failure.ts';
import type { SiteRef } from './request-types.ts';

/** A row of one node, where the nodes of a pair report a session each. */
export interface NodeState {
  readonly node: string;
  readonly state: string;
}

export interface NeighborStatus {
  readonly address: string;
  readonly zone?: 1 | 2;
  readonly node?: string;
  /** `established`, …; undefined = not reported by Mist. */
  readonly state?: string;
  /** undefined = not reported, or reported too long ago to say. */
  readonly up?: boolean;
  readonly uptimeSeconds?: number;
  readonly rxRoutes?: number;
  readonly txRoutes?: number;
  /** Prefixes that the router lists as learned from it. */
  readonly learned?: number;
  /** Epoch ms of Mist's row. */
  readonly atMs?: number;
  /** Since when the row is outdated: `state` is then what was last known. */
  readonly staleSinceMs?: number;
  readonly nodes?: readonly NodeState[];
}

export interface TunnelStatus {
  readonly name: string;
  readonly wan?: string;
  readonly node?: string;
  readonly peerIp?: string;
  /** undefined = not reported, which is not "down". */
  readonly up?: boolean;
  readonly uptimeSeconds?: number;
  readonly lastEvent?: string;
  /** Since when the row is outdated; `lastKnown` is what it said. */
  readonly staleSinceMs?: number;
  readonly lastKnown?: string;
  readonly nodes?: readonly NodeState[];
  readonly neighbors: readonly NeighborStatus[];
}

export interface DeviceStatus {
  /** Whether the router reports to Mist; it may forward traffic all the same. */
  readonly connected: boolean;
  readonly lastSeenMs?: number;
  readonly isHa?: boolean;
  readonly configStatus?: string;
  readonly configTimestampMs?: number;
  readonly version?: string;
}

/** One tunnel as Entra's health log has it. */
export interface EntraTunnelView {
  /** Of the newest record. */
  readonly atMs: number;
  readonly status: string;
  readonly tunnel?: string;
  readonly deviceIp?: string;
  readonly microsoftIp?: string;
  readonly description?: string;
  readonly advertisedRoutes?: number;
  readonly advertisedAtMs?: number;
}

/** What came out of comparing both configurations. */
export interface Agreement {
  readonly checked: number;
  /** One sentence for each value that disagrees, with both values; secrets are never shown. */
  readonly differences: readonly string[];
  /** What could not be compared. */
  readonly unknown: readonly string[];
  /** Titles of the comparisons that this look leaves out, because they need more calls; a diagnosis makes them. */
  readonly notJudged: readonly string[];
}

/** When a kind of fact was true; without a time nobody says when, which is not "now". */
export interface FactAge {
  readonly what: string;
  readonly atMs?: number;
}

/** `unknown` = something that matters could not be read or is not reported. */
export type Severity = 'down' | 'degraded' | 'unknown' | 'up';

/** One site as both vendors report it now. What could not be read is undefined here and `?` in the line. */
export interface SiteStatus {
  readonly site: SiteRef;
  readonly atMs: number;
  readonly device?: DeviceStatus;
  readonly tunnels: readonly TunnelStatus[];
  readonly tunnelsUp?: number;
  readonly neighborsUp?: number;
  readonly neighborsExpected: number;
  /** Distinct prefixes learned from Microsoft's neighbors. */
  readonly routes?: number;
  readonly entra: readonly EntraTunnelView[];
  readonly agreement?: Agreement;
  /** What could not be read, with the hint. */
  readonly unread: readonly { readonly what: string; readonly failure: Failure }[];
  readonly ages: readonly FactAge[];
  readonly severity: Severity;
  /** One plain sentence. */
  readonly verdict: string;
  /** `<site>: tunnels 2/2, BGP 4/4, routes 812`. */
  readonly line: string;
}

/** What a list of many sites keeps of each. */
export type FleetSite = Pick<SiteStatus, 'site' | 'severity' | 'verdict' | 'line'>;

/** All connected sites, worst first. */
export interface Fleet {
  readonly atMs: number;
  readonly sites: readonly FleetSite[];
  /** Organisation-wide readings that failed. */
  readonly unread: SiteStatus['unread'];
  readonly counts: Readonly<Record<Severity, number>>;
}
