import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import type { JobKind } from '../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { startWorkerPool } from '../../src/queue/bullmq/worker-pool.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { freshRedis } from '../support/redis.ts';
import { describeJobQueue, QUEUE } from './job-queue.ts';
import { SYSTEM } from '../support/system.ts';

const KIND: JobKind<unknown> = {
  queue: QUEUE,
  payload: z.unknown(),
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 5, longestDelayMs: 20 },
};

describeJobQueue('BullMQ', async () => {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: [KIND] });
  const other = new BullmqJobQueue({ ...SYSTEM, ...redis, kinds: [KIND] });
  const board = new Queue(QUEUE, { connection: { url: redis.redisUrl }, prefix: redis.prefix });
  onTestFinished(async () => {
    await Promise.all([queue.close(), other.close(), board.close()]);
  });
  return {
    queue,
    other,
    pause: () => board.pause(),
    resume: () => board.resume(),
    async work(handle) {
      const pool = await startWorkerPool({
        ...SYSTEM,
        ...redis,
        kinds: [KIND],
        handlers: [{ kind: KIND, handle }],
        log: recordedLog(),
      });
      // Snoozed jobs stay where they are, so listing them first and then counting all at one moment misses no other.
      const isBusy = async () => {
        const snoozed = (await queue.list(QUEUE, ['delayed'], 100)).filter(({ attempts }) => attempts === 0);
        const { waiting, active, delayed } = await queue.counts(QUEUE);
        return waiting + active > 0 || delayed > snoozed.length;
      };
      while (await isBusy()) await sleep(20);
      await pool.stop();
    },
  };
});

describeJobQueue('memory', async () => {
  let now = Date.parse('2026-01-15T12:00:00Z');
  const queue = new MemoryJobQueue({ clock: { now: () => (now += 1) } });
  return {
    queue,
    other: queue,
    pause: async () => queue.pause(QUEUE),
    resume: async () => queue.resume(QUEUE),
    async work(handle) {
      await queue.run(QUEUE, handle);
    },
  };
});
