/** How fast is a large backfill enqueued, paused, resumed and cancelled, and what does it take of Redis? See README.md. */
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../../src/adapters/redis-server/private-redis.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { cancelBackfill, setPaused } from '../../src/app/backfills/change-backfill.ts';
import { startBackfill } from '../../src/app/backfills/start-backfill.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import { LIST_PRICES } from '../../src/domain/query-cost-price.ts';
import { JOB_KINDS } from '../../src/jobs/job-kinds.ts';
import { STATISTICS_JOB, statisticsJobId } from '../../src/jobs/statistics-job.ts';
import type { Log } from '../../src/ports/log.ts';
import type { RecordTaker } from '../../src/ports/record-sink.ts';
import { type DueFile, EMPTY_PLAN, type ProductPlan } from '../../src/producer/product-plan.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import { RedisBackfills } from '../../src/queue/bullmq/redis-backfills.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';

const LEAST_PER_SECOND = 5_000;
const VERSION = '2026-01-15T00:00:00.000Z';
const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export const data =
  'jobs of statistics as a plan makes them, each with a priority, on a Redis that nobody else uses; no workers';

export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  const jobs = full ? 100_000 : 20_000;
  const server = await startPrivateRedis({ clock: systemClock });
  const redis = new Redis(server.url);
  const queue = new BullmqJobQueue({
    redisUrl: server.url,
    kinds: JOB_KINDS,
    clock: systemClock,
    random: systemRandom,
  });
  const backfills = new RedisBackfills({ redisUrl: server.url, queues: [STATISTICS_JOB.queue] });
  const signal = new AbortController().signal;
  const sink: RecordTaker = { append: async () => 'written' };
  const deps = {
    queue,
    backfills,
    store: new MemoryObjectStore({ clock: systemClock }),
    records: sink,
    clock: systemClock,
    random: systemRandom,
    log: SILENT,
  };
  try {
    const bytesBefore = await usedBytes(redis);
    let id = '';
    const enqueued = await takenBy(redis, async () => {
      const started = await startBackfill(deps, {
        plan: planOf(jobs),
        asked: { by: 'bench', selection: '' },
        options: { retryFailed: true, priorityOf: () => 10 },
        signal,
      });
      id = started.id ?? '';
    });
    const bytes = (await usedBytes(redis)) - bytesBefore;
    const paused = await takenBy(redis, () => setPaused(backfills, { id, isPaused: true, signal }));
    const resumed = await takenBy(redis, () => setPaused(backfills, { id, isPaused: false, signal }));
    const recording = { sink, clock: systemClock, log: SILENT, worker: 'bench', pricing: LIST_PRICES };
    const cancelled = await takenBy(redis, () =>
      cancelBackfill({ backfills, queue, recording, clock: systemClock }, id, signal),
    );
    return [
      {
        question: `${jobs} jobs enqueued, by the processor time of command or Redis`,
        value: jobs / enqueued.busiestSeconds,
        unit: 'jobs/s',
        limit: { atLeast: LEAST_PER_SECOND },
      },
      { question: 'The same by the clock', value: jobs / enqueued.seconds, unit: 'jobs/s' },
      { question: 'Redis memory for each waiting job', value: bytes / jobs, unit: 'bytes' },
      { question: 'Pausing them, processor time', value: paused.busiestSeconds, unit: 's' },
      { question: 'Resuming them, processor time', value: resumed.busiestSeconds, unit: 's' },
      { question: 'Cancelling them, processor time', value: cancelled.busiestSeconds, unit: 's' },
    ];
  } finally {
    redis.disconnect();
    await Promise.all([queue.close(), backfills.close()]);
    await server.stop();
  }
}

interface Taken {
  /** By the clock on the wall. */
  readonly seconds: number;
  /** Processor time of the slower of the two, this process and Redis, which work at the same time. */
  readonly busiestSeconds: number;
}

async function takenBy(redis: Redis, work: () => Promise<unknown>): Promise<Taken> {
  const startedAt = performance.now();
  const redisBefore = await cpuSecondsOf(redis);
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const ofRedis = (await cpuSecondsOf(redis)) - redisBefore;
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, busiestSeconds: Math.max((user + system) / 1e6, ofRedis) };
}

async function cpuSecondsOf(redis: Redis): Promise<number> {
  const text = await redis.info('cpu');
  return ['user', 'sys'].reduce(
    (sum, kind) => sum + Number(new RegExp(`^used_cpu_${kind}:([\\d.]+)`, 'm').exec(text)?.[1]),
    0,
  );
}

async function usedBytes(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}

function planOf(jobs: number): ProductPlan {
  const due = Array.from({ length: jobs }, (_, index) => dueFile(`experiment-number-${index}`));
  return { ...EMPTY_PLAN, due };
}

function dueFile(experiment: string): DueFile {
  const period = 'weekly' as const;
  return {
    product: 'statistics',
    experiment,
    period,
    reason: 'changed',
    queue: STATISTICS_JOB.queue,
    jobId: (nonce) => statisticsJobId({ experiment, period, sourceVersion: VERSION }, nonce),
    payload: (reason) => ({
      version: 1,
      experiment,
      period,
      knownBy: 'api',
      sourceVersion: VERSION,
      seen: { generation: '1768435200000000', metadata: { source_version: VERSION, contrail_version: '1.0.0' } },
      rows: 5_000,
      record: { isPrimary: true, branches: ['control', 'treatment'], lacksReferenceBranch: false },
      reason,
      force: false,
    }),
  };
}
