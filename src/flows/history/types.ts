import type { Json } from '../../../db/types.ts';
import type { CardState, SiteRef } from '../request-types.ts';

/** A decision as it was recorded, with the digest that it was about. */
export interface RecordedDecision {
  readonly user: string;
  readonly action: string;
  readonly revision: number;
  readonly digest: string;
  readonly at: number;
  readonly reason?: string;
}

/** What became of one request, from rows alone. */
export interface HistoryEntry {
  readonly requestId: string;
  readonly state: CardState;
  readonly verb: string;
  readonly site: SiteRef;
  readonly requester: string;
  readonly createdAt: number;
  readonly ticket?: string;
  /** Its change window in words of the installation's zone. */
  readonly window?: string;
  readonly digest: string;
  readonly decisions: readonly RecordedDecision[];
  /** Operations that changed something, or were to, in the plan's order. */
  readonly operations: readonly { readonly what: string; readonly state: string; readonly at?: number }[];
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The status line of a verified site, else why it ended so. */
  readonly result?: string;
}

/** A page of requests, newest first. */
export interface HistoryPage {
  /** Whose; undefined = of all sites. */
  readonly site?: SiteRef;
  readonly entries: readonly HistoryEntry[];
  readonly offset: number;
  readonly perPage: number;
  readonly hasMore: boolean;
}

/**
 * Everything that proves one change: who asked for what, who decided about which plan, what was done with what stood before and
 * after, how it was verified, and the rows of the audit with their hashes. Plain data without a secret; times are ISO 8601 in UTC.
 */
export interface Evidence {
  readonly format: 'sse-evidence/1';
  readonly madeAt: string;
  readonly request: { readonly [key: string]: Json };
  readonly inputs: Json;
  /** The plan's file: digest, design, operations with both sides before and after, preflight. */
  readonly plan: Json;
  readonly decisions: readonly { readonly [key: string]: Json }[];
  readonly runs: readonly EvidenceRun[];
  readonly verification: Json;
  readonly audit: {
    readonly rows: readonly EvidenceRow[];
    /** The chain's last row when the pack was made. */
    readonly head: { readonly seq: number; readonly hash: string };
    readonly howToVerify: readonly string[];
  };
}

export interface EvidenceRun {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly failure: Json;
  readonly steps: readonly {
    readonly id: string;
    readonly what: string;
    readonly side: string;
    readonly state: string;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly before: readonly string[];
    readonly after: readonly string[];
    /** IDs and readings that the step left. */
    readonly output: Json;
    readonly failure: Json;
  }[];
  readonly journal: readonly {
    readonly seq: number;
    readonly at: string;
    readonly step: string;
    readonly event: string;
  }[];
}

/** A row of the audit; `isMasked`: its text held what must not leave, and the hash cannot be computed from what is shown. */
export interface EvidenceRow {
  readonly seq: number;
  readonly at: number;
  readonly time: string;
  readonly actor: string;
  readonly action: string;
  readonly requestId: string | null;
  readonly data: string;
  readonly previous: string;
  readonly hash: string;
  readonly isMasked?: true;
}
