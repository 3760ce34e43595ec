import { expect, it } from 'vitest';
import { z } from 'zod';
import { jobOptionsOf } from '../../../../src/queue/bullmq/job-options.ts';

const DAY_SECONDS = 24 * 60 * 60;
const KIND = {
  queue: 'work',
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 6, firstDelayMs: 1, longestDelayMs: 2 },
};

it('keeps at most 5,000 completed jobs for a week, and 100,000 failed ones for thirty days', () => {
  expect(jobOptionsOf(KIND)).toMatchObject({
    attempts: 6,
    removeOnComplete: { age: 7 * DAY_SECONDS, count: 5_000 },
    removeOnFail: { age: 30 * DAY_SECONDS, count: 100_000 },
  });
});

it('takes another retention for one of the two, in whole seconds that are never nothing', () => {
  expect(jobOptionsOf(KIND, { completed: { ageMs: 1, count: 3 } })).toMatchObject({
    removeOnComplete: { age: 1, count: 3 },
    removeOnFail: { age: 30 * DAY_SECONDS, count: 100_000 },
  });
});
