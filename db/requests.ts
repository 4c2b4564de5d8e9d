import type { Insertable, Selectable } from 'kysely';
import { changed, fromText, present, toText } from './rows.ts';
import type { Session } from './session.ts';
import type { RequestsTable } from './tables.ts';
import type { RequestRow, RequestStore } from './types.ts';

/** Requests: what somebody asked for. */
export function requestStore(session: Session): RequestStore {
  return {
    async insert(row) {
      await session.db.insertInto('requests').values(toTable(row)).execute();
    },
    async get(id) {
      const row = await session.db.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toRow(row);
    },
    async lock(id) {
      const row = await session.db
        .updateTable('requests')
        .set((eb) => ({ touches: eb('touches', '+', 1) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      return row && toRow(row);
    },
    async openOfSite(siteId) {
      const rows = await session.db
        .selectFrom('requests')
        .selectAll()
        .where('siteId', '=', siteId)
        .where('state', 'in', ['planned', 'running', 'needs-decision'])
        .orderBy('createdAt')
        .orderBy('id')
        .execute();
      return rows.map(toRow);
    },
    async move(id, from, to, patch = {}, revision) {
      let query = session.db
        .updateTable('requests')
        .set({
          state: to,
          ...(patch.reason !== undefined && { reason: patch.reason }),
          ...(patch.decidedAt !== undefined && { decidedAt: patch.decidedAt }),
          ...(patch.outcome !== undefined && { outcome: toText(patch.outcome) }),
        })
        .where('id', '=', id)
        .where('state', 'in', [...from]);
      if (revision !== undefined) query = query.where('revision', '=', revision);
      return changed(await query.executeTakeFirstOrThrow());
    },
    async replan(id, revision, patch) {
      const result = await session.db
        .updateTable('requests')
        .set({
          inputs: toText(patch.inputs),
          design: toText(patch.design),
          plan: toText(patch.plan),
          preflight: toText(patch.preflight),
          digest: patch.digest,
          expiresAt: patch.expiresAt,
          opensAt: patch.opensAt ?? null,
          reason: null,
          lastEditor: patch.lastEditor ?? null,
          changes: patch.changes === undefined ? null : toText(patch.changes),
          revision: revision + 1,
        })
        .where('id', '=', id)
        .where('revision', '=', revision)
        .where('state', '=', 'planned')
        .executeTakeFirstOrThrow();
      return changed(result);
    },
    async setOutcome(id, outcome) {
      await session.db
        .updateTable('requests')
        .set({ outcome: toText(outcome) })
        .where('id', '=', id)
        .execute();
    },
    async expired(now) {
      const rows = await session.db
        .selectFrom('requests')
        .selectAll()
        .where('state', '=', 'planned')
        .where('expiresAt', '<=', now)
        .orderBy('expiresAt')
        .execute();
      return rows.map(toRow);
    },
    async inWindow(now) {
      const rows = await session.db
        .selectFrom('requests')
        .selectAll()
        .where('state', '=', 'planned')
        .where('opensAt', '<=', now)
        .where('expiresAt', '>', now)
        .orderBy('opensAt')
        .orderBy('id')
        .execute();
      return rows.map(toRow);
    },
    async recent(limit) {
      const rows = await session.db
        .selectFrom('requests')
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRow);
    },
    async headlines(limit) {
      return session.db
        .selectFrom('requests')
        .select(['id', 'siteId', 'siteName', 'state', 'createdAt'])
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
    },
    async page({ siteId, limit, offset }) {
      let query = session.db
        .selectFrom('requests')
        .selectAll()
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .offset(offset);
      if (siteId !== undefined) query = query.where('siteId', '=', siteId);
      return (await query.execute()).map(toRow);
    },
    async planned() {
      const rows = await session.db
        .selectFrom('requests')
        .selectAll()
        .where('state', '=', 'planned')
        .orderBy('createdAt')
        .orderBy('id')
        .execute();
      return rows.map(toRow);
    },
  };
}

function toTable(row: RequestRow): Insertable<RequestsTable> {
  return {
    ...row,
    inputs: toText(row.inputs),
    design: toText(row.design),
    plan: toText(row.plan),
    preflight: toText(row.preflight),
    opensAt: row.opensAt ?? null,
    decidedAt: row.decidedAt ?? null,
    reason: row.reason ?? null,
    outcome: row.outcome === undefined ? null : toText(row.outcome),
    lastEditor: row.lastEditor ?? null,
    changes: row.changes === undefined ? null : toText(row.changes),
  };
}

function toRow(row: Selectable<RequestsTable>): RequestRow {
  const { inputs, design, plan, preflight, outcome, changes, touches: _, ...rest } = row;
  return {
    ...present(rest),
    inputs: fromText(inputs),
    design: fromText(design),
    plan: fromText(plan),
    preflight: fromText(preflight),
    ...(outcome !== null && { outcome: fromText(outcome) }),
    ...(changes !== null && { changes: fromText(changes) }),
  };
}
