import Database from 'better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../db/open.ts';
import type { Store } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';
import { requestRow } from './rows.ts';
import { tempDir, testKey, type TempDir } from './temp-store.ts';

const PSK = 'vX9kQ2mTz7RbN4wLs8YpHc3JdGf6Ua1E';

let temp: TempDir;
beforeEach(() => (temp = tempDir()));
afterEach(() => temp.remove());

/** Files of the database that hold the text, plain or in one of the usual encodings. */
function filesWith(text: string): readonly string[] {
  const forms = [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('base64').slice(0, 40)),
    Buffer.from(Buffer.from(text).toString('hex')),
  ];
  return readdirSync(temp.dir).filter((name) => {
    if (name.endsWith('.lock')) return false;
    const bytes = readFileSync(join(temp.dir, name));
    return forms.some((form) => bytes.includes(form));
  });
}

function open(key: Secret, oldKeys: readonly Secret[] = []): Promise<Store> {
  return openStore({ url: `sqlite:${temp.file}`, key, oldKeys });
}

it('leaves no byte of a secret in the database or its log', async () => {
  const store = await temp.open();
  await store.secrets.getOrCreate('r1/psk', () => new Secret(PSK), 1);
  expect(readdirSync(temp.dir)).toContain('sse.db-wal');
  expect(filesWith(PSK)).toEqual([]);
  // The scan would find it: the same text as an ordinary value.
  await store.requests.insert(requestRow({ reason: PSK }));
  expect(filesWith(PSK)).toEqual(['sse.db-wal']);
  await store.close();
  expect(filesWith(PSK)).toEqual(['sse.db']);
});

it('leaves no byte of the key either', async () => {
  const store = await temp.open();
  await store.secrets.getOrCreate('r1/psk', () => new Secret(PSK), 1);
  await store.close();
  expect(filesWith(testKey().reveal())).toEqual([]);
  expect(filesWith(Buffer.alloc(32, 7).toString('latin1'))).toEqual([]);
});

it('encrypts the same secret differently each time', async () => {
  const store = await temp.open();
  for (const id of ['a', 'b']) await store.secrets.getOrCreate(id, () => new Secret(PSK), 1);
  await store.close();
  const rows = new Database(temp.file)
    .prepare<[], { nonce: string; cipher: string }>('select * from secrets')
    .all();
  expect(new Set(rows.map((row) => row.nonce)).size).toBe(2);
  expect(new Set(rows.map((row) => row.cipher)).size).toBe(2);
});

it('reads what an old key encrypted, and needs the old key only once', async () => {
  const first = await open(testKey(1));
  await first.secrets.getOrCreate('a', () => new Secret(PSK), 1);
  const fingerprint = await first.secrets.fingerprint('a');
  await first.close();
  const second = await open(testKey(2), [testKey(1), testKey(2)]);
  expect((await second.secrets.get('a'))?.reveal()).toBe(PSK);
  await second.close();
  const third = await open(testKey(2));
  expect((await third.secrets.get('a'))?.reveal()).toBe(PSK);
  expect(await third.secrets.fingerprint('a')).toBe(fingerprint);
  await third.close();
});

it('says which secret it cannot read without its key, and never makes a new one silently', async () => {
  const first = await open(testKey(1));
  await first.secrets.getOrCreate('a', () => new Secret(PSK), 1);
  await first.close();
  const second = await open(testKey(2), [testKey(3)]);
  const refusal = { code: 'store.secret_unreadable', message: expect.stringContaining('secret a ') };
  await expect(second.secrets.get('a')).rejects.toMatchObject(refusal);
  await expect(second.secrets.getOrCreate('a', () => new Secret('new'), 1)).rejects.toMatchObject(refusal);
  await second.close();
});

it.each([
  ['cipher text', `update secrets set cipher = 'AAAA' || substr(cipher, 5) where id = 'a'`],
  ['a cut cipher text', `update secrets set cipher = 'AAAA' where id = 'a'`],
  [
    'another row',
    `update secrets set (nonce, cipher) = (select nonce, cipher from secrets where id = 'b') where id = 'a'`,
  ],
])('refuses a row with %s', async (_name, sql) => {
  const store = await temp.open();
  for (const id of ['a', 'b']) await store.secrets.getOrCreate(id, () => new Secret(PSK), 1);
  await store.close();
  const raw = new Database(temp.file);
  raw.exec(sql);
  raw.close();
  const again = await open(testKey(8), [testKey()]);
  await expect(again.secrets.get('a')).rejects.toMatchObject({ code: 'store.secret_unreadable' });
  expect((await again.secrets.get('b'))?.reveal()).toBe(PSK);
  await again.close();
});
