import type { AuditLink, Json, RequestRow, RunRow, StepRow, Store } from '../../../db/types.ts';
import { failed, ok, type Failure, type Result } from '../../base/failure.ts';
import { scrub } from '../../base/redact.ts';
import type { FlowParts } from '../parts.ts';
import { masked } from '../plan/masked.ts';
import { planFile } from '../plan/plan-file.ts';
import type { Plan } from '../plan/types.ts';
import { windowTimes } from '../window/window-of.ts';
import type { Evidence, EvidenceRow, EvidenceRun } from './types.ts';

/**
 * The evidence pack of one request, from rows alone. What stands in the rows is without secrets already; everything is masked by its key path
 * once more, and tokens in texts as well. The failure says that the request is not known (any more).
 */
export async function readEvidence(
  { store, clock }: Pick<FlowParts, 'store' | 'clock'>,
  requestId: string,
): Promise<Result<Evidence>> {
  const request = await store.requests.get(requestId);
  if (!request) return failed(UNKNOWN);
  const [decisions, runs, rows, head] = await Promise.all([
    store.decisions.of(requestId),
    store.runs.ofRequest(requestId),
    store.audit.chain(requestId),
    store.audit.head(),
  ]);
  const plan = request.plan as unknown as Plan;
  const told: EvidenceRun[] = [];
  for (const run of runs) told.push(await runOf(store, run, plan));
  // What leaves the bot must not be taken back by a power cut.
  await store.settled();
  return ok({
    format: 'sse-evidence/1',
    madeAt: iso(clock.now()),
    request: clean(requestOf(request)),
    inputs: clean(request.inputs),
    plan: clean(planFile(request)),
    decisions: decisions.map(({ user, action, revision, digest, at, reason }) =>
      clean({ user, action, revision, digest, at: iso(at), reason: reason ?? null }),
    ),
    runs: told,
    verification: clean(request.outcome ?? null),
    audit: { rows: rows.map(rowOf), head, howToVerify: HOW_TO_VERIFY },
  });
}

function requestOf(request: RequestRow): { readonly [key: string]: Json } {
  const { id, verb, state, revision, siteId, siteName, requester, channel, createdAt, decidedAt } = request;
  return {
    id,
    verb,
    state,
    revision,
    site: { id: siteId, name: siteName },
    requester,
    channel,
    createdAt: iso(createdAt),
    decidedAt: decidedAt === undefined ? null : iso(decidedAt),
    expiresAt: iso(request.expiresAt),
    window: windowTimes(request),
    ticket: (request.design as { readonly ticket?: string } | null)?.ticket ?? null,
    digest: request.digest,
    lastEditor: request.lastEditor ?? null,
    changes: request.changes ?? null,
    reason: request.reason ?? null,
  };
}

async function runOf(store: Store, run: RunRow, plan: Plan): Promise<EvidenceRun> {
  const [steps, journal] = await Promise.all([store.runs.steps(run.id), store.runs.journal(run.id)]);
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    startedAt: iso(run.startedAt),
    endedAt: run.endedAt === undefined ? null : iso(run.endedAt),
    failure: failureOf(run.failure),
    steps: steps.map((step) => stepOf(step, plan)),
    journal: journal.map(({ seq, at, opId, event }) => ({ seq, at: iso(at), step: opId, event })),
  };
}

function stepOf(step: StepRow, plan: Plan): EvidenceRun['steps'][number] {
  const op = plan.operations.find((one) => one.id === step.opId);
  return {
    id: step.opId,
    what: op?.what ?? step.opId,
    side: op?.side ?? 'both',
    state: step.state,
    startedAt: step.startedAt === undefined ? null : iso(step.startedAt),
    endedAt: step.endedAt === undefined ? null : iso(step.endedAt),
    before: op?.before ?? [],
    after: op?.after ?? [],
    output: clean(step.output ?? null),
    failure: failureOf(step.failure),
  };
}

/** Never the cause: it may be anything. */
function failureOf(failure: Failure | undefined): Json {
  return failure ? { code: failure.code, hint: scrub(failure.hint) } : null;
}

/** The text as it is hashed, unless it holds what must not leave: then it is masked, and said to be. */
function rowOf(row: AuditLink): EvidenceRow {
  const { seq, at, actor, action, requestId, previous, hash } = row;
  const data = withoutSecrets(row.data);
  return {
    seq,
    at,
    time: iso(at),
    actor,
    action,
    requestId,
    data,
    previous,
    hash,
    ...(data !== row.data && { isMasked: true as const }),
  };
}

/** The JSON text of an audit row without what must not leave; the same text where it holds none. */
export function withoutSecrets(text: string): string {
  const parsed: unknown = JSON.parse(text);
  const plain = JSON.stringify(clean(parsed as Json));
  return plain === JSON.stringify(parsed) ? text : plain;
}

/** Masked by key path, with tokens taken out of every text. */
function clean<T extends Json>(value: T): T {
  return scrubbed(masked(value)) as T;
}

function scrubbed(value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, scrubbed(item)]));
}

const iso = (at: number): string => new Date(at).toISOString();

const HOW_TO_VERIFY = [
  'Each row: SHA-256 in hex over the UTF-8 text of the JSON array [seq, at, actor, action, requestId, data, previous], where data is the text given here, must equal hash.',
  'previous is the hash of the row with the number before it, of whatever request; the first row follows from 64 zeros, or from the checkpoint of what was pruned.',
  'npm run audit:verify proves the whole chain of the database. npm run audit:verify -- <this file> also proves that every row here stands in it unchanged.',
  'head is the last row of the chain when this file was made: a chain that was written anew since cannot contain it.',
];

const UNKNOWN: Failure = {
  code: 'flow.request_unknown',
  message: 'no such request',
  hint: 'The bot does not know this request (any more).',
  retryable: false,
};
