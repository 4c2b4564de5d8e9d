import type { Failure, Result } from '../base/failure.ts';
import type { InputProblem, Option } from '../design/types.ts';
import type { Topology } from './topology.ts';

/** Who does something, as Slack's payload says it. */
export interface Actor {
  readonly user: string;
  readonly teamId: string;
}

export interface SiteRef {
  readonly id: string;
  readonly name: string;
}

/** A choice of a modal's select: `value` is what interface names promise, `label` what a person reads. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The lists of a form, for selects that are too long to carry their options. */
export type ChoiceList = 'devices' | 'wans' | 'regions' | 'bandwidths' | 'networks' | 'ikes';

/** Raw strings of step 2 by block id (`link1_wan`, `range_a`, …); `networks` is a list. Absent = left empty. */
export type FormValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What step 2 of the onboard modal shows: choices and initial values read from both live sides. */
export interface OnboardForm {
  readonly draftId: string;
  readonly site: SiteRef;
  readonly option: Option;
  readonly linkCount: 1 | 2;
  readonly zoneRedundant: boolean;
  readonly devices: readonly Choice[];
  readonly wans: readonly Choice[];
  readonly regions: readonly Choice[];
  readonly bandwidths: readonly Choice[];
  readonly networks: readonly Choice[];
  readonly ikes: readonly Choice[];
  readonly initial: FormValues;
  /** What could not be read or deserves attention, in sentences. */
  readonly notes: readonly string[];
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
  readonly failure?: Failure;
}

/** First words of a card's fallback, as docs/guides name them. */
export type CardState =
  | 'Plan'
  | 'Running'
  | 'Onboarded'
  | 'Verified'
  | 'Changed'
  | 'Offboarded'
  | 'Rejected'
  | 'Expired'
  | 'Cancelled'
  | 'Void'
  | 'Needs decision'
  | 'Rolled back'
  | 'Failed';

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
  /** No rule failed and nobody decided yet. */
  readonly canApprove: boolean;
  /** Whether what was asked can be asked differently in the form. */
  readonly canEdit: boolean;
  /** False where what was done cannot be undone (any more). */
  readonly canRollBack: boolean;
  /** Who asked the run to stop, while it has not stopped yet. */
  readonly stopBy?: string;
  readonly approvals: readonly { readonly user: string; readonly at: number }[];
  readonly approvalsNeeded: number;
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

export type DecisionAnswer =
  /** The decision took effect (the card will change); `message` is for the person alone. */
  | { readonly kind: 'accepted'; readonly message: string }
  /** It did not; `message` says why and what to do. */
  | { readonly kind: 'refused'; readonly message: string };

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
}

/** When a kind of fact was true. */
export interface FactAge {
  readonly what: string;
  readonly atMs: number;
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

/** A request that somebody named. */
export interface RequestRef {
  readonly id: string;
  readonly requester: string;
  readonly siteName: string;
  readonly isRunning: boolean;
}

/** A request that was stored; its card follows in this channel. */
export type Posted = Result<{ readonly requestId: string; readonly channel: string }>;

/** The rows behind the cards, for the projector. */
export interface CardFeed {
  /** Requests whose card is out of date, oldest first, with the outbox position to confirm. */
  pending(): Promise<readonly { readonly requestId: string; readonly seq: number }[]>;
  confirm(requestId: string, seq: number): Promise<void>;
  onAdded(listener: () => void): void;
  view(requestId: string): Promise<RequestView | undefined>;
  /** The posted message, if any. */
  card(
    requestId: string,
  ): Promise<{ readonly channel: string; readonly ts?: string; readonly drawn?: string } | undefined>;
  saveCard(
    requestId: string,
    card: { readonly channel: string; readonly ts?: string; readonly drawn?: string },
  ): Promise<void>;
}

/** What the commands can ask for. Nothing here throws for an expected outcome. */
export interface Flows {
  /** Sites whose name contains the text, by name; from a short-lived cache. */
  searchSites(query: string, limit: number): Promise<Result<readonly SiteRef[]>>;
  /** By ID, exact name or unique prefix (case ignored); the failure's hint names the nearest or the several candidates. */
  findSite(nameOrId: string): Promise<Result<SiteRef>>;
  /** Reads both live sides for step 2. The failure's hint says what is in the way (not an SSR, request already open, …). */
  openForm(
    actor: Actor,
    request: { readonly siteId: string; readonly option: Option; readonly channel: string },
  ): Promise<Result<OnboardForm>>;
  /** The same for Edit: prefilled with what the request holds. Requester only. */
  reopenForm(actor: Actor, requestId: string): Promise<Result<OnboardForm>>;
  /** Choices of one list of an open form whose label contains the text; empty where the form is gone. No remote call. */
  formChoices(draftId: string, list: ChoiceList, query: string, limit: number): Promise<readonly Choice[]>;
  /** Problems at their fields, from what was typed and the draft's snapshot alone. Empty = acceptable. Fast: no remote call. */
  checkForm(draftId: string, values: FormValues): Promise<Result<readonly InputProblem[]>>;
  /** Preflight, plan, request row (or a new revision of the edited one). The card follows through the feed. */
  submitForm(
    actor: Actor,
    draftId: string,
    values: FormValues,
  ): Promise<Result<{ readonly requestId: string; readonly channel: string }>>;
  /** `revision` is the one that the approver's card showed: an edit since then is refused, to be looked at first. */
  approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer>;
  reject(actor: Actor, requestId: string, reason: string): Promise<DecisionAnswer>;
  cancel(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  retry(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  rollBack(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  keep(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** By ID, a unique beginning of it, or the name of the site whose open request it is. */
  findRequest(text: string): Promise<Result<RequestRef>>;
  /** Asks a run to stop at its next safe point; its card then asks what to do with it. */
  stopRun(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** Puts a plan up that takes a connected site back on both sides. */
  offboard(actor: Actor, where: { readonly site: SiteRef; readonly channel: string }): Promise<Posted>;
  requester(requestId: string): Promise<string | undefined>;
  status(siteId: string): Promise<Result<SiteStatus>>;
  /** Every site that the bot has connected, worst first; an earlier reading where it is no older than this. */
  fleet(maxAgeMs?: number): Promise<Result<Fleet>>;
  readonly cards: CardFeed;
}
