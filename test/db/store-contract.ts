import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';
import { ledgerRow, requestRow, runRow } from './rows.ts';

/** One empty database, and the way to get rid of it. */
export interface OpenedStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

/** What every store promises, whichever database it stands on. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store on ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    describe('requests', () => {
      it('gives back what was inserted, missing fields missing', async () => {
        await store.requests.insert(requestRow());
        expect(await store.requests.get('r1')).toStrictEqual(requestRow());
        expect(await store.requests.get('r2')).toBeUndefined();
        const full = requestRow({ id: 'r3', decidedAt: 5, reason: 'no', outcome: { line: 'x' } });
        await store.requests.insert(full);
        expect(await store.requests.get('r3')).toStrictEqual(full);
      });

      it('moves a request once, however many try at the same time', async () => {
        await store.requests.insert(requestRow());
        const moves = await Promise.all(
          Array.from({ length: 20 }, () =>
            store.requests.move('r1', ['planned'], 'running', { decidedAt: 9 }, 1),
          ),
        );
        expect(moves.filter(Boolean)).toHaveLength(1);
        expect(await store.requests.get('r1')).toMatchObject({ state: 'running', decidedAt: 9 });
      });

      it('refuses a move from another state or of another revision', async () => {
        await store.requests.insert(requestRow());
        expect(await store.requests.move('r1', ['running'], 'failed')).toBe(false);
        expect(await store.requests.move('r1', ['planned'], 'running', {}, 2)).toBe(false);
        expect(await store.requests.get('r1')).toStrictEqual(requestRow());
      });

      it('leaves the reason, replaces it or clears it', async () => {
        await store.requests.insert(requestRow());
        await store.requests.move('r1', ['planned'], 'needs-decision', { reason: 'router offline' });
        await store.requests.move('r1', ['needs-decision'], 'needs-decision');
        expect((await store.requests.get('r1'))?.reason).toBe('router offline');
        await store.requests.move('r1', ['needs-decision'], 'running', { reason: null });
        expect(await store.requests.get('r1')).toStrictEqual(requestRow({ state: 'running' }));
      });

      it('replans only the revision that was read, and only while planned', async () => {
        await store.requests.insert(requestRow());
        const patch = { inputs: 1, design: 2, plan: 3, preflight: 4, digest: 'd2', expiresAt: 9 };
        expect(await store.requests.replan('r1', 1, patch)).toBe(true);
        expect(await store.requests.replan('r1', 1, patch)).toBe(false);
        expect(await store.requests.get('r1')).toMatchObject({ revision: 2, ...patch });
        await store.requests.move('r1', ['planned'], 'rejected');
        expect(await store.requests.replan('r1', 2, patch)).toBe(false);
      });

      it('lists open, expired and recent requests', async () => {
        await store.requests.insert(requestRow());
        await store.requests.insert(requestRow({ id: 'r2', state: 'running', createdAt: 3000 }));
        await store.requests.insert(requestRow({ id: 'r3', state: 'failed', createdAt: 2000 }));
        await store.requests.insert(requestRow({ id: 'r4', siteId: 's2', createdAt: 4000, expiresAt: 2001 }));
        const ids = (rows: readonly { id: string }[]) => rows.map((row) => row.id);
        expect(ids(await store.requests.openOfSite('s1'))).toEqual(['r1', 'r2']);
        expect(ids(await store.requests.expired(2000))).toEqual(['r1']);
        expect(ids(await store.requests.recent(3))).toEqual(['r4', 'r2', 'r3']);
        expect(ids(await store.requests.headlines(2))).toEqual(['r4', 'r2']);
        expect((await store.requests.headlines(1))[0]).toStrictEqual({
          id: 'r4',
          siteId: 's2',
          siteName: 'Berlin',
          state: 'planned',
          createdAt: 4000,
        });
        await store.requests.setOutcome('r3', { seen: true });
        expect((await store.requests.get('r3'))?.outcome).toEqual({ seen: true });
      });
    });

    describe('decisions', () => {
      const decision = {
        requestId: 'r1',
        revision: 1,
        digest: 'd1',
        user: 'U2',
        action: 'approve',
        at: 1,
      } as const;

      it('counts a double click once and other people separately', async () => {
        await store.requests.insert(requestRow());
        const clicks = await Promise.all(Array.from({ length: 10 }, () => store.decisions.record(decision)));
        expect(clicks.filter(Boolean)).toHaveLength(1);
        expect(await store.decisions.record({ ...decision, user: 'U3' })).toBe(true);
        expect(await store.decisions.record({ ...decision, revision: 2 })).toBe(true);
        expect((await store.decisions.of('r1')).map((d) => d.user)).toEqual(['U2', 'U3', 'U2']);
      });

      it('lets a person retry more than once', async () => {
        await store.requests.insert(requestRow());
        const retry = { ...decision, action: 'retry', reason: 'power was off' } as const;
        expect(await store.decisions.record(retry)).toBe(true);
        expect(await store.decisions.record(retry)).toBe(true);
        expect(await store.decisions.of('r1')).toStrictEqual([retry, retry]);
      });
    });

    it('keeps cards, drafts and sites', async () => {
      await store.cards.put({ requestId: 'r1', channel: 'C1' });
      expect(await store.cards.get('r1')).toStrictEqual({ requestId: 'r1', channel: 'C1' });
      await store.cards.put({ requestId: 'r1', channel: 'C1', ts: '1.2', drawn: 'h' });
      expect(await store.cards.get('r1')).toStrictEqual({
        requestId: 'r1',
        channel: 'C1',
        ts: '1.2',
        drawn: 'h',
      });
      const draft = { id: 'd', user: 'U1', teamId: 'T', channel: 'C', data: { x: 1 }, createdAt: 5 };
      await store.drafts.put(draft);
      expect(await store.drafts.get('d')).toStrictEqual(draft);
      await store.drafts.prune(5);
      expect(await store.drafts.get('d')).toBeDefined();
      await store.drafts.prune(6);
      expect(await store.drafts.get('d')).toBeUndefined();
      const site = {
        siteId: 's1',
        name: 'Berlin',
        state: 'onboarded',
        requestId: 'r1',
        design: {},
        live: null,
        updatedAt: 1,
      } as const;
      await store.sites.put(site);
      await store.sites.put({ ...site, state: 'verified' });
      expect(await store.sites.all()).toStrictEqual([{ ...site, state: 'verified' }]);
      expect(await store.sites.get('s1')).toMatchObject({ name: 'Berlin' });
      await store.sites.put({ ...site, siteId: 's2' });
      expect((await store.sites.page(undefined, 1)).map((row) => row.siteId)).toEqual(['s1']);
      expect((await store.sites.page('s1', 5)).map((row) => row.siteId)).toEqual(['s2']);
      expect(await store.sites.page('s2', 5)).toEqual([]);
      await store.sites.remove('s2');
      await store.sites.remove('s1');
      expect(await store.sites.get('s1')).toBeUndefined();
    });

    describe('outbox', () => {
      it('tells its listener once per commit, after it, and never for what was rolled back', async () => {
        const heard: number[] = [];
        store.outbox.onAdded(() => heard.push(heard.length));
        await store.transaction(async (tx) => {
          await tx.outbox.add('card', 'r1', 1);
          await tx.outbox.add('card', 'r2', 1);
          expect(heard).toHaveLength(0);
        });
        expect(heard).toHaveLength(1);
        await expect(
          store.transaction(async (tx) => {
            await tx.outbox.add('card', 'r3', 1);
            throw new Error('no');
          }),
        ).rejects.toThrow('no');
        expect(heard).toHaveLength(1);
        await store.outbox.add('card', 'r1', 2);
        expect(heard).toHaveLength(2);
        expect((await store.outbox.pendingRequests(9)).map((row) => row.requestId)).toEqual(['r1', 'r2']);
      });

      it('marks rows of one request up to a number as done', async () => {
        for (const id of ['r1', 'r2', 'r1']) await store.outbox.add('card', id, 1);
        const [first, second] = await store.outbox.pendingRequests(10);
        expect(first).toStrictEqual({ requestId: 'r1', seq: second!.seq + 1 });
        await store.outbox.add('card', 'r1', 2);
        await store.outbox.done('r1', first!.seq);
        expect(await store.outbox.pendingRequests(10)).toStrictEqual([
          second,
          { requestId: 'r1', seq: first!.seq + 1 },
        ]);
        await store.outbox.done('r2', second!.seq);
        await store.outbox.done('r1', first!.seq + 1);
        expect(await store.outbox.pendingRequests(10)).toStrictEqual([]);
      });

      it('counts requests, and lets whoever has waited longest go first', async () => {
        await store.outbox.add('card', 'r1', 1);
        await store.outbox.add('card', 'r2', 1);
        for (let i = 0; i < 300; i += 1) await store.outbox.add('card', i % 2 ? 'r1' : 'r3', 2);
        const all = await store.outbox.pendingRequests(3);
        expect(all.map((row) => row.requestId)).toEqual(['r1', 'r2', 'r3']);
        expect(await store.outbox.pendingRequests(2)).toStrictEqual(all.slice(0, 2));
      });
    });

    describe('ledger', () => {
      it('lists what is live and forgets nothing else', async () => {
        await store.ledger.add(ledgerRow());
        await store.ledger.add(
          ledgerRow({ kind: 'device-link', remoteId: 'l1', parentId: 'n1', createdAt: 2 }),
        );
        await store.ledger.add(ledgerRow({ remoteId: 'n2', siteId: 's2', createdAt: 3 }));
        await store.ledger.removed('entra', 'remote-network', 'n1', 9);
        expect((await store.ledger.live()).map((row) => row.remoteId)).toEqual(['l1', 'n2']);
        expect(await store.ledger.live('s1')).toStrictEqual([
          ledgerRow({ kind: 'device-link', remoteId: 'l1', parentId: 'n1', createdAt: 2 }),
        ]);
        await store.ledger.add(ledgerRow({ createdAt: 4 }));
        expect((await store.ledger.live('s1')).map((row) => row.remoteId)).toEqual(['l1', 'n1']);
      });
    });

    describe('registry', () => {
      const range = (key: string, siteId: string) => ({
        kind: 'range' as const,
        key,
        amount: 1,
        siteId,
        siteName: siteId,
        requestId: 'ignored',
      });

      it('refuses a range that overlaps another site, all or nothing', async () => {
        expect(await store.registry.reserve('r1', [range('10.0.0.0/29', 's1')])).toEqual({});
        const taken = await store.registry.reserve('r2', [
          range('10.9.0.0/29', 's2'),
          range('10.0.0.0/24', 's2'),
        ]);
        expect(taken.clash).toMatchObject({ key: '10.0.0.0/29', siteName: 's1', requestId: 'r1' });
        expect((await store.registry.all()).map((row) => row.key)).toEqual(['10.0.0.0/29']);
      });

      it('replaces what the request held, and lets a site reserve its own range again', async () => {
        await store.registry.reserve('r1', [range('10.0.0.0/29', 's1')]);
        await store.registry.reserve('r1', [range('10.0.0.8/29', 's1')]);
        expect(await store.registry.reserve('r2', [range('10.0.0.0/29', 's2')])).toEqual({});
        expect(await store.registry.reserve('r3', [range('10.0.0.8/29', 's1')])).toEqual({});
        await store.registry.release('r1');
        expect((await store.registry.all()).map((row) => row.requestId)).toEqual(['r3', 'r2']);
      });

      it('gives one range to one of many who ask at once', async () => {
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, i) =>
            store.registry.reserve(`r${i}`, [range('10.0.0.0/29', `s${i}`)]),
          ),
        );
        expect(answers.filter((answer) => !answer.clash)).toHaveLength(1);
      });
    });

    describe('audit', () => {
      it('chains rows in order, also when many append at once and inside one transaction', async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            store.audit.append({ at: i, actor: 'U1', action: 'a', requestId: 'r1', data: { i } }),
          ),
        );
        await store.transaction(async (tx) => {
          await Promise.all([1, 2, 3].map((i) => tx.audit.append({ at: i, actor: 'bot', action: 'b' })));
        });
        expect(await store.audit.firstBroken()).toBeUndefined();
        const rows = await store.audit.of('r1');
        expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
        expect(rows[5]?.previous).toBe(rows[4]?.hash);
      });

      it('loses the number of an append that was rolled back, not the chain', async () => {
        await store.audit.append({ at: 1, actor: 'a', action: 'x' });
        await store
          .transaction(async (tx) => {
            await tx.audit.append({ at: 2, actor: 'a', action: 'y' });
            throw new Error('no');
          })
          .catch(() => undefined);
        await store.audit.append({ at: 3, actor: 'a', action: 'z' });
        expect(await store.audit.firstBroken()).toBeUndefined();
      });
    });

    describe('secrets', () => {
      it('makes a secret once and gives the same one to everybody', async () => {
        let made = 0;
        const make = () => new Secret(`psk-${(made += 1)}`);
        const all = await Promise.all(
          Array.from({ length: 5 }, () => store.secrets.getOrCreate('k', make, 1)),
        );
        // A transaction that is tried again may make one that nobody gets.
        const given = new Set(all.map((secret) => secret.reveal()));
        expect(given).toEqual(new Set([(await store.secrets.get('k'))?.reveal()]));
        expect([...given][0]).toMatch(/^psk-/);
        expect(await store.secrets.get('other')).toBeUndefined();
      });

      it('fingerprints tell keys apart without showing them', async () => {
        await store.secrets.getOrCreate('a', () => new Secret('one'), 1);
        await store.secrets.getOrCreate('b', () => new Secret('two'), 1);
        await store.secrets.getOrCreate('c', () => new Secret('one'), 1);
        const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => store.secrets.fingerprint(id)));
        expect(a).toMatch(/^[0-9a-f]{8}$/);
        expect(b).not.toBe(a);
        expect(c).toBe(a);
        await store.secrets.remove(['a', 'b']);
        await store.secrets.remove([]);
        expect(await store.secrets.fingerprint('a')).toBeUndefined();
        expect((await store.secrets.get('c'))?.reveal()).toBe('one');
      });
    });

    it('belongs to the identity that bound it first', async () => {
      expect(await store.bindTo({ tenant: 'A', organisation: 'X' })).toEqual({});
      expect(await store.bindTo({ tenant: 'A', organisation: 'X' })).toEqual({});
      expect(await store.bindTo({ organisation: 'Y', tenant: 'A', team: 'T' })).toEqual({
        differs: 'organisation',
      });
      expect(await store.bindTo({ team: 'U' })).toEqual({});
      expect(await store.bindTo({ team: 'T' })).toEqual({ differs: 'team' });
    });

    it('keeps a run with its steps and journal', async () => {
      const run = runRow({ wakeAt: 5 });
      expect(await store.runs.create(run, ['a', 'b'], ['device:1'])).toEqual({});
      expect(await store.runs.get('run1')).toStrictEqual(run);
      expect(await store.runs.steps('run1')).toStrictEqual(
        ['a', 'b'].map((opId, position) => ({
          runId: 'run1',
          position,
          opId,
          state: 'pending',
          attempts: 0,
          intended: false,
        })),
      );
      expect(await store.runs.ofRequest('r1')).toHaveLength(1);
      expect(await store.runs.journal('run1')).toEqual([]);
    });
  });
}
