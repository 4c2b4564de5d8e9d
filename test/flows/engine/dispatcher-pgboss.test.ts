import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStore } from '../../../db/open.ts';
import type { Store } from '../../../db/types.ts';
import { createPgBossDispatcher } from '../../../src/flows/engine/dispatcher-pgboss.ts';
import { createExecutor, type Executor } from '../../../src/flows/engine/executor.ts';
import type { Dispatcher } from '../../../src/flows/engine/types.ts';
import { runRow } from '../../db/rows.ts';
import { testKey } from '../../db/temp-store.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../../support/postgres/postgres.ts';
import { toyOperations } from './rig.ts';
import { planned, World } from './toy-world.ts';

const clock = { now: () => Date.now() };
const PATIENCE = { timeout: 60_000 };

describe.skipIf(noPostgres)(`several processes${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let database: TestDatabase;
  let stores: Store[];
  let dispatchers: Dispatcher[];
  beforeEach(async () => {
    database = await freshDatabase();
    stores = [];
    dispatchers = [];
  });
  afterEach(async () => {
    await Promise.all(dispatchers.map((one) => one.stop()));
    await Promise.all(stores.map((one) => one.close()));
    await database.drop();
  });

  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

  /** What one process has: a store and a dispatcher of its own. */
  async function worker(
    sweepMs = 200,
    queueUrl = database.url,
  ): Promise<{ store: Store; dispatcher: Dispatcher }> {
    const store = await openStore({ url: database.url, key: testKey() });
    stores.push(store);
    const { runs, schedules } = store;
    const dispatcher = createPgBossDispatcher({
      runs,
      schedules,
      url: queueUrl,
      clock,
      log: silent,
      retryMs: 50,
      sweepMs,
    });
    dispatchers.push(dispatcher);
    return { store, dispatcher };
  }

  async function executor(
    world: World,
    owner: string,
    sweepMs?: number,
  ): Promise<Executor & { store: Store }> {
    const { store, dispatcher } = await worker(sweepMs);
    const made = createExecutor({
      store,
      operations: toyOperations(world),
      planOf: async () => [planned('a'), planned('w', ['a'], 'toy.wait.ask')],
      observer: { changed: async () => undefined, finished: async () => undefined },
      dispatcher,
      owner,
      clock,
      pollMs: 100,
      leaseMs: 1500,
      log: silent,
    });
    return { ...made, store };
  }

  it('carry every run out once, whichever of them looks', async () => {
    const world = new World();
    world.ready.add('w');
    const [one, two] = [await executor(world, 'one'), await executor(world, 'two')];
    await Promise.all([one.start(), two.start()]);
    await one.store.runs.create(runRow({ id: 'run1' }), ['a', 'w'], []);
    await vi.waitFor(
      async () => expect((await two.store.runs.get('run1'))?.state).toBe('succeeded'),
      PATIENCE,
    );
    expect(world.count('create a')).toBe(1);
  });

  it('hear of a run by its job alone, and only once its transaction is committed', async () => {
    const { store, dispatcher } = await worker(3_600_000);
    const looked: string[] = [];
    await dispatcher.start(async (id) => void looked.push(id));
    await expect(
      store.transaction(async (tx) => {
        await tx.runs.create(runRow({ id: 'undone' }), ['a'], []);
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    const at = Date.now() + 600;
    await store.runs.create(runRow({ id: 'later', wakeAt: at }), ['a'], []);
    await store.runs.create(runRow({ id: 'now' }), ['a'], []);
    await vi.waitFor(() => expect(looked).toEqual(expect.arrayContaining(['now', 'later'])), PATIENCE);
    expect(Date.now()).toBeGreaterThanOrEqual(at - 250);
    expect(looked.filter((id) => id !== 'later')).toEqual(['now']);
    const left = await onDatabase<{ state: string }>(
      database.url,
      `select state::text from pgboss.job where name = 'sse-look' and state::text in ('failed', 'retry')`,
    );
    expect(left).toEqual([]);
  });

  it('start although the server has no connection left for the queue, and use it once there is one', async () => {
    const role = `queue_${Date.now().toString(36)}`;
    const url = new URL(database.url);
    const name = url.pathname.slice(1);
    await onDatabase(
      database.url,
      `create role ${role} login password 'only-here' connection limit 0; grant create on database ${name} to ${role}`,
    );
    url.username = role;
    url.password = 'only-here';
    const { store, dispatcher } = await worker(100, url.href);
    const looked: string[] = [];
    await dispatcher.start(async (id) => {
      looked.push(id);
      await onDatabase(
        database.url,
        `update runs set wake_at = ${Date.now() + 3_600_000} where id = '${id}'`,
      );
    });
    const hasQueue = async (): Promise<boolean> => {
      const found = await onDatabase(database.url, `select 1 from pg_namespace where nspname = 'pgboss'`);
      return found.length > 0;
    };
    const done = `select 1 from pgboss.job where data->>'runId' like 'by-job-%' and state = 'completed'`;
    try {
      await store.runs.create(runRow({ id: 'by-rows' }), ['a'], []);
      await vi.waitFor(() => expect(looked).toContain('by-rows'), PATIENCE);
      expect(await hasQueue()).toBe(false);
      await onDatabase(database.url, `alter role ${role} connection limit 10`);
      await vi.waitFor(async () => expect(await hasQueue()).toBe(true), PATIENCE);
      // One after the other, since those that are due before the queue is ready have no job.
      let made = 0;
      await vi.waitFor(async () => {
        await store.runs.create(runRow({ id: `by-job-${(made += 1)}` }), ['a'], []);
        expect(await onDatabase(database.url, done)).not.toEqual([]);
      }, PATIENCE);
    } finally {
      await dispatcher.stop();
      await onDatabase(database.url, `drop owned by ${role} cascade; drop role ${role}`);
    }
  });

  it('refuse to start where waiting does not help', async () => {
    const { dispatcher } = await worker(100, database.url.replace(/\/[^/]*$/, '/no_such_database'));
    await expect(dispatcher.start(async () => undefined)).rejects.toThrow();
  });

  it('stop while the queue is still waited for', async () => {
    const { dispatcher } = await worker(100, 'postgres://nobody:x@127.0.0.1:1/none');
    await dispatcher.start(async () => undefined);
    await dispatcher.stop();
  });

  it('take over what a dead one held, when its lease is over', async () => {
    const world = new World();
    world.ready.add('w');
    const living = await executor(world, 'living');
    await living.store.runs.create(runRow({ id: 'run1' }), ['a', 'w'], []);
    await living.store.runs.claim('run1', 'dead', Date.now(), 1000);
    await living.start();
    await vi.waitFor(
      async () => expect((await living.store.runs.get('run1'))?.state).toBe('succeeded'),
      PATIENCE,
    );
    const lines = await living.store.runs.journal('run1');
    expect(Math.min(...lines.map((line) => line.epoch))).toBeGreaterThan(1);
  });

  it('bring an early look to a run that another one is just working on', async () => {
    const [one, two] = [await worker(), await worker()];
    await one.store.runs.create(runRow({ id: 'run1', wakeAt: Date.now() + 3_600_000 }), ['a'], []);
    const looked: string[] = [];
    await one.dispatcher.start(async () => void looked.push('one'));
    await two.dispatcher.start(async () => void looked.push('two'));
    await onDatabase(database.url, `update runs set owner = 'third', lease_until = ${Date.now() + 1500}`);
    one.dispatcher.wake('run1');
    await vi.waitFor(() => expect(looked.length).toBeGreaterThan(0), PATIENCE);
    expect(await one.store.runs.get('run1')).toMatchObject({ owner: 'third' });
  });

  it('do what is scheduled in turns, never two at once, and go on when one stops', async () => {
    const workers = [await worker(), await worker(), await worker()];
    let going = 0;
    let most = 0;
    const done: number[] = [];
    for (const [index, { dispatcher }] of workers.entries()) {
      dispatcher.schedule('sweep', 300, async () => {
        going += 1;
        most = Math.max(most, going);
        await new Promise((resolve) => setTimeout(resolve, 50));
        done.push(index);
        going -= 1;
        if (done.length === 2) throw new Error('no');
      });
      await dispatcher.start(async () => undefined);
    }
    await vi.waitFor(() => expect(done.length).toBeGreaterThan(3), PATIENCE);
    const rest = workers.filter((_, index) => index !== done.at(-1));
    await workers.find((_, index) => index === done.at(-1))?.dispatcher.stop();
    const before = done.length;
    await vi.waitFor(() => expect(done.length).toBeGreaterThan(before + 1), PATIENCE);
    expect(rest).toHaveLength(2);
    expect(most).toBe(1);
  });
});
