import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tools/tests/longest-first.ts';

const source = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
};

/**
 * unit: no process, no database. integration and e2e: real PostgreSQL, real processes, real browser.
 *
 * Files of the first two share the processes that run them, one file after another: no module of ours keeps a state of its own that lasts, and to
 * load and warm up the server for each file anew took more time than the tests.
 */
export default defineConfig({
  ...source,
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/unit/**/*.test.{ts,tsx}'],
          setupFiles: ['packages/server/test/support/scratch.ts'],
          testTimeout: 20_000,
          isolate: false,
          maxWorkers: Math.max(2, availableParallelism() - 1),
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
          testTimeout: 120_000,
          hookTimeout: 120_000,
          isolate: false,
          // Each of them starts more processes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...source,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['packages/server/test/support/database-server.ts'],
          setupFiles: ['packages/server/test/support/scratch.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          isolate: false,
          maxWorkers: 2,
          // Two browsers at once keep each other waiting.
          expect: { poll: { timeout: 15_000 } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
