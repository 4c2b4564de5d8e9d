import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Database from 'better-sqlite3';
import { migrations } from '../../db/migrations/all.ts';
import { tempDir, type TempDir } from './temp-store.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it says next. */
  line(): Promise<string>;
}

let temp: TempDir;
let children: Child[];
beforeEach(() => {
  temp = tempDir();
  children = [];
});
afterEach(() => {
  for (const child of children) child.process.kill('SIGKILL');
  temp.remove();
});

function start(task: 'open' | 'migrate'): Child {
  const child = spawn(process.execPath, [CHILD, task, temp.file], { stdio: 'pipe' });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const started: Child = {
    process: child,
    async line() {
      const next: IteratorResult<string> = await lines.next();
      return next.done ? 'ended' : next.value;
    },
  };
  children.push(started);
  return started;
}

it('migrates once where several processes start at the same moment', async () => {
  const several = Array.from({ length: 4 }, () => start('migrate'));
  expect(await Promise.all(several.map((child) => child.line()))).toEqual(
    Array.from({ length: 4 }, () => 'migrated'),
  );
  const raw = new Database(temp.file);
  expect(raw.prepare('select name from kysely_migration').all()).toEqual(
    Object.keys(migrations).map((name) => ({ name })),
  );
  raw.close();
});

it('lets one of several processes have the file', async () => {
  const several = Array.from({ length: 3 }, () => start('open'));
  const said = await Promise.all(several.map((child) => child.line()));
  expect(said.sort()).toEqual(['open', 'store.locked', 'store.locked']);
});

it('is free at once after its process was killed, and keeps what was committed', async () => {
  const first = start('open');
  expect(await first.line()).toBe('open');
  await expect(temp.open()).rejects.toMatchObject({ code: 'store.locked' });
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  const store = await temp.open();
  expect(await store.requests.recent(9)).toHaveLength(1);
  await store.close();
});

it('is free after a process has closed it', async () => {
  const first = start('open');
  expect(await first.line()).toBe('open');
  first.process.stdin.end();
  expect(await first.line()).toBe('closed');
  await (await temp.open()).close();
});
