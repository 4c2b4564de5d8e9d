import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Secret } from '../src/base/secret.ts';
import { auditStore } from './audit.ts';
import { cardStore } from './cards.ts';
import { decisionStore } from './decisions.ts';
import { draftStore } from './drafts.ts';
import { bindTo } from './identity.ts';
import { ledgerStore } from './ledger.ts';
import { migrateSqlite } from './migrate.ts';
import { migrations as ourMigrations } from './migrations/all.ts';
import { observationStore } from './observations.ts';
import { outboxStore } from './outbox.ts';
import { registryStore } from './registry.ts';
import { requestStore } from './requests.ts';
import { runStore } from './runs.ts';
import { createSecretBox, type SecretBox } from './secret-box.ts';
import { resealSecrets, secretStore } from './secrets.ts';
import { createSession, type Session } from './session.ts';
import { siteStore } from './sites.ts';
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';
import type { Tables } from './tables.ts';
import type { Store } from './types.ts';

export interface StoreOptions {
  /** `sqlite:./path`, `sqlite:/absolute/path` or `sqlite::memory:`. */
  readonly url: string;
  /** 32 bytes in base64; encrypts the secrets at rest. */
  readonly key: Secret;
  /** Keys that earlier secrets were encrypted under; those secrets are encrypted anew under `key`. */
  readonly oldKeys?: readonly Secret[];
}

/**
 * Opens the database, brings its schema up to date and holds it for this process until `close`. Throws
 * {@link StoreError}: bad URL or key, held by another process, migrated by a newer version, not to be opened.
 */
export async function openStore(
  options: StoreOptions,
  migrations: Readonly<Record<string, Migration>> = ourMigrations,
): Promise<Store> {
  const box = createSecretBox(options.key, options.oldKeys ?? []);
  const file = openSqliteFile(pathOf(options.url));
  try {
    await migrateSqlite(file.raw, migrations);
    const db = new Kysely<Tables>({
      dialect: new SqliteDialect({ database: file.raw }),
      plugins: [new CamelCasePlugin()],
    });
    const session = createSession(db);
    await resealSecrets(session, box);
    return createStore(session, { box, listeners: new Set(), close: closer(db, file) });
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Shared {
  readonly box: SecretBox;
  readonly listeners: Set<() => void>;
  close(): Promise<void>;
}

function createStore(session: Session, shared: Shared): Store {
  return {
    requests: requestStore(session),
    decisions: decisionStore(session),
    cards: cardStore(session),
    outbox: outboxStore(session, shared.listeners),
    drafts: draftStore(session),
    runs: runStore(session),
    secrets: secretStore(session, shared.box),
    ledger: ledgerStore(session),
    registry: registryStore(session),
    audit: auditStore(session),
    sites: siteStore(session),
    observations: observationStore(session),
    transaction: (work) => session.atomically((inner) => work(createStore(inner, shared))),
    bindTo: (identity) => bindTo(session, identity),
    close: shared.close,
  };
}

/** Waits for the transaction that is going on, then closes the file and frees its lock. */
function closer(db: Kysely<Tables>, file: SqliteFile): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () =>
    (closing ??= (async () => {
      await db.connection().execute(async () => undefined);
      await db.destroy();
      file.close();
    })());
}

/** The error never quotes the URL: one of another kind may hold a password. */
function pathOf(url: string): string {
  if (/^postgres(ql)?:/.test(url)) {
    throw new StoreError(
      'store.dialect',
      'PostgreSQL comes with distributed mode',
      'Set DATABASE_URL to sqlite:<path>; PostgreSQL comes with distributed mode.',
    );
  }
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : '';
  if (path !== '') return path;
  throw new StoreError(
    'store.bad_url',
    'the database URL is not understood',
    'Set DATABASE_URL to sqlite:<path>, for example sqlite:./data/sse.db.',
  );
}
