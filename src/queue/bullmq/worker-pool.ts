/** A worker pool: one BullMQ worker per queue. */
import { hostname } from 'node:os';
import type { Job, Queue } from 'bullmq';
import { ContrailError, errorText } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { RetryPolicy } from '../../jobs/job-kind.ts';
import type { JobHandler } from '../../ports/job-handler.ts';
import type { AttemptRunner } from '../attempt-runner.ts';
import { backoffDelayMs } from '../backoff.ts';
import {
  ABORT_GRACE_MS,
  concurrencyOf,
  DRAIN_DEADLINE_MS,
  LOCK_MS,
  type PoolOptions,
  runnerOf,
} from '../pool-options.ts';
import { CancelMarks } from './cancel-marks.ts';
import { carryOut, RetryError } from './carry-out.ts';
import { checkRedis } from './check-redis.ts';
import { connectWorkers, DEFAULT_PREFIX, redisRefusal } from './connection.ts';
import { matchHandlers } from '../handlers.ts';
import { NOTE_DIVISION, NOTE_DIVISION_SCRIPT } from './division.ts';
import { Draining } from './draining.ts';
import { BullmqHeldJob } from './held-job.ts';
import { JobNotes } from './job-notes.ts';
import { jobOptionsOf } from './job-options.ts';
import { sharedSecret } from './job-seal.ts';
import { RedisQueueRest } from './redis-queue-rest.ts';
import { ReadableQueue, ReadableWorker } from './readable-job.ts';
import { holdIfPaused, stoppedKey } from './redis-backfills.ts';
import { settlesWithin } from '../settles-within.ts';
import type { QueueTelemetry } from './tracing.ts';

const STALL_CHECK_MS = 5_000;
/** BullMQ's own stall limit fails a job without telling us, so it is set out of reach. */
const NEVER = 1_000_000;
/** Workers obey `rateLimit` only with a limiter; this one never limits by itself. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1_000 };
/** BullMQ sleeps out a rate limit even while closing; this caps it. */
const LONGEST_REST_MS = 1_000;
const RESTART_PAUSE_MS = 1_000;
/** How often a stopping pool checks whether jobs still run. */
const LOOK_MS = 100;

export interface WorkerPoolOptions extends PoolOptions {
  readonly redisUrl: string;
  /** Key prefix; default `contrail`. */
  readonly prefix?: string;
  /** How often to look for stalled jobs; default 5 s. */
  readonly stallCheckMs?: number;
  /** Default: no traces. */
  readonly telemetry?: QueueTelemetry;
  /** Shown with each job it takes; default host and process. */
  readonly name?: string;
}

/** A job as BullMQ hands it to a worker. */
interface Taken {
  readonly job: Job;
  readonly token: string;
  readonly signal: AbortSignal | undefined;
}

interface Crew {
  readonly queue: Queue;
  readonly worker: ReadableWorker;
  readonly runner: AttemptRunner;
}

/**
 * Checks Redis and that each kind has its handler, then takes jobs until it is stopped. Throws without having taken any
 * if Redis is away or unfit, or a handler is missing or double.
 */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const handlers = matchHandlers(options.kinds, options.handlers, options.queues);
  const facts = await checkRedis(options.redisUrl, options.clock);
  for (const warning of facts.warnings) options.log.warn({ warning }, 'Redis is not set up for safe keeping');
  const pool = new WorkerPool(options, handlers);
  await pool.ready();
  return pool;
}

/** The workers of one process. Made by `startWorkerPool`. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #connection: ReturnType<typeof connectWorkers>;
  readonly #crews: readonly Crew[];
  readonly #marks: CancelMarks;
  readonly #partQueues = new Map<string, Queue>();
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions, handlers: readonly JobHandler<unknown>[]) {
    this.#options = options;
    this.#connection = connectWorkers(options.redisUrl);
    this.#connection.on('error', () => {});
    this.#connection.defineCommand(NOTE_DIVISION, NOTE_DIVISION_SCRIPT);
    this.#marks = new CancelMarks({
      ...options,
      redis: this.#connection,
      prefix: options.prefix ?? DEFAULT_PREFIX,
      stoppedKey: stoppedKey(options.prefix ?? DEFAULT_PREFIX, options.deployment),
      isBusy: () => this.runningCount > 0,
      onMarks: () => {
        for (const { runner } of this.#crews) runner.stopCancelled();
      },
    });
    this.#crews = handlers.map((handler) => this.#hire(handler));
    for (const { worker } of this.#crews) void this.#keepRunning(worker);
  }

  /** Resolves when every worker takes jobs. */
  async ready(): Promise<void> {
    await Promise.all(this.#crews.map(({ worker }) => worker.waitUntilReady()));
  }

  /** How many jobs this process is running. */
  get runningCount(): number {
    return this.#crews.reduce((sum, { runner }) => sum + runner.runningCount, 0);
  }

  /**
   * Resolves when the queues are empty, with true, or when the pool was stopped before, with false. Throws QUEUE_STUCK
   * when what is left in them cannot be done.
   */
  waitUntilDrained(): Promise<boolean> {
    const { kinds } = this.#options;
    const partQueues = kinds.filter((kind) => kind.isPart === true).map((kind) => this.#queueOf(kind.queue));
    const crews = this.#crews.map(({ queue, runner }) => ({ queue, kind: runner.kind }));
    return new Draining({
      crews,
      partQueues,
      deployment: this.#options.deployment,
      signal: this.#stopping.signal,
      clock: this.#options.clock,
    }).ended();
  }

  /** Cancels running jobs of a queue in this process. Returns the ids of those it cancelled. */
  cancel(queue: string, jobIds: readonly string[]): string[] {
    return this.#crews.flatMap(({ runner }) => (runner.kind.queue === queue ? runner.stop('cancelled', jobIds) : []));
  }

  /**
   * Takes no more jobs, waits for the running ones until the deadline, then aborts them and returns them to the queue without
   * using up a retry. A second call returns the same promise. Never rejects, and ends even if Redis is away.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { clock, log, drainDeadlineMs = DRAIN_DEADLINE_MS, abortGraceMs = ABORT_GRACE_MS } = this.#options;
    this.#stopping.abort();
    for (const { runner } of this.#crews) runner.refuse();
    const closed = Promise.all(this.#crews.map(({ worker }) => worker.close()));
    if (!(await this.#settles(closed, drainDeadlineMs))) {
      if (this.runningCount > 0) {
        log.warn({ running: this.runningCount }, 'the time to drain is over: running jobs are given back');
        for (const { runner } of this.#crews) runner.stop('shutdown');
        if (!(await settlesWithin(closed, abortGraceMs, clock))) for (const { runner } of this.#crews) runner.abandon();
      }
      if (!(await settlesWithin(closed, RESTART_PAUSE_MS, clock))) this.#cutOff();
    }
    await Promise.all(
      [...this.#crews.map(({ queue }) => queue), ...this.#partQueues.values()].map((queue) => queue.close()),
    );
    this.#marks.stop();
    this.#connection.disconnect();
  }

  /** Whether the workers close before the deadline. Once no job runs, only Redis can delay them, so it gets little time. */
  async #settles(closed: Promise<unknown>, limitMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.monotonic() + limitMs;
    for (let left = limitMs; left > 0; left = deadline - clock.monotonic()) {
      if (await settlesWithin(closed, Math.min(left, LOOK_MS), clock)) return true;
      if (this.runningCount === 0) return settlesWithin(closed, RESTART_PAUSE_MS, clock);
    }
    return false;
  }

  /** Redis is away, so jobs cannot be returned: their locks expire, and another worker's stall check returns them. */
  #cutOff(): void {
    this.#options.log.warn({}, 'Redis does not answer: the connections are cut, jobs come back by themselves');
    for (const { worker } of this.#crews) void worker.cutOff();
  }

  #hire(handler: JobHandler<unknown>): Crew {
    const { kind } = handler;
    const options = this.#options;
    const { prefix = DEFAULT_PREFIX } = options;
    // The version is read here, as without it BullMQ rounds every delay up to a second.
    const { telemetry } = options;
    const shared = { connection: this.#connection, prefix, ...(telemetry === undefined ? {} : { telemetry }) };
    const queue = new ReadableQueue(kind.queue, { ...shared, skipMetasUpdate: true });
    queue.on('error', () => {});
    const rest = new RedisQueueRest({ redis: this.#connection, prefix, queue: kind.queue, clock: options.clock });
    const runner = runnerOf(handler, options, rest);
    const worker = new ReadableWorker(
      kind.queue,
      (job, token = '', signal) => this.#process({ queue, runner }, { job, token, signal }),
      {
        ...shared,
        name: options.name ?? `${hostname()}:${process.pid}`,
        autorun: false,
        concurrency: concurrencyOf(kind, options),
        lockDuration: options.lockMs ?? LOCK_MS,
        stalledInterval: options.stallCheckMs ?? STALL_CHECK_MS,
        maxStalledCount: NEVER,
        limiter: NO_LIMIT,
        maximumRateLimitDelay: LONGEST_REST_MS,
        runRetryDelay: RESTART_PAUSE_MS,
        settings: {
          backoffStrategy: (failed, _type, error) => retryDelayMs(error) ?? this.#delayMs(kind.retry, failed),
        },
      },
    );
    this.#listen(worker, runner);
    return { queue, worker, runner };
  }

  /** BullMQ's processor. */
  async #process(
    { queue, runner }: Pick<Crew, 'queue' | 'runner'>,
    { job, token, signal }: Taken,
  ): Promise<JobOutcome> {
    const { clock, log, prefix = DEFAULT_PREFIX } = this.#options;
    const held = new BullmqHeldJob({
      job,
      notes: new JobNotes(job, log, clock),
      clock,
      secret: () => sharedSecret(this.#connection, prefix),
      queueNamed: (name) => this.#queueOf(name),
      isCancelled: (nonce) => this.#marks.has({ queue: queue.name, id: job.id ?? '', nonce }),
      stopOf: (backfill) => this.#marks.stopOf(backfill),
    });
    const step = await runner.run(held, signal);
    if (step.verdict.kind === 'done' || step.verdict.kind === 'fail') {
      void this.#marks.forget({ queue: queue.name, id: held.id, nonce: held.envelope.nonce ?? '' });
    }
    return carryOut(step, { job, token, now: () => held.now(), hold: () => this.#hold(held), log });
  }

  async #hold({ queue, id, envelope }: BullmqHeldJob): Promise<void> {
    const { backfill } = envelope;
    if (backfill !== undefined) await holdIfPaused(this.#connection, { ...this.#options, queue, id, backfill });
  }

  /** For failures of the queue itself, which no verdict covers. */
  #delayMs(policy: RetryPolicy, failedAttempts: number): number {
    return backoffDelayMs(policy, failedAttempts, this.#options.random.fraction());
  }

  /** A queue to add jobs to; those of parts need not be worked on in this process. */
  #queueOf(name: string): Queue {
    const known = this.#partQueues.get(name);
    if (known !== undefined) return known;
    const kind = this.#options.kinds.find((candidate) => candidate.queue === name);
    if (kind === undefined) throw new ContrailError('INTERNAL', `There is no queue ${name} for parts.`);
    const queue = new ReadableQueue(name, {
      connection: this.#connection,
      prefix: this.#options.prefix ?? DEFAULT_PREFIX,
      skipMetasUpdate: true,
      defaultJobOptions: jobOptionsOf(kind),
    });
    queue.on('error', () => {});
    this.#partQueues.set(name, queue);
    return queue;
  }

  #listen(worker: ReadableWorker, runner: AttemptRunner): void {
    const options = this.#options;
    const { log } = options;
    const queue = worker.name;
    // A lost connection fails at every reconnect; report it once.
    let lastText = '';
    worker.on('active', () => (lastText = ''));
    worker.on('error', (error) => {
      // A refused script is named by its hash, and different ones take turns.
      const text = redisRefusal(options.redisUrl, 'taking jobs', error)?.sentence ?? errorText(error);
      if (text === lastText) return;
      lastText = text;
      log.warn({ queue, error: lastText }, 'a worker has trouble with its queue');
    });
    // BullMQ only reports it; the attempt would go on beside the next one.
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) worker.cancelJob(jobId, 'lock lost');
      runner.stop('lock lost', jobIds);
      log.warn({ queue, jobIds }, 'locks were lost: the attempts are aborted');
    });
    worker.on('completed', (job) => options.onFinished?.({ queue, jobId: job.id ?? '', state: 'completed' }));
    worker.on('failed', (job) => {
      if (job?.finishedOn !== undefined) options.onFinished?.({ queue, jobId: job.id ?? '', state: 'failed' });
    });
  }

  /** If a worker's loop ends with an error, the process would live and do nothing, so the worker is started again. */
  async #keepRunning(worker: ReadableWorker): Promise<void> {
    const { signal } = this.#stopping;
    // Before the first job, so that none of a paused backfill is started.
    await this.#marks.look();
    while (!signal.aborted) {
      try {
        await worker.run();
      } catch (error) {
        this.#options.log.error(
          { queue: worker.name, error: errorText(error) },
          'a worker stopped, and is started again',
        );
      }
      if (!signal.aborted) await this.#options.clock.sleep(RESTART_PAUSE_MS);
    }
  }
}

function retryDelayMs(error: Error | undefined): number | undefined {
  return error instanceof RetryError ? error.delayMs : undefined;
}
