/** Workers for jobs in memory: they begin jobs as they become due by the clock, so a virtual one can drive them. */
import type { PoolOptions } from '../../queue/pool-options.ts';
import { ABORT_GRACE_MS, concurrencyOf, DRAIN_DEADLINE_MS, LOCK_MS, runnerOf } from '../../queue/pool-options.ts';
import type { AttemptRunner } from '../../queue/attempt-runner.ts';
import { matchHandlers } from '../../queue/handlers.ts';
import { settlesWithin } from '../../queue/settles-within.ts';
import type { WorkerHooks } from '../../queue/worker-events.ts';
import { MemoryHeldJob } from './held-job.ts';
import { MemoryQueueRest } from './queue-rest.ts';
import type { MemoryJobQueue } from './job-queue.ts';
import type { StoredJob, StoredJobs } from './stored-jobs.ts';

export interface MemoryWorkerPoolOptions extends PoolOptions {
  /** The queue whose jobs it does; on the same clock. */
  readonly queue: MemoryJobQueue;
}

interface Crew {
  readonly name: string;
  readonly runner: AttemptRunner;
  readonly concurrency: number;
  readonly running: Map<StoredJob, Promise<void>>;
  cancelTimer: () => void;
}

/** Takes jobs until it is stopped. Throws where a handler is missing or double. */
export function startMemoryPool(options: MemoryWorkerPoolOptions): MemoryWorkerPool {
  return new MemoryWorkerPool(options);
}

/** The workers of one process, as it were. Made by `startMemoryPool`. */
export class MemoryWorkerPool {
  readonly #options: MemoryWorkerPoolOptions;
  readonly #jobs: StoredJobs;
  readonly #crews: readonly Crew[];
  readonly #forget: () => void;
  #takesJobs = true;
  #isCrashed = false;
  #stopped: Promise<void> | undefined;

  constructor(options: MemoryWorkerPoolOptions) {
    this.#options = options;
    this.#jobs = options.queue.jobs;
    const told = { ...options, ...this.#whileAlive(options) };
    this.#crews = matchHandlers(options.kinds, options.handlers, options.queues).map((handler) => ({
      name: handler.kind.queue,
      runner: runnerOf(
        handler,
        told,
        new MemoryQueueRest({ jobs: this.#jobs, queue: handler.kind.queue, clock: options.clock }),
      ),
      concurrency: concurrencyOf(handler.kind, options),
      running: new Map(),
      cancelTimer: () => undefined,
    }));
    this.#forget = this.#jobs.onChange(() => this.#fillAll());
    this.#fillAll();
  }

  /** How many jobs this pool is at. */
  get runningCount(): number {
    return this.#crews.reduce((sum, { runner }) => sum + runner.runningCount, 0);
  }

  /** Ends running jobs of a queue for good, as far as they run in this pool. Gives the ids of those that did. */
  cancel(queue: string, jobIds: readonly string[]): string[] {
    return this.#crews.flatMap(({ name, runner }) => (name === queue ? runner.stop('cancelled', jobIds) : []));
  }

  /**
   * Takes no more jobs, waits for the running ones until the deadline, then aborts them and gives them back to the queue
   * at no attempt's cost. A second call returns the same promise.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** As if its process were killed: nothing is told any more, and its jobs come back when their locks have run out. */
  crash(): void {
    this.#isCrashed = true;
    this.#takeNoMore();
    this.#stopped ??= Promise.resolve();
    for (const job of this.#crews.flatMap(({ running }) => [...running.keys()])) {
      const { hold } = job;
      hold?.lost.abort();
      this.#options.clock.startTimer(this.#options.lockMs ?? LOCK_MS, () => this.#jobs.loseWorker(job, hold));
    }
  }

  async #stop(): Promise<void> {
    const { clock, log, drainDeadlineMs = DRAIN_DEADLINE_MS, abortGraceMs = ABORT_GRACE_MS } = this.#options;
    this.#takeNoMore();
    const ended = Promise.all(this.#crews.flatMap(({ running }) => [...running.values()]));
    if (this.runningCount === 0 || (await settlesWithin(ended, drainDeadlineMs, clock))) return;
    log.warn({ running: this.runningCount }, 'the time to drain is over: running jobs are given back');
    for (const { runner } of this.#crews) runner.stop('shutdown');
    if (await settlesWithin(ended, abortGraceMs, clock)) return;
    for (const { runner } of this.#crews) runner.abandon();
    await ended;
  }

  #takeNoMore(): void {
    this.#takesJobs = false;
    this.#forget();
    for (const crew of this.#crews) {
      crew.runner.refuse();
      crew.cancelTimer();
    }
  }

  #fillAll(): void {
    for (const crew of this.#crews) {
      crew.runner.stopCancelled();
      this.#fill(crew);
    }
  }

  /** Begins what may begin now, and comes back when the next job is due. */
  #fill(crew: Crew): void {
    if (!this.#takesJobs) return;
    const { clock } = this.#options;
    while (crew.running.size < crew.concurrency) {
      const job = this.#jobs.take(crew.name, clock.now());
      if (job === undefined) break;
      crew.running.set(job, this.#run(crew, job));
    }
    crew.cancelTimer();
    const dueAt = crew.running.size < crew.concurrency ? this.#jobs.nextDueAt(crew.name, clock.now()) : undefined;
    if (dueAt === undefined) return;
    crew.cancelTimer = clock.startTimer(Math.max(1, dueAt - clock.now()), () => this.#fill(crew));
  }

  async #run(crew: Crew, job: StoredJob): Promise<void> {
    const { clock } = this.#options;
    const held = new MemoryHeldJob({ job, jobs: this.#jobs, clock, attempts: crew.runner.kind.retry.attempts });
    const step = await crew.runner.run(held, held.lost);
    crew.running.delete(job);
    if (this.#isCrashed) return;
    const isHeld = held.carryOut(step);
    if (isHeld && step.verdict.kind === 'done') this.#finished(job, 'completed');
    if (isHeld && step.verdict.kind === 'fail') this.#finished(job, 'failed');
    this.#fill(crew);
  }

  #finished(job: StoredJob, state: 'completed' | 'failed'): void {
    this.#options.onFinished?.({ queue: job.queue, jobId: job.id, state });
  }

  /** The hooks, which a process that was killed calls no more. */
  #whileAlive(hooks: WorkerHooks): WorkerHooks {
    return {
      onOutcome: async (event) => (this.#isCrashed ? undefined : hooks.onOutcome?.(event)),
      onFailure: async (event) => (this.#isCrashed ? undefined : hooks.onFailure?.(event)),
      onThrottled: async (event) => (this.#isCrashed ? undefined : hooks.onThrottled?.(event)),
      onParked: async (event) => (this.#isCrashed ? undefined : hooks.onParked?.(event)),
      onSlow: (event) => (this.#isCrashed ? undefined : hooks.onSlow?.(event)),
    };
  }
}
