import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { StoredJobs } from '../../src/adapters/memory/stored-jobs.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { startMemoryPool } from '../../src/adapters/memory/worker-pool.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import type { JobKind } from '../../src/jobs/job-kind.ts';
import type { PoolOptions } from '../../src/queue/pool-options.ts';
import type { FailureEvent, FinishedEvent, OutcomeEvent, ThrottledEvent } from '../../src/queue/worker-events.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { startWorkerPool } from '../../src/queue/bullmq/worker-pool.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { freshRedis } from '../support/redis.ts';
import { SYSTEM } from '../support/system.ts';
import { describeQueuedWork, type Handle, PARTS_QUEUE, WORK_QUEUE } from './queued-work.ts';

const retry = { attempts: 3, firstDelayMs: 20, longestDelayMs: 40 };
/** Of two versions, as during a deploy. */
const WORK_PAYLOAD = z.object({ version: z.literal([1, 2]).default(2), step: z.number() });
const KINDS: readonly JobKind<unknown>[] = [
  { queue: WORK_QUEUE, payload: WORK_PAYLOAD, subject: () => undefined, retry },
  { queue: PARTS_QUEUE, payload: z.unknown(), subject: () => undefined, retry, isPart: true },
];
const PARKING = { firstDelayMs: 60, longestDelayMs: 60 };
const STEP_MS = 5;
const LIMIT_MS = 30_000;
const MOST_STEPS = 100_000;

/** What a pool tells, and the options by which it does those queues alone that have a handler. */
function makeEars() {
  const outcomes: OutcomeEvent[] = [];
  const failures: FailureEvent[] = [];
  const throttled: ThrottledEvent[] = [];
  const finished: FinishedEvent[] = [];
  const optionsFor = (handlers: Partial<Record<string, Handle>>) => ({
    kinds: KINDS,
    handlers: KINDS.flatMap((kind) => {
      const handle = handlers[kind.queue];
      return handle === undefined ? [] : [{ kind, handle }];
    }),
    queues: Object.keys(handlers),
    log: recordedLog(),
    parking: PARKING,
    onOutcome: (event: OutcomeEvent) => void outcomes.push(event),
    onFailure: (event: FailureEvent) => void failures.push(event),
    onThrottled: (event: ThrottledEvent) => void throttled.push(event),
    onFinished: (event: FinishedEvent) => void finished.push(event),
  });
  return { outcomes, failures, throttled, finished, optionsFor };
}

describeQueuedWork('BullMQ', async () => {
  const redis = freshRedis();
  const { optionsFor, ...ears } = makeEars();
  const queueOf = (deployment?: Deployment) => {
    const opened = new BullmqJobQueue({
      ...SYSTEM,
      ...redis,
      kinds: KINDS,
      ...(deployment === undefined ? {} : { deployment }),
    });
    onTestFinished(() => opened.close());
    return opened;
  };
  const board = new Queue(WORK_QUEUE, { connection: { url: redis.redisUrl }, prefix: redis.prefix });
  const client = new Redis(redis.redisUrl);
  onTestFinished(async () => {
    await board.close();
    client.disconnect();
  });
  return {
    ...ears,
    queue: queueOf(),
    queueOf,
    now: () => SYSTEM.clock.now(),
    async start(handlers, options: Partial<PoolOptions> = {}) {
      const locks = { lockMs: 400, stallCheckMs: 50 };
      const pool = await startWorkerPool({ ...SYSTEM, ...redis, ...locks, ...optionsFor(handlers), ...options });
      onTestFinished(() => pool.stop());
      return pool;
    },
    async until(isSo) {
      const endsAt = SYSTEM.clock.monotonic() + LIMIT_MS;
      while (!(await isSo())) {
        if (SYSTEM.clock.monotonic() > endsAt) throw new Error('it never came to be so');
        await SYSTEM.clock.sleep(STEP_MS);
      }
    },
    async loseWorker(id) {
      // As if the lock had run out.
      await client.del(`${redis.prefix}:${WORK_QUEUE}:${id}:lock`);
    },
    pause: () => board.pause(),
    resume: () => board.resume(),
  };
});

describeQueuedWork('memory', async () => {
  const clock = new VirtualClock(Date.parse('2026-01-15T12:00:00Z'));
  const jobs = new StoredJobs();
  const random = seededRandom(12);
  const { optionsFor, ...ears } = makeEars();
  const queue = new MemoryJobQueue({ clock, jobs });
  return {
    ...ears,
    queue,
    queueOf: (deployment) => new MemoryJobQueue({ clock, jobs, deployment }),
    now: () => clock.now(),
    async start(handlers, options: Partial<PoolOptions> = {}) {
      const pool = startMemoryPool({ queue, clock, random, ...optionsFor(handlers), ...options });
      onTestFinished(() => pool.crash());
      return pool;
    },
    async until(isSo) {
      for (let step = 0; step < MOST_STEPS; step++) {
        if (await isSo()) return;
        await clock.advance(STEP_MS);
      }
      throw new Error('it never came to be so');
    },
    loseWorker: async (id) => queue.loseWorker(WORK_QUEUE, id),
    pause: async () => queue.pause(WORK_QUEUE),
    resume: async () => queue.resume(WORK_QUEUE),
  };
});
