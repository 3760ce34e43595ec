import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const JOBS = Array.from({ length: 12 }, (_, index) => `job-${index}`);

it.each([
  { mostAtOnce: 2, concurrency: 8, expected: 2 },
  { mostAtOnce: 8, concurrency: 3, expected: 3 },
])('runs at most $expected jobs at once, of $concurrency asked for and $mostAtOnce allowed', async (limits) => {
  const { startPool, enqueue, ended } = makeQueueWorld({ mostAtOnce: limits.mostAtOnce });
  let running = 0;
  let most = 0;
  await enqueue(...JOBS);

  await startPool(
    async () => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 100; turn++) await setImmediate();
      running -= 1;
      return DONE;
    },
    { concurrency: limits.concurrency },
  );
  await ended(JOBS.length);

  expect(most).toBe(limits.expected);
});
