import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditHash } from '../../db/audit-hash.ts';
import type { Store } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';
import { ledgerRow, requestRow, runRow } from './rows.ts';
import type { OpenedStore } from './store-contract.ts';

/** What every store promises of the record: the chain, its pruning, the freeze, windows, and what is kept for how long. */
export function recordContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`record on ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.dispose());

    async function rows(count: number): Promise<void> {
      for (let i = 1; i <= count; i += 1) {
        await store.audit.append({
          at: i * 1000,
          actor: 'U1',
          action: `a${i}`,
          requestId: 'r1',
          data: { 10: i, b: 'ä' },
        });
      }
    }

    it('gives rows whose hashes can be computed elsewhere', async () => {
      await rows(3);
      const chain = await store.audit.chain('r1');
      expect(chain.map((row) => row.seq)).toEqual([1, 2, 3]);
      for (const row of chain) expect(auditHash(row)).toBe(row.hash);
      expect(chain[1]?.previous).toBe(chain[0]?.hash);
      expect(await store.audit.head()).toEqual({ seq: 3, hash: chain[2]?.hash });
      expect(await store.audit.hashAt(2)).toBe(chain[1]?.hash);
      expect(await store.audit.hashAt(4)).toBeUndefined();
    });

    it('verifies the chain after pruning, and after pruning again', async () => {
      await rows(10);
      expect(await store.audit.prune(5000, 20_000)).toBe(4);
      expect(await store.audit.firstBroken()).toBeUndefined();
      expect(await store.audit.length()).toEqual({ last: 11, pruned: 4 });
      expect(await store.audit.prune(5000, 21_000)).toBe(0);
      expect(await store.audit.prune(8000, 22_000)).toBe(3);
      expect(await store.audit.firstBroken()).toBeUndefined();
      expect(await store.audit.length()).toEqual({ last: 12, pruned: 7 });
    });

    it('freezes once, whoever else tries at the same moment', async () => {
      const freeze = { isOn: true, reason: 'storm', by: 'U1', at: 5 };
      const tries = await Promise.all(Array.from({ length: 10 }, () => store.freezes.set(freeze)));
      expect(tries.filter(Boolean)).toHaveLength(1);
      expect(await store.freezes.get()).toEqual(freeze);
      expect(await store.freezes.set({ ...freeze, isOn: false })).toBe(true);
    });

    it('remembers deliveries and reminders until they are forgotten', async () => {
      expect(await store.deliveries.isFirst('mist', 'k', 1)).toBe(true);
      expect(await store.deliveries.isFirst('mist', 'k', 2)).toBe(false);
      await store.deliveries.prune(5);
      expect(await store.deliveries.isFirst('mist', 'k', 6)).toBe(true);
      expect(await store.reminders.claim('r1', 1, 7)).toBe(true);
      expect(await store.reminders.claim('r1', 1, 8)).toBe(false);
      expect(await store.reminders.at('r1', 1)).toBe(7);
    });

    it('keeps who edited, what changed and when it may begin, and finds what is in its window', async () => {
      const row = requestRow({ lastEditor: 'U9', changes: ['~ a'], opensAt: 1500, reason: 'frozen' });
      await store.requests.insert(row);
      await store.requests.insert(requestRow({ id: 'r2' }));
      expect(await store.requests.get('r1')).toStrictEqual(row);
      const inWindow = async (now: number) => (await store.requests.inWindow(now)).map(({ id }) => id);
      expect([
        await inWindow(1499),
        await inWindow(1500),
        await inWindow(1999),
        await inWindow(2000),
      ]).toEqual([[], ['r1'], ['r1'], []]);
      const patch = { inputs: 1, design: 2, plan: 3, preflight: 4, digest: 'd2', expiresAt: 9 };
      await store.requests.replan('r1', 1, patch);
      const replanned = await store.requests.get('r1');
      expect([replanned?.opensAt, replanned?.reason, replanned?.lastEditor]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      await store.requests.replan('r1', 2, { ...patch, opensAt: 7 });
      expect((await store.requests.get('r1'))?.opensAt).toBe(7);
    });

    it('locks a request for whoever decides, and nobody else until then', async () => {
      await store.requests.insert(requestRow());
      const seen: string[] = [];
      await Promise.all(
        ['a', 'b', 'c'].map((who) =>
          store.transaction(async (tx) => {
            const request = await tx.requests.lock('r1');
            seen.push(`${who} ${request?.state}`);
            if (request?.state === 'planned') await tx.requests.move('r1', ['planned'], 'running');
          }),
        ),
      );
      expect(seen.filter((one) => one.endsWith('planned'))).toHaveLength(1);
    });

    describe('what is kept', () => {
      /** A request that ended long ago, with a row in every table. */
      async function ended(id: string, patch: Parameters<typeof requestRow>[0] = {}): Promise<void> {
        await store.requests.insert(
          requestRow({ id, state: 'rolled-back', createdAt: 10, decidedAt: 20, ...patch }),
        );
        const run = runRow({ id: `run-${id}`, requestId: id, startedAt: 20 });
        await store.runs.create(run, ['op'], []);
        const { epoch } = (await store.runs.claim(run.id, 'me', 20, 100))!;
        await store.runs.writeStep(run.id, epoch, 'op', 'intent', { state: 'doing', intended: true }, 21);
        await store.runs.writeRun(run.id, epoch, { state: 'rolled-back', owner: null, endedAt: 30 }, 30);
        await store.decisions.record({
          requestId: id,
          revision: 1,
          digest: 'd1',
          user: 'U2',
          action: 'approve',
          at: 20,
        });
        await store.cards.put({ requestId: id, channel: 'C1', ts: '1' });
        await store.outbox.add('card', id, 20);
        await store.reminders.claim(id, 1, 20);
        await store.secrets.getOrCreate(`${id}/psk`, () => new Secret('a key'), 20);
        await store.secrets.erase([`${id}/psk`], 30);
        await store.ledger.add(ledgerRow({ remoteId: `n-${id}`, runId: run.id, removedAt: 30 }));
      }

      it('goes with everything that is its own, and nothing else', async () => {
        await ended('old');
        await ended('new', { createdAt: 5000 });
        expect(await store.retention.requests(1000, 10)).toEqual(['old']);
        expect(await store.requests.get('old')).toBeUndefined();
        expect(await store.runs.get('run-old')).toBeUndefined();
        expect(await store.runs.journal('run-old')).toEqual([]);
        expect(await store.decisions.of('old')).toEqual([]);
        expect(await store.cards.get('old')).toBeUndefined();
        expect(await store.secrets.fingerprint('old/psk')).toBeUndefined();
        expect((await store.outbox.pendingRequests(10)).map((row) => row.requestId)).toEqual(['new']);
        expect((await store.runs.journal('run-new')).length).toBeGreaterThan(0);
        expect(await store.secrets.fingerprint('new/psk')).toBeDefined();
        expect(await store.retention.requests(1000, 10)).toEqual([]);
      });

      it('never takes what is open, connected, owned, reserved, or could go on', async () => {
        for (const state of ['planned', 'running', 'needs-decision'] as const) {
          await store.requests.insert(requestRow({ id: state, state, createdAt: 10 }));
        }
        await ended('connected', { state: 'verified' });
        await store.sites.put({
          siteId: 's1',
          name: 'Berlin',
          state: 'verified',
          requestId: 'connected',
          design: {},
          live: {},
          updatedAt: 20,
        });
        await ended('owned');
        await store.ledger.add(ledgerRow({ remoteId: 'alive', runId: 'run-owned' }));
        await ended('reserved');
        const range = {
          kind: 'range',
          key: '10.0.0.0/29',
          amount: 1,
          siteId: 's2',
          siteName: 'Bern',
        } as const;
        await store.registry.reserve('reserved', [{ requestId: 'reserved', ...range }]);
        await ended('looked-at-again');
        await store.runs.create(
          runRow({ id: 'second', requestId: 'looked-at-again', kind: 'second-look' }),
          ['op'],
          [],
        );
        await ended('kept');
        await store.runs.reopen('run-kept', ['rolled-back'], 'kept', 40);
        await ended('ended late', { decidedAt: 2000 });
        expect(await store.retention.requests(1000, 100)).toEqual([]);
        expect((await store.runs.journal('run-owned')).length).toBeGreaterThan(0);
      });

      it('is at most so many at once, oldest first', async () => {
        for (const n of [3, 1, 2]) await ended(`r${n}`, { createdAt: n });
        expect(await store.retention.requests(1000, 2)).toEqual(['r1', 'r2']);
        expect(await store.retention.requests(1000, 2)).toEqual(['r3']);
      });

      it('of old readings the last of each hour, and none that is older still', async () => {
        const hour = 3_600_000;
        const at = [0, hour, hour + 1, 2 * hour - 1, 2 * hour, 5 * hour, 5 * hour + 5];
        for (const one of at) {
          await store.observations.add({ siteId: 's1', kind: 'routes', at: one, data: one });
          await store.observations.add({ siteId: 's2', kind: 'routes', at: one, data: one });
        }
        // Of each site: the first is too old, and the second hour keeps its last of three.
        expect(await store.retention.observations(4 * hour, hour)).toBe(2 * 3);
        expect(await store.retention.observations(4 * hour, hour)).toBe(0);
        expect((await store.observations.latest('s1', 'routes'))?.at).toBe(5 * hour + 5);
        expect(await store.retention.observations(4 * hour, 2 * hour)).toBe(2);
        expect(await store.retention.observations(6 * hour, 2 * hour)).toBe(2);
        expect((await store.observations.latest('s1', 'routes'))?.at).toBe(5 * hour + 5);
      });
    });
  });
}
