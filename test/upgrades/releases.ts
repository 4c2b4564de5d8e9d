import Database from 'better-sqlite3';
import { Kysely, PostgresDialect } from 'kysely';
import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { COPIED } from '../../db/copy.ts';
import { migratePostgres } from '../../db/migrate-postgres.ts';
import { migrations } from '../../db/migrations/all.ts';
import { openPool } from '../../db/postgres-pool.ts';
import type { DeviceLink, ForwardingProfile, RemoteNetwork } from '../../sandbox/entra/resources.ts';
import type { Json } from '../../sandbox/mist/json.ts';
import type { Rig } from '../flows/support/compose-rig.ts';

const FOLDER = new URL('./releases/', import.meta.url);

/** What a release left behind when it was killed; `record-release.ts` says how it is made. */
export interface Release {
  /** Name of its newest migration. */
  readonly schema: string;
  readonly recordedAt: number;
  /** Makes the database that it left in this file. */
  fill(file: string): void;
  /** The same on an empty PostgreSQL, with the tables of that release. */
  fillPostgres(url: string): Promise<void>;
  /** Brings both simulators to what they held at that moment. */
  restoreWorld(rig: Rig): void;
}

interface World {
  readonly recordedAt: number;
  readonly networks: readonly RemoteNetwork[];
  readonly links: readonly {
    readonly networkId: string;
    readonly sequence: number;
    readonly createdAt: number;
    readonly endpoints: readonly [string, string];
    readonly resource: DeviceLink;
  }[];
  readonly profiles: readonly ForwardingProfile[];
  readonly services: readonly (readonly [string, Json])[];
  readonly devices: readonly (readonly [string, Json])[];
}

/** Every release that has been recorded, the oldest first. */
export const RELEASES: readonly Release[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .map((name) => releaseOf(name.replace(/\.sql$/, '')));

function releaseOf(schema: string): Release {
  const read = (ending: string): string => readFileSync(new URL(`${schema}.${ending}`, FOLDER), 'utf8');
  const sql = read('sql');
  const world = JSON.parse(read('json')) as World;
  return {
    schema,
    recordedAt: world.recordedAt,
    fill(file) {
      const db = filled(new Database(file), sql);
      db.close();
    },
    async fillPostgres(url) {
      const from = filled(new Database(':memory:'), sql);
      const to = new Kysely<AnyTables>({ dialect: new PostgresDialect({ pool: await openPool(url) }) });
      try {
        await copyRows(from, to);
      } finally {
        await to.destroy();
        from.close();
      }
    },
    restoreWorld: (rig) => restoreWorld(rig, world),
  };
}

function filled(db: Database.Database, sql: string): Database.Database {
  db.pragma('foreign_keys = off');
  db.exec(`begin; ${sql} commit;`);
  return db;
}

type Row = Record<string, unknown>;
type AnyTables = Record<string, Row>;

/** Makes the tables of that release and fills them. */
async function copyRows(from: Database.Database, to: Kysely<AnyTables>): Promise<void> {
  const rowsOf = (table: string): Row[] => from.prepare<[], Row>(`select * from "${table}"`).all();
  const known = rowsOf('kysely_migration').map((row) => row['name']);
  const then = Object.entries(migrations).filter(([name]) => known.includes(name));
  await migratePostgres(to as Kysely<unknown>, Object.fromEntries(then));
  const tables = from
    .prepare<[], { name: string }>(`select name from sqlite_master where type = 'table'`)
    .all();
  for (const name of COPIED) {
    const table = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const rows = tables.some((one) => one.name === table) ? rowsOf(table) : [];
    if (rows.length > 0) await to.insertInto(table).values(rows).execute();
  }
}

function restoreWorld({ entra, mist }: Rig, world: World): void {
  for (const network of world.networks) entra.store.networks.set(network.id, { ...network });
  for (const link of world.links) {
    entra.store.links.set(link.resource.id, { ...structuredClone(link), deadZones: new Set() });
  }
  entra.store.profiles.splice(0, Infinity, ...structuredClone(world.profiles));
  entra.store.changed();
  for (const [id, service] of world.services) mist.store.services.set(id, structuredClone(service));
  for (const [id, device] of world.devices) {
    const stands = mist.store.devices.get(id)?.body;
    if (!isDeepStrictEqual(stands, device)) {
      mist.portal.editDevice(id, (body) => void Object.assign(body, structuredClone(device)));
    }
  }
}
