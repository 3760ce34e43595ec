/** A queue with one kind of job on the run's Redis, and workers for it that end with the test. */
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { JobOutcome } from '../../src/domain/outcome.ts';
import type { JobKind } from '../../src/jobs/job-kind.ts';
import { BullmqJobQueue } from '../../src/queue/bullmq-job-queue.ts';
import type { JobContext } from '../../src/queue/handlers.ts';
import type { FailureEvent, FinishedEvent, OutcomeEvent } from '../../src/queue/worker-events.ts';
import { startWorkerPool, type WorkerPool, type WorkerPoolOptions } from '../../src/queue/worker-pool.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';
import { freshRedis, type TestRedis } from './redis.ts';
import { makeSignal, type Signal } from './signal.ts';

export const WorkPayload = z.object({ step: z.number() });
export type WorkPayload = z.infer<typeof WorkPayload>;

export const WORK: JobKind<WorkPayload> = {
  queue: 'work',
  payload: WorkPayload,
  retry: { attempts: 3, firstDelayMs: 20, longestDelayMs: 100 },
  concurrency: 2,
};

export const DONE: JobOutcome = { kind: 'skipped', reason: 'nothing was to be done' };

export type Handle = (payload: WorkPayload, context: JobContext) => Promise<JobOutcome>;

export interface QueueWorld extends TestRedis {
  readonly queue: BullmqJobQueue;
  readonly log: RecordedLog;
  readonly outcomes: Signal<OutcomeEvent>;
  readonly failures: Signal<FailureEvent>;
  readonly finished: Signal<FinishedEvent>;
  readonly never: AbortSignal;
  /** Puts jobs with these ids into the queue. */
  enqueue(...ids: string[]): Promise<void>;
  startPool(handle: Handle, options?: Partial<WorkerPoolOptions>): Promise<WorkerPool>;
  /** The one job of that id, which must be there. */
  job(id: string): Promise<Awaited<ReturnType<BullmqJobQueue['find']>>[number]>;
}

export function makeQueueWorld(): QueueWorld {
  const redis = freshRedis();
  const queue = new BullmqJobQueue({ ...redis, kinds: [WORK] });
  onTestFinished(() => queue.close());
  const log = recordedLog();
  const outcomes = makeSignal<OutcomeEvent>();
  const failures = makeSignal<FailureEvent>();
  const finished = makeSignal<FinishedEvent>();
  const never = new AbortController().signal;
  return {
    ...redis,
    queue,
    log,
    outcomes,
    failures,
    finished,
    never,
    async enqueue(...ids) {
      const requests = ids.map((id, step) => ({ id, name: id, payload: { step } }));
      await queue.enqueue(WORK.queue, requests, never);
    },
    async startPool(handle, options = {}) {
      const pool = await startWorkerPool({
        ...redis,
        kinds: [WORK],
        handlers: [{ kind: WORK, handle }],
        log,
        throttle: { firstDelayMs: 50, longestDelayMs: 100 },
        onOutcome: (event) => outcomes.tell(event),
        onFailure: (event) => failures.tell(event),
        onFinished: (event) => finished.tell(event),
        ...options,
      });
      onTestFinished(() => pool.stop());
      return pool;
    },
    async job(id) {
      const [job] = await queue.find(WORK.queue, [id], never);
      if (job === undefined) throw new Error(`no job ${id}`);
      return job;
    },
  };
}
