import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    // A process that loads the application for each of 230 files takes longer than half of the tests. So test files share what a process has: what a test
    // sets (the environment, signal handlers, files) it puts back.
    isolate: false,
    // Worker threads of the packager are .ts files under test: tsx lets Node load them.
    execArgv: ['--import', new URL('./test/support/load-typescript.mjs', import.meta.url).href],
    // What is waited for comes in its time; a busy machine takes longer than the second that vitest would wait.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
