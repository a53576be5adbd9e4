import { defineConfig } from 'vitest/config';

const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
};

/** unit: no process, no database. server/client/cli/e2e: real PostgreSQL, real processes, real browser. */
export default defineConfig({
  ...source,
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/unit/**/*.test.{ts,tsx}'],
          setupFiles: ['packages/server/test/support/scratch.ts'],
          testTimeout: 20_000,
        },
      },
      {
        ...source,
        test: {
          name: 'integration',
          include: ['packages/*/test/**/*.test.{ts,tsx}'],
          exclude: ['packages/*/test/unit/**', '**/node_modules/**'],
          globalSetup: ['packages/server/test/support/database-server.ts'],
          setupFiles: ['packages/server/test/support/scratch.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['packages/server/test/support/database-server.ts'],
          setupFiles: ['packages/server/test/support/scratch.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
