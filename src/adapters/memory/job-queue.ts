/** The job queue inside one process: for tests, and for work that needs no Redis. Nothing outlives the process. */
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { WallClock } from '../../ports/clock.ts';
import type {
  EndedJobs,
  EnqueueResult,
  JobFailure,
  JobQueue,
  JobRequest,
  JobState,
  KnownJob,
  QueueCounts,
} from '../../ports/job-queue.ts';

const ATTEMPTS = 3;
const THROTTLE_DELAY_MS = 1_000;

export interface MemoryJobQueueOptions {
  readonly clock: WallClock;
  /** Attempts that count; default 3. They follow each other at once. */
  readonly attempts?: number;
}

export interface MemoryJobContext {
  readonly jobId: string;
  readonly attempt: number;
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly enqueuedAt: number;
  readonly failedRounds: number;
  progress(done: number | { readonly fraction: number }): void;
  log(line: string): void;
}

export type MemoryJobHandler = (payload: unknown, context: MemoryJobContext) => Promise<JobOutcome>;

interface StoredJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly enqueuedAt: number;
  readonly failedRounds: number;
  /** Later is larger; the clock may stand still. */
  readonly order: number;
  state: JobState;
  attempts: number;
  dueAt: number;
  progress: number | undefined;
  finishedAt: number | undefined;
  failure: JobFailure | undefined;
  result: unknown;
  readonly lines: string[];
}

/** A job queue whose jobs run when `run` is called, one after the other, in this process. */
export class MemoryJobQueue implements JobQueue {
  readonly #clock: WallClock;
  readonly #attempts: number;
  readonly #queues = new Map<string, Map<string, StoredJob>>();
  readonly #paused = new Set<string>();
  #order = 0;

  constructor({ clock, attempts = ATTEMPTS }: MemoryJobQueueOptions) {
    this.#clock = clock;
    this.#attempts = attempts;
  }

  async enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    signal.throwIfAborted();
    return this.#put(queue, requests, () => undefined);
  }

  async renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    signal.throwIfAborted();
    return this.#put(queue, requests, (old) => {
      if (old.state === 'failed') return old.failure?.rounds ?? 1;
      return old.state === 'completed' ? 0 : undefined;
    });
  }

  async find(queue: string, ids: readonly string[], signal: AbortSignal): Promise<KnownJob[]> {
    signal.throwIfAborted();
    const jobs = this.#jobs(queue);
    return ids.flatMap((id) => jobs.get(id) ?? []).map((job) => toKnownJob(queue, job));
  }

  async findEnded(queue: string, ids: readonly string[], signal: AbortSignal): Promise<EndedJobs> {
    const found = await this.find(queue, [...new Set(ids)], signal);
    const kept = new Set(found.map(({ id }) => id));
    return {
      ended: found.filter(({ state }) => state === 'completed' || state === 'failed'),
      gone: [...new Set(ids)].filter((id) => !kept.has(id)),
    };
  }

  async list(queue: string, states: readonly JobState[], limit: number): Promise<KnownJob[]> {
    return [...this.#jobs(queue).values()]
      .filter((job) => states.includes(job.state))
      .sort((a, b) => (b.finishedAt ?? b.enqueuedAt) - (a.finishedAt ?? a.enqueuedAt) || b.order - a.order)
      .slice(0, Math.max(0, limit))
      .map((job) => toKnownJob(queue, job));
  }

  async counts(queue: string): Promise<QueueCounts> {
    const counts = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, paused: 0 };
    for (const job of this.#jobs(queue).values()) counts[job.state] += 1;
    return this.#paused.has(queue) ? { ...counts, waiting: 0, paused: counts.waiting } : counts;
  }

  async isPaused(queue: string): Promise<boolean> {
    return this.#paused.has(queue);
  }

  /** As the board does it: `run` takes no more jobs of the queue. */
  pause(queue: string): void {
    this.#paused.add(queue);
  }

  resume(queue: string): void {
    this.#paused.delete(queue);
  }

  async close(): Promise<void> {}

  /** The lines that handlers have written to a job's log. */
  linesOf(queue: string, id: string): readonly string[] {
    return this.#jobs(queue).get(id)?.lines ?? [];
  }

  /**
   * Runs what waits in a queue, and what is delayed and due, until nothing is left to run; attempts that may be repeated
   * follow at once. Resolves with the number of attempts, those that do not count included.
   */
  async run(queue: string, handle: MemoryJobHandler, signal = new AbortController().signal): Promise<number> {
    let ran = 0;
    for (let job = this.#next(queue); job !== undefined; job = this.#next(queue)) {
      signal.throwIfAborted();
      await this.#attempt(job, handle, signal);
      ran += 1;
    }
    return ran;
  }

  #next(queue: string): StoredJob | undefined {
    if (this.#paused.has(queue)) return undefined;
    const now = this.#clock.now();
    const isReady = (job: StoredJob) => job.state === 'waiting' || (job.state === 'delayed' && job.dueAt <= now);
    return [...this.#jobs(queue).values()].find(isReady);
  }

  async #attempt(job: StoredJob, handle: MemoryJobHandler, signal: AbortSignal): Promise<void> {
    job.state = 'active';
    try {
      const outcome = await handle(job.payload, this.#context(job, signal));
      if (outcome.kind === 'snoozed') this.#delay(job, outcome.delayMs);
      else this.#finish(job, { state: 'completed', result: outcome });
    } catch (error) {
      this.#fail(job, toContrailError(error), signal);
    }
  }

  #fail(job: StoredJob, error: ContrailError, signal: AbortSignal): void {
    const { failureClass } = error;
    if (signal.aborted) {
      job.state = 'waiting';
    } else if (failureClass === 'throttled') {
      this.#delay(job, THROTTLE_DELAY_MS);
    } else if (failureClass === 'transient' && job.attempts + 1 < this.#attempts) {
      job.attempts += 1;
      job.state = 'waiting';
    } else {
      const failure = { class: failureClass, code: error.code, message: error.sentence, rounds: job.failedRounds + 1 };
      this.#finish(job, { state: 'failed', failure });
    }
  }

  #delay(job: StoredJob, delayMs: number): void {
    job.state = 'delayed';
    // Never due at once, so that a fixed clock does not run the same job for ever.
    job.dueAt = this.#clock.now() + Math.max(1, delayMs);
  }

  #finish(job: StoredJob, end: Partial<StoredJob>): void {
    Object.assign(job, end, { attempts: job.attempts + 1, finishedAt: this.#clock.now() });
  }

  #context(job: StoredJob, signal: AbortSignal): MemoryJobContext {
    return {
      jobId: job.id,
      attempt: job.attempts + 1,
      attempts: this.#attempts,
      signal,
      enqueuedAt: job.enqueuedAt,
      failedRounds: job.failedRounds,
      progress: (done) => {
        job.progress = Math.round((typeof done === 'number' ? done : done.fraction) * 100);
      },
      log: (line) => job.lines.push(line),
    };
  }

  /** `roundsAfter` says with which count of failed rounds a kept job is replaced, or that it is left alone. */
  #put(
    queue: string,
    requests: readonly JobRequest[],
    roundsAfter: (old: StoredJob) => number | undefined,
  ): EnqueueResult {
    const jobs = this.#jobs(queue);
    const added: string[] = [];
    const known: string[] = [];
    const unique = new Map(requests.map((request) => [request.id, request]));
    for (const { id, name, payload } of unique.values()) {
      if (/:|^\d*$/.test(id)) throw new ContrailError('INTERNAL', `${id} cannot be the id of a job.`);
      const old = jobs.get(id);
      const failedRounds = old === undefined ? 0 : roundsAfter(old);
      if (failedRounds === undefined) {
        known.push(id);
        continue;
      }
      // As in Redis, a job shares nothing with the request, and what JSON cannot hold is lost.
      const copy: unknown = JSON.parse(JSON.stringify(payload ?? null));
      jobs.delete(id);
      jobs.set(id, this.#fresh({ id, name, payload: copy, failedRounds }));
      added.push(id);
    }
    return { added, known };
  }

  #fresh(job: Pick<StoredJob, 'id' | 'name' | 'payload' | 'failedRounds'>): StoredJob {
    return {
      ...job,
      enqueuedAt: this.#clock.now(),
      order: (this.#order += 1),
      state: 'waiting',
      attempts: 0,
      dueAt: 0,
      progress: undefined,
      finishedAt: undefined,
      failure: undefined,
      result: undefined,
      lines: [],
    };
  }

  #jobs(queue: string): Map<string, StoredJob> {
    const jobs = this.#queues.get(queue) ?? new Map<string, StoredJob>();
    this.#queues.set(queue, jobs);
    return jobs;
  }
}

function toKnownJob(queue: string, job: StoredJob): KnownJob {
  const { id, name, state, payload, enqueuedAt, attempts } = job;
  return {
    id,
    queue,
    name,
    state,
    payload,
    enqueuedAt,
    attempts,
    ...(job.finishedAt !== undefined && { finishedAt: job.finishedAt }),
    ...(state === 'active' && job.progress !== undefined && { progress: job.progress }),
    ...(job.failure !== undefined && { failure: job.failure }),
    ...(state === 'completed' && { result: job.result }),
  };
}
