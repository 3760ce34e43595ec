import { Queue } from 'bullmq';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { MemoryQueueWatch } from '../../src/adapters/memory/queue-watch.ts';
import type { JobKind } from '../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { RedisQueueWatch } from '../../src/queue/bullmq/queue-watch.ts';
import { freshRedis } from '../support/redis.ts';
import { SYSTEM } from '../support/system.ts';
import { describeQueueWatch, WATCHED } from './queue-watch.ts';

const KIND: JobKind<unknown> = {
  queue: WATCHED,
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 5, longestDelayMs: 20 },
};

describeQueueWatch('Redis', async () => {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: [KIND] });
  const watch = new RedisQueueWatch({ ...SYSTEM, ...redis, queues: [WATCHED] });
  const board = new Queue(WATCHED, { connection: { url: redis.redisUrl }, prefix: redis.prefix });
  onTestFinished(async () => {
    watch.close();
    await Promise.all([queue.close(), board.close()]);
  });
  return { queue, watch, pause: () => board.pause() };
});

describeQueueWatch('memory', async () => {
  let now = Date.parse('2026-01-15T12:00:00Z');
  const clock = { now: () => (now += 1) };
  const queue = new MemoryJobQueue({ clock });
  const watch = new MemoryQueueWatch({ jobs: queue.jobs, queues: [WATCHED], clock });
  return { queue, watch, pause: async () => queue.pause(WATCHED) };
});
