import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/types.ts';
import { requestRow } from './rows.ts';
import type { OpenedStore } from './store-contract.ts';

/** What is inside a transaction, what is outside, and what becomes of both. */
export function transactionContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`transactions on ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());
    it('rolls everything back when the work throws', async () => {
      await expect(
        store.transaction(async (tx) => {
          await tx.requests.insert(requestRow());
          throw new Error('stop');
        }),
      ).rejects.toThrow('stop');
      expect(await store.requests.get('r1')).toBeUndefined();
    });

    it('takes calls on the outer store inside the work as part of it', async () => {
      await store
        .transaction(async () => {
          await store.requests.insert(requestRow());
          expect(await store.requests.get('r1')).toBeDefined();
          throw new Error('stop');
        })
        .catch(() => undefined);
      expect(await store.requests.get('r1')).toBeUndefined();
    });

    it('keeps calls from outside out of it', async () => {
      let entered = () => {};
      const inside = new Promise<void>((resolve) => (entered = resolve));
      let leave = () => {};
      const may = new Promise<void>((resolve) => (leave = resolve));
      const going = store.transaction(async (tx) => {
        await tx.requests.insert(requestRow());
        entered();
        await may;
        throw new Error('stop');
      });
      await inside;
      const outside = store.requests.insert(requestRow({ id: 'r2' }));
      leave();
      await expect(going).rejects.toThrow('stop');
      await outside;
      expect(await store.requests.get('r2')).toBeDefined();
      expect(await store.requests.get('r1')).toBeUndefined();
    });

    it('lets no journal write into the middle of a transaction', async () => {
      const order: string[] = [];
      let entered = () => {};
      const inside = new Promise<void>((resolve) => (entered = resolve));
      let leave = () => {};
      const may = new Promise<void>((resolve) => (leave = resolve));
      const alone = store.transaction(async () => {
        entered();
        await may;
        order.push('alone');
      });
      await inside;
      const beside = store.transaction(async (tx) => {
        order.push('beside');
        await tx.requests.insert(requestRow());
      }, 'beside');
      leave();
      await Promise.all([alone, beside]);
      expect(order).toEqual(['alone', 'beside']);
    });

    it('joins a transaction inside a transaction, on either store', async () => {
      await store.transaction(async (tx) => {
        await tx.transaction(async (inner) => {
          await inner.requests.insert(requestRow());
          await tx.requests.insert(requestRow({ id: 'r2' }));
          await tx.audit.append({ at: 1, actor: 'a', action: 'x' });
        });
        await store.transaction((inner) => inner.requests.insert(requestRow({ id: 'r3' })));
      });
      expect(await store.requests.recent(9)).toHaveLength(3);
    });

    it('commits nothing once an inner transaction has thrown, even where that was caught', async () => {
      await expect(
        store.transaction(async (tx) => {
          await tx.requests.insert(requestRow());
          await tx
            .transaction(async (inner) => {
              await inner.requests.insert(requestRow({ id: 'r2' }));
              throw new Error('inner');
            })
            .catch(() => undefined);
        }),
      ).rejects.toThrow('inner');
      expect(await store.requests.recent(9)).toEqual([]);
    });

    it('lets work that was started inside run outside once it is over', async () => {
      let go = () => {};
      const later = new Promise<void>((resolve) => (go = resolve));
      let stray: Promise<void> | undefined;
      await store
        .transaction(async () => {
          stray = later.then(() => store.requests.insert(requestRow()));
          throw new Error('stop');
        })
        .catch(() => undefined);
      go();
      await stray;
      expect(await store.requests.get('r1')).toBeDefined();
    });

    it('refuses the use of a transaction store after its end', async () => {
      let kept: Store | undefined;
      await store.transaction(async (tx) => {
        kept = tx;
      });
      await expect(kept!.requests.get('r1')).rejects.toThrow('over');
    });

    it('runs many at once one after the other', async () => {
      await store.requests.insert(requestRow({ revision: 0 }));
      await Promise.all(
        Array.from({ length: 30 }, () =>
          store.transaction(async (tx) => {
            const row = await tx.requests.get('r1');
            await Promise.resolve();
            const { inputs, design, plan, preflight, digest, expiresAt } = row!;
            await tx.requests.replan('r1', row!.revision, {
              inputs,
              design,
              plan,
              preflight,
              digest,
              expiresAt,
            });
          }),
        ),
      );
      expect((await store.requests.get('r1'))?.revision).toBe(30);
    });
  });
}
