/** How long finished jobs are kept. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { ContrailError } from '../../../src/domain/errors.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';

const HOUR_MS = 60 * 60 * 1_000;
const ONE_AT_A_TIME = { concurrency: 1 };

it('keeps the newest completed and failed jobs, up to the count of each', async () => {
  const retention = { completed: { ageMs: HOUR_MS, count: 3 }, failed: { ageMs: HOUR_MS, count: 2 } };
  const { startPool, enqueue, queue, kind, ended } = makeQueueWorld({ retention });
  await enqueue('good-1', 'bad-1', 'good-2', 'bad-2', 'good-3', 'bad-3', 'good-4', 'good-5');

  await startPool(async (_payload, { jobId }) => {
    if (jobId.startsWith('good')) return DONE;
    throw new ContrailError('RESULTS_MISSING', 'There is no table.');
  }, ONE_AT_A_TIME);
  await ended(8);

  const kept = await queue.list(kind.queue, ['completed', 'failed'], 100);
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(['good-5', 'good-4', 'good-3', 'bad-3', 'bad-2']));
});

it('removes jobs that ended too long ago, with what lay beside them, when the next one ends', async () => {
  const retention = { completed: { ageMs: HOUR_MS, count: 100 } };
  const { redisUrl, prefix, startPool, enqueue, queue, kind, never, ended } = makeQueueWorld({ retention });
  const redis = new Redis(redisUrl);
  onTestFinished(() => redis.disconnect());
  await startPool(async (_payload, { log }) => {
    log('a line');
    return DONE;
  }, ONE_AT_A_TIME);
  await enqueue('old', 'recent');
  await ended(2);
  await redis.zadd(`${prefix}:work:completed`, Date.now() - HOUR_MS - 10_000, 'old');

  await enqueue('next');
  await ended(3);

  const kept = await queue.find(kind.queue, ['old', 'recent', 'next'], never);
  expect(kept.map(({ id }) => id)).toEqual(['recent', 'next']);
  expect(await redis.keys(`${prefix}:work:old*`)).toEqual([]);
});
