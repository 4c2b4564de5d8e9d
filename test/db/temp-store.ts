import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../db/open.ts';
import type { Store } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';

/** A key for tests: 32 equal bytes. */
export function testKey(byte = 7): Secret {
  return new Secret(Buffer.alloc(32, byte).toString('base64'));
}

/** An own directory with the path of a database in it. */
export interface TempDir {
  readonly dir: string;
  readonly file: string;
  open(): Promise<Store>;
  remove(): void;
}

export function tempDir(): TempDir {
  const dir = mkdtempSync(join(tmpdir(), 'sse-db-'));
  const file = join(dir, 'sse.db');
  return {
    dir,
    file,
    open: () => openStore({ url: `sqlite:${file}`, key: testKey() }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
