/** A queue with one kind of job on the run's Redis, and workers for it that end with the test. */
import { Queue } from 'bullmq';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { JobOutcome } from '../../src/domain/outcome.ts';
import type { JobContext } from '../../src/ports/job-handler.ts';
import type { JobKind, RetryPolicy } from '../../src/jobs/job-kind.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { KnownJob } from '../../src/ports/job-queue.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq/job-queue.ts';
import type { JobRetention } from '../../src/queue/bullmq/job-options.ts';
import type { FailureEvent, FinishedEvent, OutcomeEvent, ThrottledEvent } from '../../src/queue/worker-events.ts';
import { startWorkerPool, type WorkerPool, type WorkerPoolOptions } from '../../src/queue/bullmq/worker-pool.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';
import { freshRedis, type TestRedis } from './redis.ts';
import { makeSignal, type Signal } from './signal.ts';
import { SYSTEM } from './system.ts';

export const WorkPayload = z.object({ version: z.literal(1).default(1), step: z.number() });
export type WorkPayload = z.infer<typeof WorkPayload>;

export const WORK: JobKind<WorkPayload> = {
  queue: 'work',
  payload: WorkPayload,
  subject: () => undefined,
  retry: { attempts: 3, firstDelayMs: 20, longestDelayMs: 100 },
};

export const DONE: JobOutcome = { kind: 'skipped', reason: 'nothing was to be done' };

export type Handle = (payload: WorkPayload, context: JobContext) => Promise<JobOutcome>;

export interface QueueWorldOptions {
  /** Default: the run's, under a prefix of its own. */
  readonly redis?: TestRedis;
  readonly retry?: RetryPolicy;
  readonly retention?: Partial<JobRetention>;
  readonly mostAtOnce?: number;
  /** Default: this machine's. */
  readonly clock?: Clock;
}

export interface QueueWorld extends TestRedis {
  readonly kind: JobKind<WorkPayload>;
  readonly queue: BullmqJobQueue;
  readonly log: RecordedLog;
  readonly outcomes: Signal<OutcomeEvent>;
  readonly failures: Signal<FailureEvent>;
  readonly throttled: Signal<ThrottledEvent>;
  readonly finished: Signal<FinishedEvent>;
  readonly never: AbortSignal;
  /** Puts jobs with these ids into the queue. */
  readonly enqueue: (...ids: string[]) => Promise<void>;
  readonly startPool: (handle: Handle, options?: Partial<WorkerPoolOptions>) => Promise<WorkerPool>;
  /** The one job of that id, which must be there. */
  readonly job: (id: string) => Promise<KnownJob>;
  /** Resolves when that many jobs have ended, well or not. */
  readonly ended: (count: number) => Promise<void>;
  /** The same queue as BullMQ shows it to the board. */
  readonly openBoard: () => Queue;
}

export function makeQueueWorld(options: QueueWorldOptions = {}): QueueWorld {
  const redis = options.redis ?? freshRedis();
  const { redisUrl, prefix } = redis;
  const { retry = WORK.retry, mostAtOnce } = options;
  const kind = { ...WORK, retry, ...(mostAtOnce === undefined ? {} : { mostAtOnce }) };
  const system = { ...SYSTEM, ...(options.clock === undefined ? {} : { clock: options.clock }) };
  const queue = new BullmqJobQueue({ ...system, redisUrl, prefix, kinds: [kind], retention: options.retention ?? {} });
  onTestFinished(() => queue.close());
  const log = recordedLog();
  const outcomes = makeSignal<OutcomeEvent>();
  const failures = makeSignal<FailureEvent>();
  const throttled = makeSignal<ThrottledEvent>();
  const finished = makeSignal<FinishedEvent>();
  const endedIds = new Set<string>();
  const endedCounts = makeSignal<number>();
  const never = new AbortController().signal;
  return {
    redisUrl,
    prefix,
    kind,
    queue,
    log,
    outcomes,
    failures,
    throttled,
    finished,
    never,
    async enqueue(...ids) {
      const requests = ids.map((id, step) => ({ id, name: id, payload: { step } }));
      await queue.enqueue(kind.queue, requests, never);
    },
    async startPool(handle, poolOptions = {}) {
      const pool = await startWorkerPool({
        ...system,
        redisUrl,
        prefix,
        kinds: [kind],
        handlers: [{ kind, handle }],
        log,
        concurrency: 2,
        throttle: { firstDelayMs: 50, longestDelayMs: 100 },
        onOutcome: (event) => outcomes.tell(event),
        onFailure: (event) => failures.tell(event),
        onThrottled: (event) => throttled.tell(event),
        onFinished: (event) => {
          finished.tell(event);
          endedIds.add(event.jobId);
          endedCounts.tell(endedIds.size);
        },
        ...poolOptions,
      });
      onTestFinished(() => pool.stop());
      return pool;
    },
    async job(id) {
      const [job] = await queue.find(kind.queue, [id], never);
      if (job === undefined) throw new Error(`no job ${id}`);
      return job;
    },
    async ended(count) {
      await endedCounts.next((ended) => ended >= count);
    },
    openBoard() {
      const board = new Queue(kind.queue, { connection: { url: redisUrl, maxRetriesPerRequest: null }, prefix });
      board.on('error', () => {});
      onTestFinished(() => board.close());
      return board;
    },
  };
}
