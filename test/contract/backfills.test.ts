import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryBackfills } from '../../src/adapters/memory/backfills.ts';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { StoredJobs } from '../../src/adapters/memory/stored-jobs.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { startMemoryPool } from '../../src/adapters/memory/worker-pool.ts';
import type { JobKind } from '../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { RedisBackfills } from '../../src/queue/bullmq/redis-backfills.ts';
import { startWorkerPool } from '../../src/queue/bullmq/worker-pool.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { freshRedis } from '../support/redis.ts';
import { SYSTEM } from '../support/system.ts';
import { describeBackfills, QUEUE } from './backfills.ts';

const KIND: JobKind<unknown> = {
  queue: QUEUE,
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 5, longestDelayMs: 20 },
};

describeBackfills('Redis', () => {
  const redis = freshRedis();
  const deployment = { id: '0123456789abcdef', name: 'test' };
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: [KIND], deployment });
  const [backfills, other] = [1, 2].map(() => new RedisBackfills({ ...redis, queues: [QUEUE], deployment }));
  if (backfills === undefined || other === undefined) throw new Error('two were made');
  onTestFinished(async () => {
    await Promise.all([queue.close(), backfills.close(), other.close()]);
  });
  return {
    backfills,
    other,
    queue,
    async start(handle) {
      const handlers = [{ kind: KIND, handle }];
      const pool = await startWorkerPool({
        ...SYSTEM,
        ...redis,
        kinds: [KIND],
        handlers,
        log: recordedLog(),
        deployment,
      });
      onTestFinished(() => pool.stop());
    },
    async until(isSo) {
      const endsAt = SYSTEM.clock.monotonic() + 30_000;
      while (!(await isSo())) {
        if (SYSTEM.clock.monotonic() > endsAt) throw new Error('it never came to be so');
        await SYSTEM.clock.sleep(5);
      }
    },
  };
});

describeBackfills('memory', () => {
  const clock = new VirtualClock(Date.parse('2026-01-15T12:00:00Z'));
  const jobs = new StoredJobs();
  const queue = new MemoryJobQueue({ clock, jobs });
  const backfills = new MemoryBackfills({ clock, jobs });
  return {
    backfills,
    other: backfills,
    queue,
    async start(handle) {
      const random = seededRandom(3);
      const handlers = [{ kind: KIND, handle }];
      const pool = startMemoryPool({ queue, clock, random, kinds: [KIND], handlers, log: recordedLog() });
      onTestFinished(() => pool.crash());
    },
    async until(isSo) {
      for (let step = 0; step < 10_000; step++) {
        if (await isSo()) return;
        await clock.advance(5);
      }
      throw new Error('it never came to be so');
    },
  };
});
