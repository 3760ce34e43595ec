import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { MemoryQueueRest } from '../../src/adapters/memory/queue-rest.ts';
import { MemoryQueueWatch } from '../../src/adapters/memory/queue-watch.ts';
import { StoredJobs } from '../../src/adapters/memory/stored-jobs.ts';
import type { QueueWatch } from '../../src/ports/queue-watch.ts';
import { RedisQueueWatch } from '../../src/queue/bullmq/queue-watch.ts';
import { RedisQueueRest } from '../../src/queue/bullmq/redis-queue-rest.ts';
import { freshRedis } from '../support/redis.ts';
import { SYSTEM } from '../support/system.ts';
import { describeQueueRest } from './queue-rest.ts';

const QUEUE = 'work';

describeQueueRest('Redis', () => {
  const { redisUrl, prefix } = freshRedis();
  const redis = new Redis(redisUrl);
  const watch = new RedisQueueWatch({ ...SYSTEM, redisUrl, prefix, queues: [QUEUE] });
  onTestFinished(() => {
    watch.close();
    redis.disconnect();
  });
  return {
    worker: (limits) =>
      new RedisQueueRest({ ...SYSTEM, redis, prefix, queue: QUEUE, ...(limits === undefined ? {} : { limits }) }),
    look: () => lookAt(watch),
  };
});

describeQueueRest('memory', () => {
  let now = Date.parse('2026-01-15T12:00:00Z');
  const clock = { now: () => (now += 1) };
  const jobs = new StoredJobs();
  const watch = new MemoryQueueWatch({ jobs, queues: [QUEUE], clock });
  return {
    worker: (limits) => new MemoryQueueRest({ jobs, queue: QUEUE, clock, ...(limits === undefined ? {} : { limits }) }),
    look: () => lookAt(watch),
  };
});

async function lookAt(watch: QueueWatch) {
  const [look] = (await watch.look()).queues;
  if (look === undefined) throw new Error('no queue was looked at');
  return look;
}
