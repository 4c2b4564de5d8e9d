import { defineConfig } from 'vitest/config';

/** Real servers and processes on a loaded machine miss a wait now and then; what fails twice is broken. */
const retry = process.env['CI'] ? 1 : 0;

export default defineConfig({
  test: {
    reporters: ['default'],
    coverage: { provider: 'v8', include: ['src/**', 'db/**'], reporter: ['text-summary', 'text'] },
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/faults/**'],
          globalSetup: ['test/support/postgres/global-setup.ts'],
          // Most tests wait for servers and processes of their own: more files at once than the machine has cores.
          maxWorkers: 3,
          // Patience costs nothing where it is not needed: whatever is waited for comes, on a slow machine as well.
          testTimeout: 120_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        test: {
          name: 'e2e',
          retry,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/postgres/global-setup.ts'],
          // Worlds that run side by side: each is a process of its own beside this one.
          maxConcurrency: 3,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 60_000 } },
          fileParallelism: false,
        },
      },
    ],
  },
});
