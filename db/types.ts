import type { Secret } from '../src/base/secret.ts';
import type { AuditStore } from './audit-types.ts';
import type { DeliveryStore, FreezeStore, ReminderStore } from './guard-types.ts';
import type { Json } from './json.ts';
import type { RegistryStore } from './registry-types.ts';
import type { RetentionStore } from './retention.ts';
import type { RunStore } from './run-types.ts';
import type { TransactionMode } from './session.ts';

/**
 * The aggregates that are kept, and one store for each. Times are UTC epoch milliseconds; `Json` columns hold what the
 * flows wrote, never a secret. Every store method may be called inside or outside {@link Store.transaction}.
 */
export type { Json } from './json.ts';
export type { TransactionMode } from './session.ts';
export type { Capacity, RegistryStore, Reservation } from './registry-types.ts';
export type { AuditLink, AuditRow, AuditStore } from './audit-types.ts';
export type { DeliveryStore, FreezeRow, FreezeStore, ReminderStore } from './guard-types.ts';
export {
  RUN_STATES,
  STEP_STATES,
  type RunPatch,
  type RunRow,
  type RunState,
  type RunStore,
  type StepPatch,
  type StepRow,
  type StepState,
} from './run-types.ts';

/** What a request can be in; the card's first word follows from it (docs/architecture.md §5). */
export const REQUEST_STATES = [
  'planned',
  'running',
  'onboarded',
  'verified',
  'changed',
  'offboarded',
  'rejected',
  'expired',
  'cancelled',
  'void',
  'needs-decision',
  'rolled-back',
  'failed',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A change that somebody asked for: inputs, design, plan and what became of it. */
export interface RequestRow {
  readonly id: string;
  readonly verb: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly teamId: string;
  readonly requester: string;
  /** Where the card lives. */
  readonly channel: string;
  readonly state: RequestState;
  /** Digest of the plan that approvals are bound to. */
  readonly digest: string;
  readonly planVersion: number;
  readonly inputs: Json;
  readonly design: Json;
  readonly plan: Json;
  readonly preflight: Json;
  /** Raised at every edit; an approval counts only for its own revision. */
  readonly revision: number;
  readonly createdAt: number;
  /** Until when it can be decided, and may begin: the end of its change window, where it has one. */
  readonly expiresAt: number;
  /** Start of its change window: approved, it begins no earlier. Undefined = it begins when it is approved. */
  readonly opensAt?: number;
  readonly decidedAt?: number;
  /** Why it was rejected, void or failed; shown on the card. */
  readonly reason?: string;
  /** What the verification saw, for the status line. */
  readonly outcome?: Json;
  /** Who edited it last; never counts as an approver. Undefined = nobody has. */
  readonly lastEditor?: string;
  /** Diff lines against the plan before this one: of an edit, or of what moved in the live state. */
  readonly changes?: Json;
}

/** A request in a few words, for lists and look-ups. */
export type RequestHeadline = Pick<RequestRow, 'id' | 'siteId' | 'siteName' | 'state' | 'createdAt'>;

export interface RequestStore {
  insert(row: RequestRow): Promise<void>;
  get(id: string): Promise<RequestRow | undefined>;
  /**
   * The same, and nobody else decides about it until this transaction ends: to be called first by whoever decides, so that
   * everything read after it is what will be true at the commit. Only inside a transaction.
   */
  lock(id: string): Promise<RequestRow | undefined>;
  /** Requests of a site that are planned, running or need a decision. */
  openOfSite(siteId: string): Promise<readonly RequestRow[]>;
  /**
   * Compare and set: changes the row only while it is in one of `from` (and has `revision`, where given). True where it did.
   * A missing `reason` leaves the old one, null clears it.
   */
  move(
    id: string,
    from: readonly RequestState[],
    to: RequestState,
    patch?: { readonly reason?: string | null; readonly decidedAt?: number; readonly outcome?: Json },
    revision?: number,
  ): Promise<boolean>;
  /** New inputs, design, plan, preflight, digest and window for a planned request: revision + 1, expiry renewed, reason cleared. */
  replan(
    id: string,
    revision: number,
    patch: Pick<RequestRow, 'inputs' | 'design' | 'plan' | 'preflight' | 'digest' | 'expiresAt'> &
      Pick<RequestRow, 'lastEditor' | 'changes' | 'opensAt'>,
  ): Promise<boolean>;
  setOutcome(id: string, outcome: Json): Promise<void>;
  /** Planned requests whose time is up. */
  expired(now: number): Promise<readonly RequestRow[]>;
  /** Planned requests whose change window is open. */
  inWindow(now: number): Promise<readonly RequestRow[]>;
  recent(limit: number): Promise<readonly RequestRow[]>;
  /** The newest requests, newest first, without what is in them. */
  headlines(limit: number): Promise<readonly RequestHeadline[]>;
  /** Newest first, from `offset` on; of one site, where it is given. */
  page(filter: {
    readonly siteId?: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<readonly RequestRow[]>;
  /** Planned requests. */
  planned(): Promise<readonly RequestRow[]>;
}

export interface Decision {
  readonly requestId: string;
  readonly revision: number;
  readonly digest: string;
  readonly user: string;
  readonly action: 'approve' | 'accept' | 'reject' | 'cancel' | 'retry' | 'rollback' | 'keep';
  readonly reason?: string;
  readonly at: number;
}

export interface DecisionStore {
  /** False where this user has already decided so on this revision (approve, reject and cancel are unique per user and revision). */
  record(decision: Decision): Promise<boolean>;
  of(requestId: string): Promise<readonly Decision[]>;
}

/** Where a request's card stands in Slack. */
export interface CardRow {
  readonly requestId: string;
  readonly channel: string;
  /** Undefined until posted. */
  readonly ts?: string;
  /** Hash of what was drawn last. */
  readonly drawn?: string;
}

export interface CardStore {
  get(requestId: string): Promise<CardRow | undefined>;
  put(row: CardRow): Promise<void>;
  /** True where `owner` may draw this card until `now + holdMs`: nobody else does, and its last edit is long enough ago. Prolongs its own claim. */
  claim(requestId: string, owner: string, now: number, holdMs: number): Promise<boolean>;
  /** Gives the card back; nobody may draw it before `freeAt`. */
  release(requestId: string, owner: string, freeAt: number): Promise<void>;
}

/** Rows that somebody must react to outside the transaction that wrote them. */
export interface OutboxRow {
  readonly seq: number;
  readonly topic: 'card';
  readonly requestId: string;
  readonly createdAt: number;
}

export interface OutboxStore {
  /** Of one request the rows between the oldest and the newest pending one say nothing more; they are removed now and then. */
  add(topic: OutboxRow['topic'], requestId: string, now: number): Promise<void>;
  /** Requests with pending rows and the newest of each; whoever has waited longest comes first. `limit` counts requests. */
  pendingRequests(limit: number): Promise<readonly Pick<OutboxRow, 'requestId' | 'seq'>[]>;
  /** When the oldest pending row was added; undefined where none is pending. */
  oldestAt(): Promise<number | undefined>;
  /** Marks every row of this request up to `seq` as done. */
  done(requestId: string, seq: number): Promise<void>;
  /** Called in this process after each commit that added a row. */
  onAdded(listener: () => void): void;
}

/** What a modal is being filled in for: the snapshot read while it loaded, kept between its steps. */
export interface DraftRow {
  readonly id: string;
  readonly user: string;
  readonly teamId: string;
  readonly channel: string;
  readonly data: Json;
  readonly createdAt: number;
}

export interface DraftStore {
  put(row: DraftRow): Promise<void>;
  get(id: string): Promise<DraftRow | undefined>;
  /** Drafts older than this are of no use. */
  prune(before: number): Promise<void>;
}

/** Keys made during runs, encrypted at rest (AES-256-GCM). The clear text exists only inside {@link Secret}. */
export interface SecretStore {
  /** Makes it on the first call for this ID, returns the same one afterwards. */
  getOrCreate(id: string, make: () => Secret, now: number): Promise<Secret>;
  get(id: string): Promise<Secret | undefined>;
  /** Short fingerprint that tells two keys apart and gives nothing away (keyed hash). */
  fingerprint(id: string): Promise<string | undefined>;
  remove(ids: readonly string[]): Promise<void>;
  /** Forgets these keys for good; their fingerprints stay, so that a key seen later can still be told apart. */
  erase(ids: readonly string[], now: number): Promise<void>;
}

/** A remote object that is ours: what undo and offboarding may delete. */
export interface LedgerRow {
  readonly vendor: 'entra' | 'mist';
  /** remote-network, device-link, service, connector, bgp-group, routing-policy, service-policy. */
  readonly kind: string;
  /** Unique per vendor and kind. An entry of a Mist device has no ID of its own there: `<device ID>/<entry name>`. */
  readonly remoteId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly siteId: string;
  readonly runId: string;
  readonly createdAt: number;
  /** Since when it is not ours any more: removed, or, where it was adopted, left as it had been found. */
  readonly removedAt?: number;
  /** Made by somebody else and used as it was: a roll-back leaves it; it belongs to the site once that is connected. */
  readonly adopted?: true;
}

export interface LedgerStore {
  add(row: LedgerRow): Promise<void>;
  removed(vendor: LedgerRow['vendor'], kind: string, remoteId: string, now: number): Promise<void>;
  live(siteId?: string): Promise<readonly LedgerRow[]>;
}

/** A site that the bot has connected. */
export interface SiteRow {
  readonly siteId: string;
  readonly name: string;
  /** `kept`: left as it was by a decision; `bypassed`: connected, but no traffic is sent into the tunnels. */
  readonly state: 'onboarding' | 'onboarded' | 'verified' | 'kept' | 'bypassed';
  /** The request that connected it. */
  readonly requestId: string;
  readonly design: Json;
  /** IDs and endpoints as they were read. */
  readonly live: Json;
  readonly updatedAt: number;
}

export interface SiteStore {
  put(row: SiteRow): Promise<void>;
  get(siteId: string): Promise<SiteRow | undefined>;
  remove(siteId: string): Promise<void>;
  all(): Promise<readonly SiteRow[]>;
  /** At most so many sites by ID, those after the given one; empty at the end. */
  page(afterSiteId: string | undefined, limit: number): Promise<readonly SiteRow[]>;
}

/** What was read of a site at a time; how long it is kept is said in src/flows/retention.ts. */
export interface Observation {
  readonly siteId: string;
  /** `prefixes` stand under no site: they are the organisation's. */
  readonly kind: 'routes' | 'prefixes';
  readonly at: number;
  readonly data: Json;
}

export interface ObservationStore {
  add(row: Observation): Promise<void>;
  latest(siteId: string, kind: Observation['kind']): Promise<Observation | undefined>;
}

/** What is done once in a while, by one of all processes. */
export interface ScheduleStore {
  /** True where this turn is due and now the caller's; nobody else takes one before `until`. */
  claim(name: string, now: number, until: number): Promise<boolean>;
  /** Moves the next turn, where nobody has taken it since `claimed`. */
  settle(name: string, claimed: number, nextAt: number): Promise<boolean>;
}

/** How much of a vendor's allowance is used in one period, over all processes that share the token. */
export interface BudgetRow {
  /** Number of the period since the epoch, such as the hour. */
  readonly period: number;
  readonly used: number;
  readonly allowed: number;
  /** Nobody calls before. */
  readonly blockedUntil: number;
}

export interface BudgetStore {
  /**
   * Adds what this process used and learnt since it last did, and returns what all of them have together. Counts of an earlier period are forgotten; a
   * figure that the vendor reports counts where it is higher than ours.
   */
  share(
    name: string,
    change: {
      readonly period: number;
      readonly used: number;
      readonly atLeast?: number;
      readonly allowed: number;
      readonly blockedUntil: number;
    },
  ): Promise<BudgetRow>;
}

/** One open database. */
export interface Store {
  readonly requests: RequestStore;
  readonly decisions: DecisionStore;
  readonly cards: CardStore;
  readonly outbox: OutboxStore;
  readonly drafts: DraftStore;
  readonly runs: RunStore;
  readonly secrets: SecretStore;
  readonly ledger: LedgerStore;
  readonly registry: RegistryStore;
  readonly audit: AuditStore;
  readonly sites: SiteStore;
  readonly observations: ObservationStore;
  readonly schedules: ScheduleStore;
  readonly budgets: BudgetStore;
  readonly freezes: FreezeStore;
  readonly reminders: ReminderStore;
  readonly deliveries: DeliveryStore;
  readonly retention: RetentionStore;
  /**
   * Runs `work` in one transaction, one such at a time over all processes; a throw rolls everything back. The store it is given writes into
   * it, and so does this one where it is called from `work`. A transaction inside another joins it. Never await the network inside, and change nothing
   * outside that a second try would change twice: where the database undoes it because of a deadlock, `work` is called again.
   * `beside`: for writes that are safe by the locks of their own rows; they do not wait for each other. `journal`: likewise, and on
   * SQLite a power cut may lose it until {@link Store.settled}; whatever is committed later is never kept without it.
   */
  transaction<T>(work: (store: Store) => Promise<T>, mode?: TransactionMode): Promise<T>;
  /** Resolves when everything that was committed before is on the disk: to be awaited before something is sent that relies on it. */
  settled(): Promise<void>;
  /** Binds the database to this tenant and organisation at first use; the name of what differs, where it belongs to another. */
  bindTo(identity: Readonly<Record<string, string>>): Promise<{ readonly differs?: string }>;
  close(): Promise<void>;
}
