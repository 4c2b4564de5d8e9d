import Database from 'better-sqlite3';
import { openStore } from '../../db/open.ts';
import { migrateSqlite } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/all.ts';
import type { Store } from '../../db/types.ts';
import { requestRow } from './rows.ts';
import { testKey } from './temp-store.ts';

/**
 * A process of its own for tests: `node child.ts <open|migrate> <file>`, or `node child.ts <share|click> <postgres URL>`. Says what it
 * came to on one line.
 */
const [, , task, file] = process.argv;
if (!task || !file) throw new Error('usage: child.ts <open|migrate|share|click> <file or URL>');

const CLICKS = 25;

/** What an approval does, without a guard against others in its own code: read, decide, write. True where it was this one that took effect. */
function click(store: Store, n: number): Promise<boolean> {
  return store.transaction(async (tx) => {
    const row = await tx.requests.get('r1');
    await tx.audit.append({ at: n, actor: `p${process.pid}`, action: 'click', requestId: 'r1' });
    await tx.outbox.add('card', 'r1', n);
    const user = `U${process.pid}-${n}`;
    await tx.decisions.record({ requestId: 'r1', revision: 1, digest: 'd', user, action: 'approve', at: n });
    if (row?.state !== 'planned') return false;
    await tx.requests.move('r1', ['planned', 'running'], 'running', { reason: user });
    return true;
  });
}

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

try {
  if (task === 'share') {
    await (await openStore({ url: file, key: testKey() })).close();
    say('migrated');
  } else if (task === 'click') {
    const store = await openStore({ url: file, key: testKey() });
    const clicks = await Promise.all(Array.from({ length: CLICKS }, (_, n) => click(store, n)));
    await store.close();
    say(String(clicks.filter(Boolean).length));
  } else if (task === 'migrate') {
    const raw = new Database(file, { timeout: 10_000 });
    await migrateSqlite(raw, migrations);
    raw.close();
    say('migrated');
  } else {
    const store = await openStore({ url: `sqlite:${file}`, key: testKey() });
    await store.requests.insert(requestRow({ id: `r${process.pid}` }));
    say('open');
    process.stdin.on('end', () => void store.close().then(() => say('closed')));
    process.stdin.resume();
  }
} catch (error) {
  say(error instanceof Error && 'code' in error ? String(error.code) : String(error));
}
