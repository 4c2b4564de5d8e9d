import Database from 'better-sqlite3';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Mist } from '../../src/integrations/mist/types.ts';
import { ask, askAndApprove, BEN } from '../flows/support/asking.ts';
import { deviceOf } from '../flows/support/both-sides.ts';
import { startRig } from '../flows/support/rig.ts';

/**
 * Records what a release leaves behind when it is killed: its database as SQL, and what both vendors hold at that moment. To be run by the code
 * of that release itself: copy this file into a checkout of it as `test/upgrades/record.test.ts` and run
 * `RECORD_TO=<folder> npx vitest run --project unit test/upgrades/record.test.ts`.
 *
 * Porto is connected; the run of Lyon has had its first write to the router carried out and not answered; Bruges waits for its approval;
 * Paris was rejected.
 */
const folder = process.env['RECORD_TO'] ?? '.';
const LAB = { networks: ['Lab'] };

it('is recorded', { timeout: 120_000 }, async () => {
  const inner = mkdtempSync(join(tmpdir(), 'sse-record-'));
  process.env['TMPDIR'] = inner;
  let hangs = false;
  let hung: string | undefined;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  const wrapMist = (mist: Mist): Mist => ({
    ...mist,
    async putDevice(...args) {
      const put = await mist.putDevice(...args);
      if (!hangs) return put;
      hung = String(args[1]);
      await answered;
      return put;
    },
  });
  const rig = await startRig({ wrapMist });
  const porto = await askAndApprove(rig, { site: 'Porto', values: { ...LAB, range_a: '10.99.97.0/29' } });
  await rig.until(porto, 'onboarded');
  const paris = await ask(rig, { site: 'Paris', values: { range_a: '10.99.98.0/29' } });
  await rig.flows.reject(BEN, paris, 'Not this week');
  await ask(rig, { site: 'Bruges', values: { ...LAB, range_a: '10.99.100.0/29' } });
  hangs = true;
  await askAndApprove(rig, { site: 'Lyon', values: { ...LAB, range_a: '10.99.99.0/29' } });
  await expect.poll(() => hung, { timeout: 30_000 }).toBe(deviceOf(rig, 'Lyon').body.id);
  await sleep(500);

  const place = readdirSync(inner).find((name) => name.startsWith('sse-db-')) ?? '';
  const db = new Database(join(inner, place, 'sse.db'));
  const last = db.prepare<[], { name: string }>('select max(name) as name from kysely_migration').get()?.name;
  const target = join(folder, String(last));
  writeFileSync(`${target}.sql`, dump(db));
  db.close();
  const { entra, mist } = rig;
  const world = {
    recordedAt: rig.clock.now(),
    networks: [...entra.store.networks.values()],
    links: [...entra.store.links.values()].map(({ deadZones: _dead, ...row }) => row),
    profiles: entra.store.profiles,
    services: [...mist.store.services],
    devices: [...mist.store.devices].map(([id, { body }]) => [id, body]),
  };
  writeFileSync(`${target}.json`, `${JSON.stringify(world, null, 1)}\n`);
  answer();
});

/** Tables with their rows as statements, one a line. */
function dump(db: Database.Database): string {
  const objects = db
    .prepare<[], { name: string; sql: string; type: string }>(
      `select name, sql, type from sqlite_master where sql is not null and name not like 'sqlite_%' order by type desc, rowid`,
    )
    .all();
  const lines = objects.map(({ sql }) => `${sql.replaceAll('\n', ' ')};`);
  for (const { name } of objects.filter(({ type }) => type === 'table')) {
    for (const row of db.prepare<[], Record<string, unknown>>(`select * from "${name}"`).all()) {
      const values = Object.values(row).map((value) => literal(db, value));
      const columns = Object.keys(row).map((column) => `"${column}"`);
      lines.push(`insert into "${name}" (${columns.join(', ')}) values (${values.join(', ')});`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function literal(db: Database.Database, value: unknown): string {
  return db.prepare<[unknown], { text: string }>('select quote(?) as text').get(value)?.text ?? 'null';
}
