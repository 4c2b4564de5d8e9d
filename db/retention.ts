import { sql } from 'kysely';
import type { Session } from './session.ts';
import type { RequestState } from './types.ts';

/** What is removed once it is older than it is kept for. Each method is one transaction and may be called again and again. */
export interface RetentionStore {
  /**
   * Removes at most `limit` requests that ended before this, with everything that is theirs: decisions, cards, runs, steps, journals, what the
   * ledger says of objects removed long ago, and the erased rest of their keys. Never one that is open, that a site stands on, of which
   * a run could go on, that owns anything on either side or holds anything in the registry. Their IDs.
   */
  requests(before: number, limit: number): Promise<readonly string[]>;
  /** Of readings older than `rawBefore` keeps the last of each hour, and none that is older than `before`. How many were removed. */
  observations(rawBefore: number, before: number): Promise<number>;
}

/** States that nothing leads out of while no site and no run refers to the request. */
const ENDED: readonly RequestState[] = [
  'onboarded',
  'verified',
  'changed',
  'offboarded',
  'rejected',
  'expired',
  'cancelled',
  'void',
  'rolled-back',
  'failed',
];

/** The deletions over all tables that a request has rows in. */
export function retentionStore(session: Session): RetentionStore {
  return {
    requests: (before, limit) =>
      session.atomically(async ({ db }) => {
        const found = await db
          .selectFrom('requests')
          .select('id')
          .where('state', 'in', [...ENDED])
          .where('createdAt', '<', before)
          .where((eb) => eb.or([eb('decidedAt', 'is', null), eb('decidedAt', '<', before)]))
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('sites').select('siteId').whereRef('sites.requestId', '=', 'requests.id'))),
          )
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(selectFrom('registry').select('key').whereRef('registry.requestId', '=', 'requests.id')),
            ),
          )
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('runs')
                  .select('runs.id')
                  .whereRef('runs.requestId', '=', 'requests.id')
                  .where((eb) =>
                    eb.or([
                      eb('runs.state', 'in', ['active', 'unwinding', 'needs-decision', 'kept']),
                      eb('runs.endedAt', 'is', null),
                      eb('runs.endedAt', '>=', before),
                    ]),
                  ),
              ),
            ),
          )
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('ledger')
                  .innerJoin('runs', 'runs.id', 'ledger.runId')
                  .select('ledger.remoteId')
                  .whereRef('runs.requestId', '=', 'requests.id')
                  .where((eb) =>
                    eb.or([eb('ledger.removedAt', 'is', null), eb('ledger.removedAt', '>=', before)]),
                  ),
              ),
            ),
          )
          .orderBy('createdAt')
          .orderBy('id')
          .limit(limit)
          .execute();
        const ids = found.map(({ id }) => id);
        if (ids.length === 0) return [];
        const runs = (await db.selectFrom('runs').select('id').where('requestId', 'in', ids).execute()).map(
          ({ id }) => id,
        );
        if (runs.length > 0) {
          for (const table of ['journal', 'steps', 'runLocks', 'ledger'] as const) {
            await db.deleteFrom(table).where('runId', 'in', runs).execute();
          }
          await db.deleteFrom('runs').where('id', 'in', runs).execute();
        }
        for (const table of ['decisions', 'cards', 'cardClaims', 'outbox', 'reminders'] as const) {
          await db.deleteFrom(table).where('requestId', 'in', ids).execute();
        }
        for (const id of ids) await db.deleteFrom('secrets').where('id', 'like', `${id}/%`).execute();
        await db.deleteFrom('requests').where('id', 'in', ids).execute();
        return ids;
      }, 'alone'),
    observations: (rawBefore, before) =>
      session.atomically(async ({ db }) => {
        const old = await db.deleteFrom('observations').where('at', '<', before).executeTakeFirst();
        // Both databases divide whole numbers by a literal into whole numbers; a bound one would be a fraction on SQLite.
        const thinned = await sql`delete from observations where at < ${rawBefore} and exists (
          select 1 from observations later
          where later.site_id = observations.site_id and later.kind = observations.kind
            and later.at > observations.at and later.at < (observations.at / 3600000 + 1) * 3600000
        )`.execute(db);
        return Number(old.numDeletedRows) + Number(thinned.numAffectedRows ?? 0n);
      }),
  };
}
