import { auditHash, type AuditEntry } from './audit-hash.ts';
import { fromText, present, toText } from './rows.ts';
import type { Session } from './session.ts';
import type { AuditStore } from './types.ts';

const HEAD = 1;
const PAGE = 1000;
/** What the first row follows from. */
const GENESIS = '0'.repeat(64);

/**
 * The audit chain: each row's SHA-256 covers its own fields and its predecessor's hash; one head row holds the last. Rows
 * that were changed, removed or cut off at the end are found, and a checkpoint stands for what was pruned; somebody who rewrites the whole file is not, hence copies elsewhere.
 */
export function auditStore(session: Session): AuditStore {
  const append: AuditStore['append'] = (entry) =>
    session.atomically(async (inner) => {
      const head = (await advance(inner)) ?? (await beginChain(inner));
      const row: AuditEntry = {
        seq: head.seq,
        at: entry.at,
        actor: entry.actor,
        action: entry.action,
        requestId: entry.requestId ?? null,
        data: toText(entry.data),
        previous: head.hash,
      };
      const hash = auditHash(row);
      await inner.db
        .insertInto('audit')
        .values({ ...row, hash })
        .execute();
      await inner.db.updateTable('auditHead').set({ hash }).where('id', '=', HEAD).execute();
    });
  return {
    append,
    // Alone: rows appended meanwhile must not make the head look wrong.
    firstBroken: () => session.atomically(firstBroken, 'alone'),
    async of(requestId) {
      const rows = await session.db
        .selectFrom('audit')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('seq')
        .execute();
      return rows.map(({ data, ...row }) => ({ ...present(row), data: fromText(data) }));
    },
    async chain(requestId) {
      return session.db
        .selectFrom('audit')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('seq')
        .execute();
    },
    async hashAt(seq) {
      const row = await session.db
        .selectFrom('audit')
        .select('hash')
        .where('seq', '=', seq)
        .executeTakeFirst();
      return row?.hash;
    },
    head: () => headOf(session),
    async length() {
      const [start, head] = await Promise.all([startOf(session), headOf(session)]);
      return { last: head.seq, pruned: start.seq };
    },
    prune: (before, now) =>
      session.atomically(async (inner) => {
        const start = await startOf(inner);
        const last = await lastBefore(inner, before);
        if (last === undefined) return 0;
        await inner.db
          .insertInto('auditCheckpoints')
          .values({ ...last, at: now })
          .execute();
        await inner.db.deleteFrom('audit').where('seq', '<=', last.seq).execute();
        const removed = last.seq - start.seq;
        await append({
          at: now,
          actor: 'bot',
          action: 'audit.pruned',
          data: { to: last.seq, hash: last.hash, removed },
        });
        return removed;
      }),
  };
}

/** Where the chain, or a part of it, ends. */
interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** The next row's number and the hash that it follows from. Locks the head, so that two appends at once never follow from the same row; undefined where nothing was appended yet. */
async function advance({ db }: Session): Promise<Head | undefined> {
  return db
    .updateTable('auditHead')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('id', '=', HEAD)
    .returning(['seq', 'hash'])
    .executeTakeFirst();
}

async function beginChain(session: Session): Promise<Head> {
  await session.db
    .insertInto('auditHead')
    .values({ id: HEAD, seq: 0, hash: GENESIS })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const head = await advance(session);
  if (!head) throw new Error('the audit has no head');
  return head;
}

/** The last row of the chain's beginning that is older than this: a row in between may be younger than one after it. */
async function lastBefore({ db }: Session, before: number): Promise<Head | undefined> {
  const kept = await db
    .selectFrom('audit')
    .select((eb) => eb.fn.min('seq').as('seq'))
    .where('at', '>=', before)
    .executeTakeFirst();
  let query = db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1);
  if (typeof kept?.seq === 'number') query = query.where('seq', '<', kept.seq);
  return query.executeTakeFirst();
}

/** What the first row that is left follows from: the last checkpoint, else the beginning. */
async function startOf({ db }: Session): Promise<Head> {
  const checkpoint = await db
    .selectFrom('auditCheckpoints')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return checkpoint ?? { seq: 0, hash: GENESIS };
}

async function headOf({ db }: Session): Promise<Head> {
  const head = await db
    .selectFrom('auditHead')
    .select(['seq', 'hash'])
    .where('id', '=', HEAD)
    .executeTakeFirst();
  return head ?? { seq: 0, hash: GENESIS };
}

async function firstBroken(session: Session): Promise<number | undefined> {
  const start = await startOf(session);
  let last = start;
  let isNoted = start.seq === 0;
  for (;;) {
    const rows = await session.db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last.seq)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      if (row.seq !== last.seq + 1 || row.previous !== last.hash || row.hash !== auditHash(row))
        return last.seq + 1;
      if (row.action === 'audit.pruned' && notes(row.data, start)) isNoted = true;
      last = row;
    }
    if (rows.length < PAGE) break;
  }
  // A checkpoint that the chain does not name was not made by pruning.
  if (!isNoted) return start.seq + 1;
  const expected = await headOf(session);
  return expected.seq === last.seq && expected.hash === last.hash ? undefined : last.seq + 1;
}

function notes(data: string, start: Head): boolean {
  const found = fromText(data);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return false;
  return 'to' in found && found['to'] === start.seq && 'hash' in found && found['hash'] === start.hash;
}
