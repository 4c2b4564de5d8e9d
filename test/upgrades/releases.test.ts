import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { BEN, ANNA, viewOf } from '../flows/support/asking.ts';
import { ours } from '../flows/support/both-sides.ts';
import { composeRig, type Rig, type RigOptions } from '../flows/support/compose-rig.ts';
import { freshDatabase, noPostgres, type TestDatabase } from '../support/postgres/postgres.ts';
import { RELEASES, type Release } from './releases.ts';

const NOTHING = {
  networks: [],
  links: [],
  profiles: [],
  connectors: [],
  groups: [],
  routingPolicies: [],
  policies: [],
};

let rig: Rig | undefined;
let database: TestDatabase | undefined;
afterEach(async () => {
  await rig?.close();
  await database?.drop();
  rig = database = undefined;
});

/** This version over what the release left, a minute later. */
async function upgrade(release: Release, options: RigOptions = {}): Promise<Rig> {
  rig = await composeRig({
    patienceMs: 60_000,
    aheadMs: release.recordedAt + 60_000 - Date.now(),
    ...(options.postgres === undefined && { prepareFile: release.fill }),
    ...options,
  });
  release.restoreWorld(rig);
  return rig;
}

async function requestOf(from: Rig, site: string): Promise<string> {
  const found = (await from.store.requests.recent(20)).find((request) => request.siteName === site);
  if (!found) throw new Error(`no request of ${site}`);
  return found.id;
}

function calls(from: Rig, method: string): number {
  return [...from.entra.calls, ...from.mist.calls].filter(
    (call) => call.method === method && !/oauth2|show_/.test(call.path),
  ).length;
}

function setPlanVersion(file: string, version: number): void {
  const db = new Database(file);
  db.prepare('update requests set plan_version = ?').run(version);
  db.close();
}

it('has more than one release to start from', () => {
  expect(RELEASES.map((release) => release.schema)).toEqual(
    expect.arrayContaining(['0002-undo-times', '0008-adopted']),
  );
});

describe.each(RELEASES)('what the release with $schema left when it was killed', (release) => {
  it('is finished: the write whose answer was lost is found and not made again', async () => {
    const now = await upgrade(release);
    const lyon = await requestOf(now, 'Lyon');
    const [run] = await now.store.runs.ofRequest(lyon);
    const uncertain = (await now.store.runs.steps(run?.id ?? '')).filter((step) => step.uncertain);
    expect(uncertain.map((step) => step.opId)).toEqual(['mist.connectors']);
    await now.flows.start();
    await now.until(lyon, 'onboarded');
    expect(ours(now)).toMatchObject({ networks: ['Lyon'], links: ['Lyon-wan0'], connectors: ['mssse-wan0'] });
    expect([calls(now, 'POST'), calls(now, 'PUT')]).toEqual([0, 1]);
    expect(await now.store.audit.firstBroken()).toBeUndefined();
  });

  it('is unwound where Mist refuses the rest, and what others hold stays', async () => {
    const now = await upgrade(release);
    const lyon = await requestOf(now, 'Lyon');
    now.mist.faults.plant({
      method: 'PUT',
      path: '/devices/[^/]+$',
      action: { kind: 'answer', status: 400, body: '{"detail":"no"}' },
    });
    await now.flows.start();
    await now.until(lyon, 'rolled-back');
    expect(ours(now)).toMatchObject(NOTHING);
    expect(ours(now, 'Porto')).toMatchObject({ networks: ['Porto'], policies: ['microsoft-sse'] });
    expect((await now.store.ledger.live()).some((row) => row.siteId === now.site('Lyon'))).toBe(false);
  });

  it('is parked with a card where its plan is of a version that this one does not know', async () => {
    let setVersion: (version: number) => void = () => undefined;
    const now = await upgrade(release, {
      prepareFile(file) {
        release.fill(file);
        setVersion = (version) => setPlanVersion(file, version);
        setVersion(99);
      },
    });
    const lyon = await requestOf(now, 'Lyon');
    await now.flows.start();
    await now.until(lyon, 'needs-decision');
    const view = await viewOf(now, lyon);
    expect(view.failure?.hint).toContain('planned by another version');
    expect([calls(now, 'POST'), calls(now, 'PUT'), calls(now, 'DELETE')]).toEqual([0, 0, 0]);
    setVersion(1);
    expect((await now.flows.retry(ANNA, lyon)).kind).toBe('accepted');
    await now.until(lyon, 'onboarded');
  });

  it('keeps what was decided, and a plan that waits is approved or void, never guessed', async () => {
    const now = await upgrade(release);
    await now.flows.start();
    expect(await viewOf(now, await requestOf(now, 'Paris'))).toMatchObject({ reason: 'Not this week' });
    expect((await now.store.sites.get(now.site('Porto')))?.state).toMatch(/onboarded|verified/);
    const bruges = await requestOf(now, 'Bruges');
    expect((await now.store.requests.get(bruges))?.state).toBe('planned');
    expect((await now.flows.approve(BEN, bruges)).kind).toBe('accepted');
    const state = await now.until(bruges, 'onboarded', 'void');
    const stands = state === 'void' ? [] : ['Bruges'];
    expect(ours(now, 'Bruges').networks).toEqual(stands);
  });

  // PostgreSQL came with the third migration.
  if (release.schema > '0003') {
    it.skipIf(noPostgres)('is finished over PostgreSQL as well', async () => {
      database = await freshDatabase();
      await release.fillPostgres(database.url);
      const now = await upgrade(release, { postgres: database.url });
      const lyon = await requestOf(now, 'Lyon');
      await now.flows.start();
      await now.until(lyon, 'onboarded');
      expect([calls(now, 'POST'), calls(now, 'PUT')]).toEqual([0, 1]);
    });
  }
});
