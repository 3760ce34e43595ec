/** Works: one BullMQ worker for each queue of this process. */
import { hostname } from 'node:os';
import type { Queue } from 'bullmq';
import type { Deployment } from '../../domain/deployment.ts';
import { ContrailError, errorText } from '../../domain/errors.ts';
import { wait } from '../../domain/wait.ts';
import type { JobHandler } from '../../ports/job-handler.ts';
import type { JobKind } from '../../jobs/job-kind.ts';
import type { Log } from '../../ports/log.ts';
import { backoffDelayMs, type Random, type ThrottlePolicy } from '../backoff.ts';
import { checkRedis } from './check-redis.ts';
import { connectWorkers, DEFAULT_PREFIX } from './connection.ts';
import { matchHandlers } from '../handlers.ts';
import { NOTE_DIVISION, NOTE_DIVISION_SCRIPT } from './division.ts';
import { Draining } from './draining.ts';
import { jobOptionsOf } from './job-options.ts';
import { sharedSecret } from './job-seal.ts';
import { QueueRunner } from './queue-runner.ts';
import { ReadableQueue, ReadableWorker } from './readable-job.ts';
import { settlesWithin } from '../settles-within.ts';
import type { WorkerHooks } from '../worker-events.ts';

const LOCK_MS = 10_000;
const STALL_CHECK_MS = 5_000;
const DRAIN_DEADLINE_MS = 20_000;
const ABORT_GRACE_MS = 3_000;
const CONCURRENCY = 4;
const CRASH_LIMIT = 10;
/** BullMQ's own stall limit fails a job without a word of ours, so it is out of reach. */
const NEVER = 1_000_000;
/** Workers heed `rateLimit` only if they have a limiter; this one never limits by itself. */
const NO_LIMIT = { max: 1_000_000_000, duration: 1_000 };
/** BullMQ sleeps out a rate limit even while closing; this caps it. */
const LONGEST_REST_MS = 1_000;
const THROTTLE: ThrottlePolicy = { firstDelayMs: 1_000, longestDelayMs: 30_000 };
const RESTART_PAUSE_MS = 1_000;
/** How often a pool that stops looks whether jobs still run. */
const LOOK_MS = 100;
const THROTTLE_LIMIT_MS = 60 * 60_000;

export interface WorkerPoolOptions extends WorkerHooks {
  readonly redisUrl: string;
  /** Start of every key; default `contrail`. */
  readonly prefix?: string;
  /** The deployment whose jobs it does; without one it does all. */
  readonly deployment?: Deployment;
  /** All kinds of job there are. */
  readonly kinds: readonly JobKind<unknown>[];
  /** Exactly one for each kind. */
  readonly handlers: readonly JobHandler<unknown>[];
  /** Work only on these queues; default all. */
  readonly queues?: readonly string[];
  /** Jobs of one queue at work at once; default 4. A kind can allow fewer. */
  readonly concurrency?: number;
  readonly log: Log;
  /** How long `stop` lets running jobs go on before it aborts them; default 20 s. */
  readonly drainDeadlineMs?: number;
  /** How long an aborted handler may take to end before it is left behind; default 3 s. */
  readonly abortGraceMs?: number;
  /** Crashes under one job after which it fails with JOB_CRASHED; default 10. */
  readonly crashLimit?: number;
  /** How a throttled queue rests; default 1 s, doubling to 30 s. */
  readonly throttle?: ThrottlePolicy;
  /** How long a job may be throttled in a row before it fails with THROTTLED_TOO_LONG; default an hour. */
  readonly throttleLimitMs?: number;
  /** How long a job stays a worker's without a sign of life; default 10 s. */
  readonly lockMs?: number;
  /** How often jobs without such a sign are looked for; default 5 s. */
  readonly stallCheckMs?: number;
  /** Shown with each job it takes; default host and process. */
  readonly name?: string;
  readonly random?: Random;
}

interface Crew {
  readonly queue: Queue;
  readonly worker: ReadableWorker;
  readonly runner: QueueRunner;
}

/**
 * Checks Redis and that each kind has its handler, then takes jobs until it is stopped. Throws without having taken any
 * if Redis is away or unfit, or a handler is missing or double.
 */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const handlers = matchHandlers(options.kinds, options.handlers, options.queues);
  const facts = await checkRedis(options.redisUrl);
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
  readonly #partQueues = new Map<string, Queue>();
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(options: WorkerPoolOptions, handlers: readonly JobHandler<unknown>[]) {
    this.#options = options;
    this.#connection = connectWorkers(options.redisUrl);
    this.#connection.on('error', () => {});
    this.#connection.defineCommand(NOTE_DIVISION, NOTE_DIVISION_SCRIPT);
    this.#crews = handlers.map((handler) => this.#hire(handler));
    for (const { worker } of this.#crews) void this.#keepRunning(worker);
  }

  /** Resolves when every worker takes jobs. */
  async ready(): Promise<void> {
    await Promise.all(this.#crews.map(({ worker }) => worker.waitUntilReady()));
  }

  /** How many jobs this process is at. */
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
    }).ended();
  }

  /**
   * Takes no more jobs, waits for the running ones until the deadline, then aborts them and gives them back to the queue
   * at no attempt's cost. A second call returns the same promise; it never rejects, and ends even if Redis is away.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { log, drainDeadlineMs = DRAIN_DEADLINE_MS, abortGraceMs = ABORT_GRACE_MS } = this.#options;
    this.#stopping.abort();
    for (const { runner } of this.#crews) runner.refuse();
    const closed = Promise.all(this.#crews.map(({ worker }) => worker.close()));
    if (!(await this.#settles(closed, drainDeadlineMs))) {
      if (this.runningCount > 0) {
        log.warn({ running: this.runningCount }, 'the time to drain is over: running jobs are given back');
        for (const { runner } of this.#crews) runner.stop('shutdown');
        if (!(await settlesWithin(closed, abortGraceMs))) for (const { runner } of this.#crews) runner.abandon();
      }
      if (!(await settlesWithin(closed, RESTART_PAUSE_MS))) this.#cutOff();
    }
    await Promise.all(
      [...this.#crews.map(({ queue }) => queue), ...this.#partQueues.values()].map((queue) => queue.close()),
    );
    this.#connection.disconnect();
  }

  /** Whether the workers close before the deadline. Once no job runs, only Redis can keep them, so it has little time. */
  async #settles(closed: Promise<unknown>, limitMs: number): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    for (let left = limitMs; left > 0; left = deadline - performance.now()) {
      if (await settlesWithin(closed, Math.min(left, LOOK_MS))) return true;
      if (this.runningCount === 0) return settlesWithin(closed, RESTART_PAUSE_MS);
    }
    return false;
  }

  /** Redis does not answer, so nothing can be given back: locks run out, and the stall check of another worker does it. */
  #cutOff(): void {
    this.#options.log.warn({}, 'Redis does not answer: the connections are cut, jobs come back by themselves');
    for (const { worker } of this.#crews) void worker.cutOff();
  }

  #hire(handler: JobHandler<unknown>): Crew {
    const { kind } = handler;
    const options = this.#options;
    const { log, prefix = DEFAULT_PREFIX, random = Math.random } = options;
    // The version is read here, as without it BullMQ rounds every delay up to a second.
    const shared = { connection: this.#connection, prefix };
    const queue = new ReadableQueue(kind.queue, { ...shared, skipMetasUpdate: true });
    queue.on('error', () => {});
    const runner = new QueueRunner({
      handler,
      ...(options.deployment === undefined ? {} : { deployment: options.deployment }),
      hooks: options,
      log,
      crashLimit: options.crashLimit ?? CRASH_LIMIT,
      throttle: options.throttle ?? THROTTLE,
      throttleLimitMs: options.throttleLimitMs ?? THROTTLE_LIMIT_MS,
      random,
      secret: () => sharedSecret(this.#connection, prefix),
      queueNamed: (name) => this.#queueOf(name),
      rest: (delayMs) => queue.rateLimit(delayMs),
    });
    // Three parameters: only then does BullMQ make a signal.
    const worker = new ReadableWorker(kind.queue, (job, token = '', signal) => runner.process(job, token, signal), {
      ...shared,
      name: options.name ?? `${hostname()}:${process.pid}`,
      autorun: false,
      concurrency: Math.min(options.concurrency ?? CONCURRENCY, kind.mostAtOnce ?? Infinity),
      lockDuration: options.lockMs ?? LOCK_MS,
      stalledInterval: options.stallCheckMs ?? STALL_CHECK_MS,
      maxStalledCount: NEVER,
      limiter: NO_LIMIT,
      maximumRateLimitDelay: LONGEST_REST_MS,
      runRetryDelay: RESTART_PAUSE_MS,
      settings: { backoffStrategy: (failedAttempts) => backoffDelayMs(kind.retry, failedAttempts, random) },
    });
    this.#listen(worker, runner);
    return { queue, worker, runner };
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

  #listen(worker: ReadableWorker, runner: QueueRunner): void {
    const options = this.#options;
    const { log } = options;
    const queue = worker.name;
    // A lost connection fails again with each try to get it back; once is enough to be told.
    let lastText = '';
    worker.on('active', () => (lastText = ''));
    worker.on('error', (error) => {
      if (errorText(error) === lastText) return;
      lastText = errorText(error);
      log.warn({ queue, error: lastText }, 'a worker has trouble with its queue');
    });
    // BullMQ only tells; it would let the attempt go on beside the one that follows it.
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

  /** A worker's loop that ends by an error would leave a process that lives and does nothing. */
  async #keepRunning(worker: ReadableWorker): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await worker.run();
      } catch (error) {
        this.#options.log.error(
          { queue: worker.name, error: errorText(error) },
          'a worker stopped, and is started again',
        );
      }
      if (!signal.aborted) await wait(RESTART_PAUSE_MS);
    }
  }
}
