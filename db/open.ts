import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Secret } from '../src/base/secret.ts';
import { auditStore } from './audit.ts';
import { cardStore } from './cards.ts';
import { decisionStore } from './decisions.ts';
import { deliveryStore, freezeStore, reminderStore } from './guards.ts';
import { draftStore } from './drafts.ts';
import { budgetStore } from './budgets.ts';
import { durableDialect } from './durable-dialect.ts';
import { bindTo } from './identity.ts';
import { ledgerStore } from './ledger.ts';
import { migrateSqlite } from './migrate.ts';
import { migrations as ourMigrations } from './migrations/all.ts';
import { observationStore } from './observations.ts';
import { openPostgres } from './open-postgres.ts';
import { outboxStore } from './outbox.ts';
import { badUrl } from './postgres-pool.ts';
import { preparedOnce } from './prepared-once.ts';
import { registryStore } from './registry.ts';
import { retentionStore } from './retention.ts';
import type { DueListener } from './run-types.ts';
import { requestStore } from './requests.ts';
import { runStore } from './runs.ts';
import { scheduleStore } from './schedules.ts';
import { createSecretBox, type SecretBox } from './secret-box.ts';
import { resealSecrets, secretStore } from './secrets.ts';
import { createSession, type Session, type TransactionRules } from './session.ts';
import { siteStore } from './sites.ts';
import { openSqliteFile } from './sqlite-file.ts';
import type { Tables } from './tables.ts';
import type { Store } from './types.ts';
import { createWalSync, openWal } from './wal-sync.ts';

export interface StoreOptions {
  /** `sqlite:./path`, `sqlite:/absolute/path`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  /** 32 bytes in base64; encrypts the secrets at rest. */
  readonly key: Secret;
  /** Keys that earlier secrets were encrypted under; those secrets are encrypted anew under `key`. */
  readonly oldKeys?: readonly Secret[];
}

/** An open database of either kind. */
interface OpenDatabase {
  readonly db: Kysely<Tables>;
  readonly rules: TransactionRules;
  close(): Promise<void>;
}

/** Whether this URL names a database that several bots may share. */
export function isShared(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/**
 * Opens the database, brings its schema up to date and, on SQLite, holds it for this process until `close`. Throws
 * {@link StoreError}: bad URL or key, held by another process, migrated by a newer version, not to be opened, not reachable.
 */
export async function openStore(
  options: StoreOptions,
  migrations: Readonly<Record<string, Migration>> = ourMigrations,
): Promise<Store> {
  const box = createSecretBox(options.key, options.oldKeys ?? []);
  const open = isShared(options.url)
    ? await openPostgres(options.url, migrations)
    : await openSqlite(pathOf(options.url), migrations);
  try {
    const session = createSession(open.db, open.rules);
    await resealSecrets(session, box);
    return createStore(session, {
      box,
      listeners: new Set(),
      due: new Set(),
      close: once(() => open.close()),
    });
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function openSqlite(
  path: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<OpenDatabase> {
  const file = openSqliteFile(path);
  try {
    await migrateSqlite(file.raw, migrations);
    let isRefused = false;
    const wal =
      file.path === undefined
        ? undefined
        : createWalSync(await openWal(file.path), () => {
            isRefused = true;
            // The log is no longer what SQLite takes it for: none of it may go into the file itself.
            file.raw.pragma('wal_autocheckpoint = 0');
          });
    if (wal) file.raw.pragma('synchronous = normal');
    const database = preparedOnce(file.raw);
    const durable = wal && durableDialect(file.raw, database, wal);
    const db = new Kysely<Tables>({
      dialect: durable?.dialect ?? new SqliteDialect({ database }),
      plugins: [...(durable ? [durable.plugin] : []), new CamelCasePlugin()],
    });
    return {
      db,
      rules: wal ? { settled: () => wal.settled() } : {},
      async close() {
        // Waits for the transaction that is going on.
        await db.connection().execute(async () => undefined);
        await wal?.settled().catch(() => undefined);
        await wal?.close();
        // Closing writes everything into the file itself and has it on the disk; what the disk has refused is left to the next start.
        if (isRefused) return file.abandon();
        await db.destroy();
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Shared {
  readonly box: SecretBox;
  readonly listeners: Set<() => void>;
  readonly due: Set<DueListener>;
  close(): Promise<void>;
}

function createStore(session: Session, shared: Shared): Store {
  return {
    requests: requestStore(session),
    decisions: decisionStore(session),
    cards: cardStore(session),
    outbox: outboxStore(session, shared.listeners),
    drafts: draftStore(session),
    runs: runStore(session, shared.due),
    secrets: secretStore(session, shared.box),
    ledger: ledgerStore(session),
    registry: registryStore(session),
    audit: auditStore(session),
    sites: siteStore(session),
    observations: observationStore(session),
    schedules: scheduleStore(session),
    budgets: budgetStore(session),
    transaction: (work, mode = 'alone') =>
      session.atomically((inner) => work(createStore(inner, shared)), mode),
    settled: () => session.settled(),
    freezes: freezeStore(session),
    reminders: reminderStore(session),
    deliveries: deliveryStore(session),
    retention: retentionStore(session),
    bindTo: (identity) => bindTo(session, identity),
    close: shared.close,
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

/** The error never quotes the URL: one of another kind may hold a password. */
function pathOf(url: string): string {
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : '';
  if (path !== '') return path;
  throw badUrl();
}
