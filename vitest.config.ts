import { defineConfig } from 'vitest/config';
import { LongestFirst } from './infra/scripts/test-order.ts';

const NOT_OURS = ['node_modules/**', '.*/**'];
/** On a busy machine the usual second passes by itself. Below 5 s, after which what got no news looks for itself. */
const PATIENCE = { expect: { poll: { timeout: 4_000 } } };

export default defineConfig({
  test: {
    slowTestThreshold: 10_000,
    globalSetup: 'infra/scripts/test-setup.ts',
    sequence: { sequencer: LongestFirst },
    // Pure tests need none of it; those with a homeserver on a machine with other work need all of it.
    projects: [
      {
        test: {
          ...PATIENCE,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...NOT_OURS, 'e2e/**/*.test.ts'],
          maxWorkers: 3,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Each file has a whole stack, which mostly waits: three at a time on two cores, when the rest is done.
        test: {
          ...PATIENCE,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: [...NOT_OURS, 'e2e/containers/**'],
          maxWorkers: 3,
          testTimeout: 240_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // A stack in containers, where there is an engine for them.
        test: {
          ...PATIENCE,
          name: 'containers',
          include: ['e2e/containers/**/*.test.ts'],
          exclude: NOT_OURS,
          fileParallelism: false,
          testTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
