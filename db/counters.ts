import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

/**
 * The next number of a sequence. Its row stays locked until the caller's transaction ends, so numbers appear in the order
 * of commits and a reader that has seen n never misses a smaller one later. Call it inside `atomically`.
 */
export async function nextNumber(session: Session, name: Tables['counters']['name']): Promise<number> {
  const row = await session.db
    .insertInto('counters')
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', 1) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}
