import type { Session } from './session.ts';

/** Writes down whom the database belongs to where that is not known yet; says which name differs where it is. */
export function bindTo(
  session: Session,
  identity: Readonly<Record<string, string>>,
): Promise<{ readonly differs?: string }> {
  const names = Object.keys(identity);
  return session.atomically(async (inner) => {
    const before = await known(inner);
    const other = names.find((name) => before.has(name) && before.get(name) !== identity[name]);
    if (other !== undefined) return { differs: other };
    for (const [name, value] of Object.entries(identity)) {
      await inner.db
        .insertInto('identity')
        .values({ name, value })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    // Read back: where two processes bind it at once, the first one counts.
    const after = await known(inner);
    const differs = names.find((name) => after.get(name) !== identity[name]);
    return differs === undefined ? {} : { differs };
  });
}

async function known(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.db.selectFrom('identity').selectAll().execute();
  return new Map(rows.map((row) => [row.name, row.value]));
}
