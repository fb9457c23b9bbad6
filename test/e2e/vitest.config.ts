import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The main story in a real browser and a real window: one after the other, each step with the patience of a slow machine. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/e2e/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
