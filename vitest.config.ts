import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // By itself it leaves a core idle, which on two is half the machine.
    maxWorkers: '100%',
    // What hangs is to end; nothing is to fail because a machine is slow.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
