import type { Sealed, SecretBox } from './secret-box.ts';
import type { Session } from './session.ts';
import { StoreError } from './store-error.ts';
import type { SecretStore } from './types.ts';

/** Keys made during runs. Only cipher text reaches the database. */
export function secretStore(session: Session, box: SecretBox): SecretStore {
  async function find(inner: Session, id: string) {
    const row = await inner.db
      .selectFrom('secrets')
      .selectAll()
      .where('id', '=', id)
      .where('erasedAt', 'is', null)
      .executeTakeFirst();
    return row && box.open(id, row);
  }
  return {
    getOrCreate: (id, make, now) =>
      session.atomically(async (inner) => {
        const known = await find(inner, id);
        if (known) return known;
        const secret = make();
        const result = await inner.db
          .insertInto('secrets')
          .values({
            id,
            ...box.seal(id, secret),
            fingerprint: box.fingerprint(secret),
            createdAt: now,
            erasedAt: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow();
        if ((result.numInsertedOrUpdatedRows ?? 0n) > 0n) return secret;
        // Somebody else was faster: theirs counts.
        return (await find(inner, id)) ?? secret;
      }),
    get: (id) => find(session, id),
    async fingerprint(id) {
      const row = await session.db
        .selectFrom('secrets')
        .select('fingerprint')
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.fingerprint;
    },
    async erase(ids, now) {
      if (ids.length === 0) return;
      await session.db
        .updateTable('secrets')
        .set({ keyId: '', nonce: '', cipher: '', erasedAt: now })
        .where('id', 'in', [...ids])
        .where('erasedAt', 'is', null)
        .execute();
    },
    async remove(ids) {
      if (ids.length === 0) return;
      await session.db
        .deleteFrom('secrets')
        .where('id', 'in', [...ids])
        .execute();
    },
  };
}

/**
 * Encrypts under the current key what an old one encrypted, so that the old key can be taken out of the configuration.
 * Fingerprints stay: they are compared with what the audit chain holds. Rows that cannot be read are left alone.
 */
export async function resealSecrets(session: Session, box: SecretBox): Promise<void> {
  if (box.oldKeyIds.length === 0) return;
  await session.atomically(async (inner) => {
    const rows = await inner.db
      .selectFrom('secrets')
      .selectAll()
      .where('keyId', 'in', [...box.oldKeyIds])
      .execute();
    for (const row of rows) {
      const sealed = reseal(box, row);
      if (!sealed) continue;
      await inner.db.updateTable('secrets').set(sealed).where('id', '=', row.id).execute();
    }
  });
}

/** A damaged row must not keep the bot from starting; whoever needs that secret is told. */
function reseal(box: SecretBox, row: Sealed & { readonly id: string }): Sealed | undefined {
  try {
    return box.seal(row.id, box.open(row.id, row));
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
