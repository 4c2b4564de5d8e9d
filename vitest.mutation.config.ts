import { defineConfig } from 'vitest/config';

/** What the mutation tests run: the tests of the pure rules alone. Anything with a server in it would take hours. */
export default defineConfig({
  test: {
    include: ['test/design/**/*.test.ts'],
    setupFiles: ['test/design/support/mutation-setup.ts'],
    testTimeout: 20_000,
  },
});
