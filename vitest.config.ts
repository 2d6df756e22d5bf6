import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    globalSetup: ['tests/support/globalSetup.ts'],
    setupFiles: ['tests/support/endWithRunner.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A machine that is busy is slow, not wrong.
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    maxWorkers: 2,
    // A skipped suite says so by name.
    reporters: ['default'],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
});
