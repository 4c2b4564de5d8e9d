import { execFileSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAudit } from '../../db/read-audit.ts';
import type { Store } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';
import { tempDir, type TempDir } from './temp-store.ts';

let temp: TempDir;
let store: Store;
beforeEach(async () => {
  temp = tempDir();
  store = await temp.open();
});
afterEach(async () => {
  await store.close();
  temp.remove();
});

async function rows(count: number): Promise<void> {
  for (let i = 1; i <= count; i += 1) {
    await store.audit.append({ at: i * 1000, actor: 'U1', action: `a${i}`, data: { i } });
  }
}

/** What `npm run audit:verify` prints, and its exit code. */
function verify(): { out: string; code: number } {
  const env = { ...process.env, DATABASE_URL: `sqlite:${temp.file}` };
  try {
    return { out: execFileSync(process.execPath, ['scripts/audit-verify.ts'], { env }).toString(), code: 0 };
  } catch (error) {
    const { stdout, status } = error as { stdout: Buffer; status: number };
    return { out: stdout.toString(), code: status };
  }
}

it('finds a beginning that was cut off with a checkpoint of its own', async () => {
  await rows(10);
  const raw = new Database(temp.file);
  raw.exec(
    `insert into audit_checkpoints select seq, hash, 1 from audit where seq = 4; delete from audit where seq <= 4`,
  );
  raw.close();
  expect(await store.audit.firstBroken()).toBe(5);
});

it('says by exit code whether the audit of a database in use holds, and where it breaks', async () => {
  await rows(6);
  expect(verify()).toEqual({ out: 'The audit chain holds: 6 rows.\n', code: 0 });
  const raw = new Database(temp.file);
  raw.exec(`update audit set actor = 'U2' where seq = 3`);
  raw.close();
  expect(verify()).toMatchObject({ out: expect.stringContaining('BROKEN at row 3') as string, code: 1 });
});

it('reads an audit without the key of the secrets, and refuses a file that is not there', async () => {
  await rows(2);
  const audit = readAudit(`sqlite:${temp.file}`);
  expect(await audit.firstBroken()).toBeUndefined();
  await audit.close();
  expect(() => readAudit('sqlite:/nowhere/sse.db')).toThrow('cannot be opened');
});

it('erases a key and keeps its fingerprint', async () => {
  await store.secrets.getOrCreate('r/psk', () => new Secret('a-key-of-43-characters'), 1);
  const fingerprint = await store.secrets.fingerprint('r/psk');
  await store.secrets.erase(['r/psk', 'unknown'], 2);
  expect(await store.secrets.get('r/psk')).toBeUndefined();
  expect(await store.secrets.fingerprint('r/psk')).toBe(fingerprint);
  const raw = new Database(temp.file, { readonly: true });
  expect(raw.prepare('select cipher, nonce from secrets').all()).toEqual([{ cipher: '', nonce: '' }]);
  raw.close();
});

it('lets a delivery through once, over a restart, until it is forgotten', async () => {
  expect(await store.deliveries.isFirst('mist', 'k', 1)).toBe(true);
  expect(await store.deliveries.isFirst('slack', 'k', 1)).toBe(true);
  await store.close();
  store = await temp.open();
  expect(await store.deliveries.isFirst('mist', 'k', 2)).toBe(false);
  await store.deliveries.prune(2);
  expect(await store.deliveries.isFirst('mist', 'k', 3)).toBe(true);
});

it('freezes once for many at once', async () => {
  const tries = await Promise.all(
    Array.from({ length: 20 }, (_, i) => store.freezes.set({ isOn: true, reason: '', by: `U${i}`, at: i })),
  );
  expect(tries.filter(Boolean)).toHaveLength(1);
});
