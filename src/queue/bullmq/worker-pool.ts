/** A worker pool: one BullMQ worker per queue. */
import type { Queue } from 'bullmq';
import { ContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { JobHandler } from '../../ports/job-handler.ts';
import { ABORT_GRACE_MS, DRAIN_DEADLINE_MS, type PoolOptions } from '../pool-options.ts';
import { CancelMarks } from './cancel-marks.ts';
import { carryOut } from './carry-out.ts';
import { checkRedis } from './check-redis.ts';
import { connectWorkers, DEFAULT_PREFIX } from './connection.ts';
import { Crew, type Taken } from './crew.ts';
import { matchHandlers } from '../handlers.ts';
import { NOTE_DIVISION, NOTE_DIVISION_SCRIPT } from './division.ts';
import { Draining } from './draining.ts';
import { BullmqHeldJob } from './held-job.ts';
import { JobNotes } from './job-notes.ts';
import { jobOptionsOf } from './job-options.ts';
import { sharedSecret } from './job-seal.ts';
import { ReadableQueue } from './readable-job.ts';
import { holdIfPaused, stoppedKey } from './redis-backfills.ts';
import { settlesWithin } from '../settles-within.ts';
import type { QueueTelemetry } from './tracing.ts';
import { watchWorkers, type WatchPace } from './worker-watch.ts';

/** How long a stopping pool waits for Redis alone. */
const REDIS_LIMIT_MS = 1_000;
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
  /** How soon a worker that takes nothing is noticed. */
  readonly watchPace?: WatchPace;
  /** Shown with each job it takes; default host and process. */
  readonly name?: string;
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
    const crew = {
      pool: options,
      connection: this.#connection,
      prefix: options.prefix ?? DEFAULT_PREFIX,
      process: (taker: Crew, taken: Taken) => this.#process(taker, taken),
      stopping: this.#stopping.signal,
    };
    this.#crews = handlers.map((handler) => new Crew({ ...crew, handler }));
    void this.#start();
    void watchWorkers(
      {
        ...options,
        pace: options.watchPace,
        workers: () => this.#crews.map(({ watched }) => watched),
        onStuck: (queue) => this.#crews.find((stuck) => stuck.queue.name === queue)?.replaceWorker(),
      },
      this.#stopping.signal,
    );
  }

  /** Looks for marks before the first job, so that none of a paused backfill is started. */
  async #start(): Promise<void> {
    await this.#marks.look();
    for (const crew of this.#crews) crew.start();
  }

  /** Resolves when every worker takes jobs. */
  async ready(): Promise<void> {
    await Promise.all(this.#crews.map((crew) => crew.ready()));
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
    const closed = Promise.all(this.#crews.map((crew) => crew.close()));
    if (!(await this.#settles(closed, drainDeadlineMs))) {
      if (this.runningCount > 0) {
        log.warn({ running: this.runningCount }, 'the time to drain is over: running jobs are given back');
        for (const { runner } of this.#crews) runner.stop('shutdown');
        if (!(await settlesWithin(closed, abortGraceMs, clock))) for (const { runner } of this.#crews) runner.abandon();
      }
      if (!(await settlesWithin(closed, REDIS_LIMIT_MS, clock))) this.#cutOff();
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
      if (this.runningCount === 0) return settlesWithin(closed, REDIS_LIMIT_MS, clock);
    }
    return false;
  }

  /** Redis is away, so jobs cannot be returned: their locks expire, and another worker's stall check returns them. */
  #cutOff(): void {
    this.#options.log.warn({}, 'Redis does not answer: the connections are cut, jobs come back by themselves');
    for (const crew of this.#crews) crew.cutOff();
  }

  /** BullMQ's processor. */
  async #process({ queue, runner }: Crew, { job, token, signal }: Taken): Promise<JobOutcome> {
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
    // The parts of a cancelled job are gone, and the message may be later than they.
    if (held.envelope.division !== undefined) await this.#marks.look();
    const step = await runner.run(held, signal);
    if (step.verdict.kind === 'done' || step.verdict.kind === 'fail') {
      void this.#marks.forget({ queue: queue.name, id: held.id, nonce: held.envelope.nonce ?? '' });
    }
    return carryOut(step, { job, token, now: () => held.now(), hold: () => this.#hold(held), log });
  }

  async #hold({ queue, id, envelope }: BullmqHeldJob): Promise<void> {
    const { backfill } = envelope;
    if (backfill === undefined) return;
    // The message that it goes on again may have been lost.
    void this.#marks.look();
    await holdIfPaused(this.#connection, { ...this.#options, queue, id, backfill });
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
}
