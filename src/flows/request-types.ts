import type { Failure } from '../base/failure.ts';
import type { Option } from '../design/types.ts';
import type { Topology } from './topology.ts';

/** A Mist site. */
export interface SiteRef {
  readonly id: string;
  readonly name: string;
}

/** What preflight found for one rule. */
export interface PreflightItem {
  readonly id: string;
  readonly verdict: 'pass' | 'warning' | 'fail' | 'unknown';
  /** What was checked, in a few words. */
  readonly what: string;
  readonly seen: string;
  /** How to mend it; empty for a pass. */
  readonly mend: string;
}

export interface PlanLine {
  readonly id: string;
  readonly side: 'entra' | 'mist' | 'both';
  readonly what: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface StepView {
  readonly id: string;
  readonly side: 'entra' | 'mist' | 'both';
  readonly what: string;
  readonly state: 'pending' | 'doing' | 'waiting' | 'done' | 'failed' | 'undoing' | 'undone' | 'skipped';
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly progress?: string;
  /** It waits for a vendor's call budget until then, epoch ms. */
  readonly until?: number;
  readonly failure?: Failure;
}

/** First words of a card's fallback, as docs/guides name them. */
export const CARD_STATES = [
  'Plan',
  'Running',
  'Onboarded',
  'Verified',
  'Changed',
  'Offboarded',
  'Rejected',
  'Expired',
  'Cancelled',
  'Void',
  'Needs decision',
  'Rolled back',
  'Failed',
] as const;
export type CardState = (typeof CARD_STATES)[number];

/** Everything that a request's card shows; made from rows alone. */
export interface RequestView {
  readonly id: string;
  readonly state: CardState;
  readonly verb: string;
  readonly site: SiteRef;
  readonly channel: string;
  readonly requester: string;
  readonly ticket?: string;
  /** Where the request has one. */
  readonly option?: Option;
  /** Label and value pairs of what was asked for. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly plan: readonly PlanLine[];
  readonly preflight: readonly PreflightItem[];
  /** Sentences: which sites and devices are touched, which keys stop being inherited. */
  readonly blastRadius: readonly string[];
  readonly advice: readonly string[];
  readonly digest: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it may begin. `words` and `opens` say so in the installation's zone. */
  readonly window?: {
    readonly opensAt: number;
    readonly closesAt: number;
    readonly words: string;
    readonly opens: string;
    /** Approvals are complete: it starts when the window opens, or waits for what `reason` says. */
    readonly isApproved: boolean;
  };
  /** No rule failed, nobody decided yet, and approvals are still wanted. */
  readonly canApprove: boolean;
  /** Failures that keep it from being approved and that an approver may accept; only where nothing else is in the way. */
  readonly toAccept?: readonly PreflightItem[];
  /** Who accepted what failed in this revision. */
  readonly acceptances?: readonly { readonly user: string; readonly at: number }[];
  /** Whether what was asked can be asked differently in the form. */
  readonly canEdit: boolean;
  /** False where what was done cannot be undone (any more). */
  readonly canRollBack: boolean;
  /** Who asked the run to stop, while it has not stopped yet. */
  readonly stopBy?: string;
  readonly approvals: readonly { readonly user: string; readonly at: number }[];
  readonly approvalsNeeded: number;
  /** Changes are frozen: nothing can be approved now. */
  readonly frozen?: { readonly by: string; readonly reason: string };
  /** When the thread was reminded that this revision is about to expire. */
  readonly remindedAt?: number;
  /** Who edited the plan last; cannot approve it. */
  readonly lastEditor?: string;
  /** What is different from the plan before, as diff lines. */
  readonly changes?: readonly string[];
  readonly steps: readonly StepView[];
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** What it waits for, or why it ended so. */
  readonly reason?: string;
  readonly failure?: Failure;
  /** What is left behind; empty where nothing is. */
  readonly left: readonly string[];
  /** `<site>: tunnels 1/1, BGP 1/1, routes 25`, where the site is up. */
  readonly statusLine?: string;
  /** Shown with the outcome: second look due, path proof, expected prefixes. */
  readonly outcome: readonly string[];
  /** What is planned, or stands as the verification saw it. */
  readonly topology?: Topology;
}
