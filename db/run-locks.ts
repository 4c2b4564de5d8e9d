import { fromText } from './rows.ts';
import type { Session } from './session.ts';
import type { RunStore } from './types.ts';

type Blocked = Awaited<ReturnType<RunStore['lock']>>;

/** Takes every key for this run or none. Sorted, so that two runs that want the same keys never wait for each other. */
export async function takeLocks(session: Session, runId: string, keys: readonly string[]): Promise<Blocked> {
  const taken: string[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const result = await session.db
      .insertInto('runLocks')
      .values({ key, runId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if ((result.numInsertedOrUpdatedRows ?? 0n) > 0n) {
      taken.push(key);
      continue;
    }
    const holder = await session.db
      .selectFrom('runLocks')
      .select('runId')
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    if (holder.runId === runId) continue;
    if (taken.length > 0) await session.db.deleteFrom('runLocks').where('key', 'in', taken).execute();
    return { blockedBy: { key, runId: holder.runId } };
  }
  return {};
}

/** Locks belong to a run, not to a process: they outlive crashes and waits. */
export function runLocks(session: Session): Pick<RunStore, 'lock' | 'unlock' | 'lockKeys'> {
  return {
    lock: (runId, keys) => session.atomically((inner) => takeLocks(inner, runId, keys)),
    async unlock(runId) {
      await session.db.deleteFrom('runLocks').where('runId', '=', runId).execute();
    },
    async lockKeys(runId) {
      const row = await session.db
        .selectFrom('runs')
        .select('lockKeys')
        .where('id', '=', runId)
        .executeTakeFirst();
      const keys = row ? fromText(row.lockKeys) : [];
      return Array.isArray(keys) ? keys.map(String) : [];
    },
  };
}
