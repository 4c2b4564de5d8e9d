import type { Selectable, Updateable } from 'kysely';
import { failureToText } from './failure-text.ts';
import { toText } from './rows.ts';
import { toRun } from './run-rows.ts';
import type { Session } from './session.ts';
import type { RunsTable, StepsTable } from './tables.ts';
import type { DueListener } from './run-types.ts';
import type { Json, RunPatch, RunStore, StepPatch } from './types.ts';

/** States that a run does not leave by itself. */
const ENDED = ['succeeded', 'rolled-back', 'failed', 'kept'];

/** The journal's writes; each one is refused once another worker has raised the epoch. */
export function runWrites(
  session: Session,
  due: DueNotice,
): Pick<RunStore, 'writeStep' | 'writeRun' | 'reopen' | 'askToStop'> {
  return {
    writeStep: (runId, epoch, opId, event, patch, now, leaseMs) =>
      session.atomically(async (inner) => {
        const row = await nextEvent(inner, runId, epoch, {
          ...(leaseMs !== undefined && { leaseUntil: now + leaseMs }),
          ...(patch.progress !== undefined && { progress: patch.progress }),
        });
        if (!row) return undefined;
        const values = stepValues(patch);
        if (Object.keys(values).length > 0) {
          await inner.db
            .updateTable('steps')
            .set(values)
            .where('runId', '=', runId)
            .where('opId', '=', opId)
            .execute();
        }
        await append(inner, { runId, seq: row.journalSeq, opId, event, at: now, epoch }, stepData(patch));
        return toRun(row);
      }),
    writeRun: (runId, epoch, patch, now) =>
      session.atomically(async (inner) => {
        // Only a new state is an event; parking and progress are not evidence.
        const next = patch.state === undefined ? undefined : await nextEvent(inner, runId, epoch, {});
        const values = runValues(patch);
        if (Object.keys(values).length === 0) return true;
        const result = await inner.db
          .updateTable('runs')
          .set(values)
          .where('id', '=', runId)
          .where('epoch', '=', epoch)
          .where('owner', 'is not', null)
          .executeTakeFirstOrThrow();
        if (result.numUpdatedRows === 0n) return false;
        if (next && patch.state !== undefined) {
          const data = patch.failure ? { failure: failureData(patch.failure) } : null;
          await append(
            inner,
            { runId, seq: next.journalSeq, opId: '', event: patch.state, at: now, epoch },
            data,
          );
        }
        if (patch.owner === null && patch.state === undefined) {
          await due(inner, runId, patch.wakeAt ?? undefined);
        }
        return true;
      }),
    reopen: (runId, from, to, now) =>
      session.atomically(async (inner) => {
        const row = await inner.db
          .updateTable('runs')
          .set((eb) => ({
            state: to,
            owner: null,
            leaseUntil: 0,
            wakeAt: null,
            progress: null,
            stopBy: null,
            endedAt: ENDED.includes(to) ? now : null,
            ...(to === 'active' && { failure: null }),
            ...(to === 'unwinding' && { unwinding: 1 }),
            journalSeq: eb('journalSeq', '+', 1),
          }))
          .where('id', '=', runId)
          .where('state', 'in', [...from])
          .returning(['journalSeq', 'epoch'])
          .executeTakeFirst();
        if (!row) return false;
        await forgive(inner, runId, to);
        await append(
          inner,
          { runId, seq: row.journalSeq, opId: '', event: to, at: now, epoch: row.epoch },
          null,
        );
        if (!ENDED.includes(to)) await due(inner, runId, undefined);
        return true;
      }),
    askToStop: (runId, by, now) =>
      session.atomically(async (inner) => {
        const row = await inner.db
          .updateTable('runs')
          .set((eb) => ({ stopBy: by, journalSeq: eb('journalSeq', '+', 1) }))
          .where('id', '=', runId)
          .where('state', '=', 'active')
          .returning(['journalSeq', 'epoch'])
          .executeTakeFirst();
        if (!row) return false;
        const event = {
          runId,
          seq: row.journalSeq,
          opId: '',
          event: 'stop-asked',
          at: now,
          epoch: row.epoch,
        };
        await append(inner, event, { by });
        return true;
      }),
  };
}

/** Tells that a run is due at a time, or at once; to be called in the transaction that makes it so. */
type DueNotice = (session: Session, runId: string, at: number | undefined) => Promise<void>;

/** Tells every listener, in the order in which they came. */
export function dueNotice(listeners: ReadonlySet<DueListener>): DueNotice {
  return async (session, runId, at) => {
    for (const listener of listeners) await listener(session.db.withoutPlugins(), runId, at);
  };
}

/** The failed steps of a run that goes on get a new set of attempts. */
async function forgive(session: Session, runId: string, to: string): Promise<void> {
  const fresh = {
    attempts: 0,
    failure: null,
    notBefore: null,
    progress: null,
    endedAt: null,
    failingSince: null,
    waitingSince: null,
  };
  if (to === 'active') {
    // Waits begin anew: their deadlines must not count the time in which nobody decided.
    await session.db
      .updateTable('steps')
      .set({ ...fresh, state: 'pending', startedAt: null, pausedSince: null, pausedMs: 0 })
      .where('runId', '=', runId)
      .where((eb) =>
        eb.or([eb('state', '=', 'failed'), eb.and([eb('state', '=', 'doing'), eb('intended', '=', 0)])]),
      )
      .execute();
    await session.db
      .updateTable('steps')
      .set({ attempts: 0, notBefore: null })
      .where('runId', '=', runId)
      .where('state', '=', 'doing')
      .execute();
  }
  if (to === 'unwinding') {
    await session.db
      .updateTable('steps')
      .set(fresh)
      .where('runId', '=', runId)
      .where('state', '=', 'undoing')
      .execute();
  }
}

/** The run with the next number of its journal, or undefined where this epoch does not own it. Locks the run's row. */
async function nextEvent(
  session: Session,
  runId: string,
  epoch: number,
  values: Updateable<RunsTable>,
): Promise<Selectable<RunsTable> | undefined> {
  return session.db
    .updateTable('runs')
    .set((eb) => ({ ...values, journalSeq: eb('journalSeq', '+', 1) }))
    .where('id', '=', runId)
    .where('epoch', '=', epoch)
    .where('owner', 'is not', null)
    .returningAll()
    .executeTakeFirst();
}

interface Line {
  readonly runId: string;
  readonly seq: number;
  readonly opId: string;
  readonly event: string;
  readonly at: number;
  readonly epoch: number;
}

async function append(session: Session, line: Line, data: Json): Promise<void> {
  await session.db
    .insertInto('journal')
    .values({ ...line, data: toText(data) })
    .execute();
}

function stepValues(patch: StepPatch): Updateable<StepsTable> {
  const { intended, uncertain, output, failure, ...rest } = patch;
  return {
    ...rest,
    ...(intended && { intended: 1 }),
    ...(uncertain !== undefined && { uncertain: uncertain ? 1 : 0 }),
    ...(output !== undefined && { output: toText(output) }),
    ...(failure !== undefined && { failure: failure && failureToText(failure) }),
  };
}

function runValues(patch: RunPatch): Updateable<RunsTable> {
  const { failure, owner, ...rest } = patch;
  return {
    ...rest,
    ...(owner === null && { owner: null, leaseUntil: 0 }),
    ...(failure !== undefined && { failure: failure && failureToText(failure) }),
    ...(rest.state === 'unwinding' && { unwinding: 1 }),
  };
}

function stepData(patch: StepPatch): Json {
  const { failure, ...rest } = patch;
  return { ...rest, ...(failure && { failure: failureData(failure) }) };
}

function failureData(failure: NonNullable<StepPatch['failure']>): Json {
  return JSON.parse(failureToText(failure)) as Json;
}
