import { changed, fromText, toText } from './rows.ts';
import { runLocks, takeLocks } from './run-locks.ts';
import { toRun, toStep } from './run-rows.ts';
import { dueNotice, runWrites } from './run-writes.ts';
import { failureToText } from './failure-text.ts';
import type { Session } from './session.ts';
import type { DueListener } from './run-types.ts';
import type { RunRow, RunStore } from './types.ts';

/** Runs, their steps, journal, ownership and locks. */
export function runStore(session: Session, listeners: Set<DueListener>): RunStore {
  const due = dueNotice(listeners);
  return {
    ...runLocks(session),
    ...runWrites(session, due),
    onDue: (listener) => void listeners.add(listener),
    ...ownership(session),
    ...schedule(session),
    create: (run, opIds, locks) =>
      session.atomically(async (inner) => {
        await insertRun(inner, run, locks);
        const blocked = await takeLocks(inner, run.id, locks);
        if (blocked.blockedBy) {
          await inner.db.deleteFrom('runs').where('id', '=', run.id).execute();
          return blocked;
        }
        if (opIds.length > 0) {
          await inner.db
            .insertInto('steps')
            .values(opIds.map((opId, position) => newStep(run.id, opId, position)))
            .execute();
        }
        if (run.state === 'active' || run.state === 'unwinding') await due(inner, run.id, run.wakeAt);
        return {};
      }),
    async get(id) {
      const row = await session.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRun(row);
    },
    async ofRequest(requestId) {
      const rows = await session.db
        .selectFrom('runs')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('startedAt')
        .orderBy('id')
        .execute();
      return rows.map(toRun);
    },
    async steps(runId) {
      const rows = await session.db
        .selectFrom('steps')
        .selectAll()
        .where('runId', '=', runId)
        .orderBy('position')
        .execute();
      return rows.map(toStep);
    },
    async journal(runId) {
      const rows = await session.db
        .selectFrom('journal')
        .select(['seq', 'opId', 'event', 'at', 'epoch', 'data'])
        .where('runId', '=', runId)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({ ...row, data: fromText(row.data) }));
    },
  };
}

function ownership(session: Session): Pick<RunStore, 'claim' | 'renew'> {
  return {
    async claim(id, owner, now, leaseMs, steal = false) {
      let query = session.db
        .updateTable('runs')
        .set((eb) => ({ owner, epoch: eb('epoch', '+', 1), leaseUntil: now + leaseMs, wakeAt: null }))
        .where('id', '=', id)
        .where('state', 'in', ['active', 'unwinding']);
      if (!steal) {
        query = query.where((eb) => eb.or([eb('owner', 'is', null), eb('leaseUntil', '<=', now)]));
      }
      const row = await query.returningAll().executeTakeFirst();
      return row && toRun(row);
    },
    async renew(id, epoch, now, leaseMs) {
      const result = await session.db
        .updateTable('runs')
        .set({ leaseUntil: now + leaseMs })
        .where('id', '=', id)
        .where('epoch', '=', epoch)
        .where('owner', 'is not', null)
        .executeTakeFirstOrThrow();
      return changed(result);
    },
  };
}

function schedule(session: Session): Pick<RunStore, 'due' | 'nextWake' | 'unfinished'> {
  return {
    async due(now) {
      const rows = await session.db
        .selectFrom('runs')
        .selectAll()
        .where('state', 'in', ['active', 'unwinding'])
        .where((eb) => eb.or([eb('wakeAt', 'is', null), eb('wakeAt', '<=', now)]))
        .where((eb) => eb.or([eb('owner', 'is', null), eb('leaseUntil', '<=', now)]))
        .orderBy('startedAt')
        .orderBy('id')
        .execute();
      return rows.map(toRun);
    },
    async nextWake() {
      const row = await session.db
        .selectFrom('runs')
        .select((eb) => eb.fn.min('wakeAt').as('at'))
        .where('state', 'in', ['active', 'unwinding'])
        .executeTakeFirst();
      return row?.at ?? undefined;
    },
    async unfinished() {
      const rows = await session.db
        .selectFrom('runs')
        .selectAll()
        .where('state', 'in', ['active', 'unwinding', 'needs-decision'])
        .orderBy('startedAt')
        .orderBy('id')
        .execute();
      return rows.map(toRun);
    },
  };
}

async function insertRun(session: Session, run: RunRow, locks: readonly string[]): Promise<void> {
  await session.db
    .insertInto('runs')
    .values({
      ...run,
      owner: run.owner ?? null,
      wakeAt: run.wakeAt ?? null,
      endedAt: run.endedAt ?? null,
      failure: run.failure ? failureToText(run.failure) : null,
      progress: run.progress ?? null,
      unwinding: run.unwinding ? 1 : 0,
      stopBy: run.stopBy ?? null,
      lockKeys: toText([...new Set(locks)].sort()),
      journalSeq: 0,
    })
    .execute();
}

function newStep(runId: string, opId: string, position: number) {
  return {
    runId,
    position,
    opId,
    state: 'pending' as const,
    attempts: 0,
    intended: 0,
    uncertain: 0,
    output: null,
    failure: null,
    progress: null,
    startedAt: null,
    endedAt: null,
    notBefore: null,
    pausedSince: null,
    pausedMs: 0,
    failingSince: null,
    waitingSince: null,
  };
}
