import Database from 'better-sqlite3';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ours } from '../flows/support/both-sides.ts';
import { composeRig, eventually, type Rig, type RigOptions } from '../flows/support/compose-rig.ts';
import { freshDatabase, noPostgres, onDatabase, type TestDatabase } from '../support/postgres/postgres.ts';
import { RELEASES } from './releases.ts';

const COPY = fileURLToPath(new URL('../../scripts/copy-database.ts', import.meta.url));
const run = promisify(execFile);
/** The present release in the middle of a run, its write to the router carried out and not answered. */
const release = RELEASES[RELEASES.length - 1];
if (!release) throw new Error('no release is recorded');

let folder: string;
let rigs: Rig[];
let databases: TestDatabase[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sse-backup-'));
  rigs = [];
  databases = [];
});
afterEach(async () => {
  for (const rig of rigs) await rig.close();
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: RigOptions): Promise<Rig> {
  const rig = await composeRig({
    patienceMs: 60_000,
    aheadMs: (release?.recordedAt ?? 0) + 60_000 - Date.now(),
    ...options,
  });
  rigs.push(rig);
  release?.restoreWorld(rig);
  return rig;
}

async function empty(): Promise<TestDatabase> {
  const database = await freshDatabase();
  databases.push(database);
  return database;
}

/** Starts the bot on what was restored: the run goes on to its end, and nothing is made a second time. */
async function expectToGoOn(rig: Rig): Promise<void> {
  const lyon = (await rig.store.requests.recent(20)).find((request) => request.siteName === 'Lyon');
  await rig.flows.start();
  await rig.until(lyon?.id ?? '', 'onboarded');
  expect(ours(rig)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: ['mssse-wan0'] });
  const posts = [...rig.entra.calls, ...rig.mist.calls].filter(
    ({ method, path }) => method === 'POST' && !/oauth2|show_/.test(path),
  );
  expect(posts).toEqual([]);
  expect(await rig.store.audit.firstBroken()).toBeUndefined();
}

/** A bot whose run cannot go on while Mist is away. */
async function inFlight(options: RigOptions): Promise<Rig> {
  const rig = await start(options);
  rig.mist.faults.plant({ times: -1, action: { kind: 'answer', status: 503 } });
  await rig.flows.start();
  await eventually(() => rig.mist.calls.length > 0);
  return rig;
}

it('a SQLite file that was backed up while the bot runs can be put in place, and its run goes on', async () => {
  let live = '';
  const backup = join(folder, 'backup.db');
  const before = await inFlight({
    prepareFile(file) {
      live = file;
      release.fill(file);
    },
  });
  // What `sqlite3 sse.db "vacuum into 'backup.db'"` does.
  const beside = new Database(live);
  beside.prepare('vacuum into ?').run(backup);
  beside.close();
  await before.close();
  await expectToGoOn(await start({ prepareFile: (file) => copyFileSync(backup, file) }));
});

describe.skipIf(noPostgres)(`PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  it('goes on from our tables alone: the job queue is made anew', async () => {
    const live = await empty();
    await release.fillPostgres(live.url);
    const before = await inFlight({ postgres: live.url });
    await before.close();
    // What a restored dump of the schema `public` holds.
    await onDatabase(live.url, 'drop schema pgboss cascade');
    await expectToGoOn(await start({ postgres: live.url }));
  });

  it('is moved to from SQLite with a run in flight, which goes on', async () => {
    const file = join(folder, 'sse.db');
    release.fill(file);
    const target = await empty();
    const env = { PATH: process.env['PATH'], DATABASE_URL: target.url };
    const { stdout } = await run(process.execPath, [COPY, `sqlite:${file}`], { env });
    expect(stdout).toContain('Copied; the audit chain holds.');
    expect(stdout).toMatch(/^runs: 2$/m);
    await expectToGoOn(await start({ postgres: target.url }));
  });
});
