import type { Generated } from 'kysely';
import type { RequestState, RunState, StepState } from './types.ts';

/**
 * The tables as queries see them; the plugin turns `requestId` into `request_id`. Times are epoch ms in `bigint`
 * columns, JSON is text, booleans are 0/1: the same SQL serves SQLite and PostgreSQL.
 */
export interface Tables {
  requests: RequestsTable;
  decisions: DecisionsTable;
  cards: CardsTable;
  outbox: OutboxTable;
  drafts: DraftsTable;
  runs: RunsTable;
  steps: StepsTable;
  journal: JournalTable;
  runLocks: RunLocksTable;
  secrets: SecretsTable;
  ledger: LedgerTable;
  registry: RegistryTable;
  auditHead: AuditHeadTable;
  audit: AuditTable;
  sites: SitesTable;
  observations: ObservationsTable;
  identity: IdentityTable;
  counters: CountersTable;
  cardClaims: CardClaimsTable;
  schedules: SchedulesTable;
  budgets: BudgetsTable;
  freezes: FreezesTable;
  reminders: RemindersTable;
  deliveries: DeliveriesTable;
  auditCheckpoints: AuditCheckpointsTable;
}

export interface RequestsTable {
  id: string;
  verb: string;
  siteId: string;
  siteName: string;
  teamId: string;
  requester: string;
  channel: string;
  state: RequestState;
  digest: string;
  planVersion: number;
  inputs: string;
  design: string;
  plan: string;
  preflight: string;
  revision: number;
  createdAt: number;
  expiresAt: number;
  decidedAt: number | null;
  reason: string | null;
  outcome: string | null;
  lastEditor: string | null;
  changes: string | null;
  opensAt: number | null;
  /** Raised by whoever is about to decide: the row is locked until that transaction ends. */
  touches: Generated<number>;
}

interface DecisionsTable {
  seq: number;
  requestId: string;
  revision: number;
  digest: string;
  userId: string;
  action: 'approve' | 'accept' | 'reject' | 'cancel' | 'retry' | 'rollback' | 'keep';
  reason: string | null;
  at: number;
}

interface CardsTable {
  requestId: string;
  channel: string;
  ts: string | null;
  drawn: string | null;
}

interface OutboxTable {
  seq: number;
  topic: 'card';
  requestId: string;
  createdAt: number;
}

interface DraftsTable {
  id: string;
  userId: string;
  teamId: string;
  channel: string;
  data: string;
  createdAt: number;
}

export interface RunsTable {
  id: string;
  requestId: string;
  kind: 'change' | 'second-look';
  state: RunState;
  planVersion: number;
  owner: string | null;
  epoch: number;
  leaseUntil: number;
  wakeAt: number | null;
  startedAt: number;
  endedAt: number | null;
  failure: string | null;
  progress: string | null;
  unwinding: number;
  /** Who asked it to stop at its next safe point. */
  stopBy: string | null;
  /** JSON array of the locks asked for at creation; `run_locks` holds those that are taken. */
  lockKeys: string;
  journalSeq: number;
}

export interface StepsTable {
  runId: string;
  position: number;
  opId: string;
  state: StepState;
  attempts: number;
  intended: number;
  uncertain: number;
  output: string | null;
  failure: string | null;
  progress: string | null;
  startedAt: number | null;
  endedAt: number | null;
  notBefore: number | null;
  pausedSince: number | null;
  pausedMs: number;
  failingSince: number | null;
  waitingSince: number | null;
}

interface JournalTable {
  runId: string;
  seq: number;
  opId: string;
  event: string;
  at: number;
  epoch: number;
  data: string;
}

interface RunLocksTable {
  key: string;
  runId: string;
}

interface SecretsTable {
  id: string;
  keyId: string;
  nonce: string;
  cipher: string;
  fingerprint: string;
  createdAt: number;
  /** Since then only the fingerprint is kept. */
  erasedAt: number | null;
}

interface LedgerTable {
  vendor: 'entra' | 'mist';
  kind: string;
  remoteId: string;
  parentId: string | null;
  name: string;
  siteId: string;
  runId: string;
  createdAt: number;
  removedAt: number | null;
  adopted: 0 | 1 | null;
}

interface RegistryTable {
  requestId: string;
  kind: 'range' | 'bandwidth' | 'network-slot' | 'link-slot';
  key: string;
  amount: number;
  siteId: string;
  siteName: string;
}

interface AuditHeadTable {
  id: number;
  seq: number;
  hash: string;
}

interface AuditTable {
  seq: number;
  at: number;
  actor: string;
  action: string;
  requestId: string | null;
  data: string;
  previous: string;
  hash: string;
}

interface SitesTable {
  siteId: string;
  name: string;
  state: 'onboarding' | 'onboarded' | 'verified' | 'kept' | 'bypassed';
  requestId: string;
  design: string;
  live: string;
  updatedAt: number;
}

interface ObservationsTable {
  siteId: string;
  kind: 'routes' | 'prefixes';
  at: number;
  data: string;
}

interface IdentityTable {
  name: string;
  value: string;
}

/** Numbers in the order of commits: the row is locked until its transaction ends. */
interface CountersTable {
  name: 'outbox' | 'decisions' | 'registry';
  value: number;
}

/** Who draws a card now, until when, and then: not before. */
interface CardClaimsTable {
  requestId: string;
  owner: string | null;
  freeAt: number;
}

interface SchedulesTable {
  name: string;
  nextAt: number;
}

interface BudgetsTable {
  name: string;
  period: number;
  used: number;
  allowed: number;
  blockedUntil: number;
}

/** One row: whether changes are frozen now, and who said so. */
interface FreezesTable {
  id: number;
  isOn: number;
  reason: string;
  byUser: string;
  at: number;
}

interface RemindersTable {
  requestId: string;
  revision: number;
  at: number;
}

/** What came in from outside, by a key that is the same for a repetition. */
interface DeliveriesTable {
  id: string;
  source: 'slack' | 'mist';
  at: number;
}

/** The last row that was pruned: what the first row that is left follows from. */
interface AuditCheckpointsTable {
  seq: number;
  hash: string;
  at: number;
}
