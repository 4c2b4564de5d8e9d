import Database from 'better-sqlite3';
import { openStore } from '../../db/open.ts';
import { migrateSqlite } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/all.ts';
import { requestRow } from './rows.ts';
import { testKey } from './temp-store.ts';

/** A process of its own for tests: `node child.ts <open|migrate> <file>`. Says what it came to on one line. */
const [, , task, file] = process.argv;
if (!task || !file) throw new Error('usage: child.ts <open|migrate> <file>');

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

try {
  if (task === 'migrate') {
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
