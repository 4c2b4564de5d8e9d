import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the test files of this run leave word of the server that the first of them started. */
    postgresRun: { readonly dir: string; readonly pid: number };
  }
}

/** Starts nothing by itself: a run without a test that needs PostgreSQL pays nothing. */
export default function setup(project: TestProject): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'sse-test-pg-'));
  project.provide('postgresRun', { dir, pid: process.pid });
  return () => {
    try {
      process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')), 'SIGTERM');
    } catch {
      // None was started, or it has ended.
    }
    rmSync(dir, { recursive: true, force: true });
  };
}
