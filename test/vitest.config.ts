import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: [
      'test/{unit,engine,store,contract,data,runs,terminal,setup,security,renderer,electron}/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A loaded machine may take its time; what does not come at all still fails.
    expect: { poll: { timeout: 30_000 } },
  },
});
