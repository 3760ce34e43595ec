/** The worker of one queue in this process, which is started again when it fails, and replaced when it takes nothing. */
import { hostname } from 'node:os';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { errorText } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobHandler } from '../../ports/job-handler.ts';
import type { AttemptRunner } from '../attempt-runner.ts';
import { backoffDelayMs } from '../backoff.ts';
import { concurrencyOf, LOCK_MS, type PoolOptions, runnerOf } from '../pool-options.ts';
import { settlesWithin } from '../settles-within.ts';
import type { WatchedWorker } from '../stuck-workers.ts';
import { RetryError } from './carry-out.ts';
import { redisRefusal } from './connection.ts';
import { ReadableQueue, ReadableWorker } from './readable-job.ts';
import { RedisQueueRest } from './redis-queue-rest.ts';
import type { QueueTelemetry } from './tracing.ts';

const STALL_CHECK_MS = 5_000;
/** BullMQ's own stall limit fails a job without telling us, so it is set out of reach. */
const NEVER = 1_000_000;
/** Workers obey `rateLimit` only with a limiter; this one never limits by itself. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1_000 };
/** BullMQ sleeps out a rate limit even while closing; this caps it. */
const LONGEST_REST_MS = 1_000;
const RESTART_PAUSE_MS = 1_000;

/** A job as BullMQ hands it to a worker. */
export interface Taken {
  readonly job: Job;
  readonly token: string;
  readonly signal: AbortSignal | undefined;
}

export interface CrewOptions {
  readonly handler: JobHandler<unknown>;
  readonly pool: PoolOptions & {
    readonly redisUrl: string;
    readonly stallCheckMs?: number;
    readonly telemetry?: QueueTelemetry;
    readonly name?: string;
  };
  readonly connection: Redis;
  readonly prefix: string;
  readonly process: (crew: Crew, taken: Taken) => Promise<JobOutcome>;
  /** Aborts when the pool stops. */
  readonly stopping: AbortSignal;
}

export class Crew {
  readonly queue: Queue;
  readonly runner: AttemptRunner;
  readonly #options: CrewOptions;
  /** Workers that were replaced, as far as they have not ended. */
  readonly #leaving = new Map<ReadableWorker, Promise<void>>();
  #worker: ReadableWorker;
  #taken = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
    const { handler, pool } = options;
    // The version is read here, as without it BullMQ rounds every delay up to a second.
    this.queue = new ReadableQueue(handler.kind.queue, { ...this.#shared(), skipMetasUpdate: true });
    this.queue.on('error', () => {});
    const { connection, prefix } = options;
    const rest = new RedisQueueRest({ redis: connection, prefix, queue: handler.kind.queue, clock: pool.clock });
    this.runner = runnerOf(handler, pool, rest);
    this.#worker = this.#makeWorker();
  }

  /** Begins to take jobs. */
  start(): void {
    void this.#keepRunning(this.#worker);
  }

  /** Resolves when the worker takes jobs. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  get watched(): WatchedWorker {
    const { runner } = this;
    const hasRoom = runner.runningCount < concurrencyOf(runner.kind, this.#options.pool);
    return { queue: this.queue.name, hasRoom, taken: this.#taken };
  }

  /** Starts another worker. The running jobs of the old one end there. */
  replaceWorker(): void {
    const { stopping, pool } = this.#options;
    if (stopping.aborted) return;
    pool.log.error({ queue: this.queue.name }, 'a worker took no jobs though some were ready, and is replaced');
    const old = this.#worker;
    this.#worker = this.#makeWorker();
    void this.#keepRunning(this.#worker);
    this.#leaving.set(
      old,
      this.#leave(old).finally(() => this.#leaving.delete(old)),
    );
  }

  /** Takes no more jobs, and resolves when the running ones have ended. */
  async close(): Promise<void> {
    await Promise.all([this.#worker.close(), ...this.#leaving.values()]);
  }

  /** Ends connections and timers at once. */
  cutOff(): void {
    for (const worker of [this.#worker, ...this.#leaving.keys()]) void worker.cutOff();
  }

  /** A hanging loop gets little time once the worker has no job. */
  async #leave(worker: ReadableWorker): Promise<void> {
    const closed = worker.close();
    while (!(await settlesWithin(closed, RESTART_PAUSE_MS, this.#options.pool.clock))) {
      if (worker.heldCount === 0) return worker.cutOff();
    }
  }

  #shared() {
    const { connection, prefix, pool } = this.#options;
    const { telemetry } = pool;
    return { connection, prefix, ...(telemetry === undefined ? {} : { telemetry }) };
  }

  #makeWorker(): ReadableWorker {
    const { pool, process: processJob } = this.#options;
    const { kind } = this.runner;
    const worker = new ReadableWorker(
      kind.queue,
      (job, token = '', signal) => processJob(this, { job, token, signal }),
      {
        ...this.#shared(),
        name: pool.name ?? `${hostname()}:${process.pid}`,
        autorun: false,
        concurrency: concurrencyOf(kind, pool),
        lockDuration: pool.lockMs ?? LOCK_MS,
        stalledInterval: pool.stallCheckMs ?? STALL_CHECK_MS,
        maxStalledCount: NEVER,
        limiter: NO_LIMIT,
        maximumRateLimitDelay: LONGEST_REST_MS,
        runRetryDelay: RESTART_PAUSE_MS,
        settings: { backoffStrategy: (failed, _type, error) => this.#delayMs(failed, error) },
      },
    );
    this.#listen(worker);
    return worker;
  }

  /** The delay of the verdict, or one for failures of the queue itself, which no verdict covers. */
  #delayMs(failedAttempts: number, error: Error | undefined): number {
    if (error instanceof RetryError) return error.delayMs;
    return backoffDelayMs(this.runner.kind.retry, failedAttempts, this.#options.pool.random.fraction());
  }

  #listen(worker: ReadableWorker): void {
    const { pool } = this.#options;
    const { log } = pool;
    const queue = worker.name;
    // A lost connection fails at every reconnect; report it once.
    let lastText = '';
    worker.on('active', () => {
      lastText = '';
      this.#taken += 1;
    });
    worker.on('error', (error) => {
      // A refused script is named by its hash, and different ones take turns.
      const text = redisRefusal(pool.redisUrl, 'taking jobs', error)?.sentence ?? errorText(error);
      if (text === lastText) return;
      lastText = text;
      log.warn({ queue, error: lastText }, 'a worker has trouble with its queue');
    });
    // BullMQ only reports it; the attempt would go on beside the next one.
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) worker.cancelJob(jobId, 'lock lost');
      this.runner.stop('lock lost', jobIds);
      log.warn({ queue, jobIds }, 'locks were lost: the attempts are aborted');
    });
    worker.on('completed', (job) => pool.onFinished?.({ queue, jobId: job.id ?? '', state: 'completed' }));
    worker.on('failed', (job) => {
      if (job?.finishedOn !== undefined) pool.onFinished?.({ queue, jobId: job.id ?? '', state: 'failed' });
    });
  }

  /** If a worker's loop ends with an error, the process would live and do nothing, so the worker is started again. */
  async #keepRunning(worker: ReadableWorker): Promise<void> {
    const { stopping, pool } = this.#options;
    while (!stopping.aborted && worker === this.#worker) {
      try {
        await worker.run();
      } catch (error) {
        pool.log.error({ queue: worker.name, error: errorText(error) }, 'a worker stopped, and is started again');
      }
      if (!stopping.aborted) await pool.clock.sleep(RESTART_PAUSE_MS);
    }
  }
}
