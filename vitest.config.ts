import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: process.env['CI'] ? ['default'] : ['default'],
    coverage: { provider: 'v8', include: ['src/**', 'db/**'], reporter: ['text-summary', 'text'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/faults/**'],
          globalSetup: ['test/support/postgres/global-setup.ts'],
          // Most tests wait for servers and processes of their own: more files at once than the machine has cores.
          maxWorkers: 4,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/postgres/global-setup.ts'],
          // Worlds that run side by side: each is a process of its own beside this one.
          maxConcurrency: 3,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
