import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // Most of what the tests speak to makes them wait (queues, processes, timers): one for each core leaves half idle.
    maxWorkers: 2 * availableParallelism(),
    // What hangs is to end; nothing is to fail because a machine is slow.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        // What is pure leaves nothing behind, so one process can go from file to file.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: ['test/unit/**'] },
      },
    ],
  },
});
