import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// It ends what hangs; a machine that is busy with other work takes its time.
const UNIT_TIMEOUT_MS = 30_000;
const INTEGRATION_TIMEOUT_MS = 30_000;
const EMULATOR_TIMEOUT_MS = 120_000;
const E2E_TIMEOUT_MS = 120_000;
/** One more than cores, as many tests wait for other processes. */
const WORKERS = availableParallelism() + 1;
/** For tests that need most of a machine. */
const ONE_BY_ONE = { isolate: true, maxWorkers: 1 };
const withRedis = {
  globalSetup: ['test/support/global-build.ts', 'test/support/global-redis.ts'],
  testTimeout: INTEGRATION_TIMEOUT_MS,
  hookTimeout: INTEGRATION_TIMEOUT_MS,
};

/** They start emulators, which are slow, and some run the command line. */
const withEmulators = {
  ...withRedis,
  ...ONE_BY_ONE,
  testTimeout: EMULATOR_TIMEOUT_MS,
  hookTimeout: EMULATOR_TIMEOUT_MS,
};

export default defineConfig({
  test: {
    pool: 'forks',
    // Files share a process and the modules it has loaded: loading them took more than half of the time.
    isolate: false,
    maxWorkers: WORKERS,
    // Unit tests start nothing; the others share one private Redis, each test under a key prefix of its own.
    // `npm test` runs unit, contract, integration and e2e; `npm run test:all` runs long as well.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/simulation/**/*.test.ts'],
          testTimeout: UNIT_TIMEOUT_MS,
        },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'], ...withRedis } },
      { extends: true, test: { name: 'integration', include: ['test/integration/**/*.test.ts'], ...withRedis } },
      { extends: true, test: { name: 'emulators', include: ['test/emulators/**/*.test.ts'], ...withEmulators } },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...withRedis, testTimeout: E2E_TIMEOUT_MS },
      },
      {
        extends: true,
        test: { name: 'long', include: ['test/long/**/*.test.ts'], ...withRedis, testTimeout: E2E_TIMEOUT_MS },
      },
      {
        extends: true,
        test: {
          name: 'goldens',
          include: ['test/goldens/**/*.test.ts'],
          ...withRedis,
          testTimeout: E2E_TIMEOUT_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...withRedis,
          ...ONE_BY_ONE,
          testTimeout: E2E_TIMEOUT_MS,
        },
      },
    ],
  },
});
