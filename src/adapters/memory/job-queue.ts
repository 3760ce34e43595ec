/** The job queue inside one process: for tests, simulations, and work that needs no Redis. Nothing outlives the process. */
import { z } from 'zod';
import { type Deployment, isForeign } from '../../domain/deployment.ts';
import { ContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type {
  CancelledJobs,
  EndedJobs,
  EnqueueResult,
  JobQueue,
  JobRequest,
  JobState,
  KnownJob,
  OpenJob,
  QueueCounts,
} from '../../ports/job-queue.ts';
import { AttemptRunner } from '../../queue/attempt-runner.ts';
import { MemoryHeldJob } from './held-job.ts';
import { MemoryQueueRest } from './queue-rest.ts';
import { seededRandom } from './seeded-random.ts';
import { copyOf, StoredJobs, type StoredJob, toKnownJob } from './stored-jobs.ts';

const ATTEMPTS = 3;
const HOUR_MS = 60 * 60_000;
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface MemoryJobQueueOptions {
  /** Its delays, and the times of its jobs, are this clock's. */
  readonly clock: WallClock;
  /** The jobs themselves, where several queues share them. */
  readonly jobs?: StoredJobs;
  /** What its jobs belong to. Where another deployment shares the jobs, ids that it has taken get ours appended. */
  readonly deployment?: Deployment;
}

export type MemoryJobHandler = (payload: unknown, context: JobContext) => Promise<JobOutcome>;

/** A job queue whose jobs are done by a pool of `startMemoryPool`, or at once by `run`. */
export class MemoryJobQueue implements JobQueue {
  /** For workers. */
  readonly jobs: StoredJobs;
  readonly #clock: WallClock;
  readonly #deployment: Deployment | undefined;

  constructor({ clock, jobs = new StoredJobs(), deployment }: MemoryJobQueueOptions) {
    this.#clock = clock;
    this.jobs = jobs;
    this.#deployment = deployment;
  }

  async enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    signal.throwIfAborted();
    return this.#put(queue, requests, () => undefined);
  }

  async renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    signal.throwIfAborted();
    return this.#put(queue, requests, (old) => {
      if (old.state === 'failed') return old.failure?.rounds ?? 1;
      const isParked = old.state === 'delayed' && old.envelope.parked !== undefined;
      return old.state === 'completed' || isParked ? 0 : undefined;
    });
  }

  async find(queue: string, ids: readonly string[], signal: AbortSignal): Promise<KnownJob[]> {
    signal.throwIfAborted();
    return ids.flatMap((id) => {
      const job = this.#kept(queue, id);
      return job === undefined ? [] : [toKnownJob(job, id)];
    });
  }

  async findEnded(queue: string, ids: readonly string[], signal: AbortSignal): Promise<EndedJobs> {
    const found = await this.find(queue, [...new Set(ids)], signal);
    const kept = new Set(found.map(({ id }) => id));
    return {
      ended: found.filter(({ state }) => state === 'completed' || state === 'failed'),
      gone: [...new Set(ids)].filter((id) => !kept.has(id)),
    };
  }

  async openIds(queue: string, signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    return [...this.jobs.of(queue).open].map(({ id }) => id);
  }

  async openJobs(queue: string, signal: AbortSignal): Promise<OpenJob[]> {
    signal.throwIfAborted();
    const open = [...this.jobs.of(queue).open];
    const waiting = open.filter((job) => job.state === 'waiting' && !job.waitsForParts);
    const line = waiting.toSorted((a, b) => a.priority - b.priority || a.order - b.order);
    const jobs = [
      ...open.filter(({ state }) => state === 'active').map((job) => ({ job, place: undefined })),
      ...line.map((job, index) => ({ job, place: index + 1 })),
      ...open.filter((job) => job.state === 'delayed' || job.waitsForParts).map((job) => ({ job, place: undefined })),
    ];
    return jobs.flatMap(({ job, place }) =>
      isForeign(job.envelope.deployment, this.#deployment)
        ? []
        : [{ ...toOpenJob(job), ...(place === undefined ? {} : { place }) }],
    );
  }

  async cancel(queue: string, ids: readonly string[], signal: AbortSignal): Promise<CancelledJobs> {
    signal.throwIfAborted();
    const error = new ContrailError('CANCELLED', 'The job was cancelled while it was waiting.');
    const result = { ended: [] as string[], stopping: [] as string[], over: [] as string[] };
    for (const id of new Set(ids)) {
      const job = this.#kept(queue, id);
      if (job === undefined || job.finishedAt !== undefined) result.over.push(id);
      else if (this.jobs.cancel(job, { error, now: this.#clock.now() }) === 'ended') result.ended.push(id);
      else result.stopping.push(id);
    }
    this.jobs.changed();
    return result;
  }

  async list(queue: string, states: readonly JobState[], limit: number): Promise<KnownJob[]> {
    return [...this.jobs.of(queue).jobs.values()]
      .filter((job) => states.includes(job.state))
      .sort((a, b) => (b.finishedAt ?? b.enqueuedAt) - (a.finishedAt ?? a.enqueuedAt) || b.order - a.order)
      .slice(0, Math.max(0, limit))
      .map((job) => toKnownJob(job));
  }

  async counts(queue: string): Promise<QueueCounts> {
    const counts = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0, paused: 0 };
    const { jobs, isPaused } = this.jobs.of(queue);
    for (const job of jobs.values()) counts[job.state] += 1;
    return isPaused ? { ...counts, waiting: 0, paused: counts.waiting, isPaused } : { ...counts, isPaused };
  }

  /** As the board does it: workers take no more jobs of the queue. */
  pause(queue: string): void {
    this.jobs.of(queue).isPaused = true;
  }

  resume(queue: string): void {
    this.jobs.of(queue).isPaused = false;
    this.jobs.changed();
  }

  /** As if the worker that runs the job had died: its attempt counts as a crash, and the job waits again. */
  loseWorker(queue: string, id: string): void {
    const job = this.#kept(queue, id);
    if (job !== undefined) this.jobs.loseWorker(job);
  }

  async close(): Promise<void> {}

  /** The lines that handlers have written to a job's log. */
  linesOf(queue: string, id: string): readonly string[] {
    return this.#kept(queue, id)?.lines ?? [];
  }

  /**
   * Runs what waits in a queue, and what is delayed and due, one after the other until nothing is left to run now. There
   * are three attempts, which follow each other at once. Resolves with the number of attempts, those that do not count
   * included.
   */
  async run(queue: string, handle: MemoryJobHandler): Promise<number> {
    const runner = this.#runnerOf(queue, handle);
    let ran = 0;
    for (let job = this.#next(queue); job !== undefined; job = this.#next(queue)) {
      const held = new MemoryHeldJob({ job, jobs: this.jobs, clock: this.#clock, attempts: ATTEMPTS });
      const step = await runner.run(held, held.lost);
      const { verdict } = step;
      held.carryOut(verdict.kind === 'retry' ? { ...step, verdict: { ...verdict, delayMs: 0 } } : step);
      ran += 1;
    }
    return ran;
  }

  #runnerOf(queue: string, handle: MemoryJobHandler): AttemptRunner {
    const retry = { attempts: ATTEMPTS, firstDelayMs: 1, longestDelayMs: 1 };
    return new AttemptRunner({
      handler: { kind: { queue, payload: z.unknown(), subject: () => undefined, retry }, handle },
      deployment: this.#deployment,
      hooks: {},
      log: SILENT,
      crashLimit: ATTEMPTS,
      throttle: { firstDelayMs: 1_000, longestDelayMs: 1_000 },
      parking: { firstDelayMs: HOUR_MS, longestDelayMs: HOUR_MS },
      throttleLimitMs: HOUR_MS,
      rest: new MemoryQueueRest({ jobs: this.jobs, queue, clock: this.#clock }),
      // Nobody is told of slow work: `run` waits for it.
      clock: { monotonic: () => this.#clock.now(), startTimer: () => () => undefined },
      random: seededRandom(0),
    });
  }

  #next(queue: string): StoredJob | undefined {
    return this.jobs.take(queue, this.#clock.now());
  }

  /** The job of that id, or, where another deployment has taken the id, ours in its place. */
  #kept(queue: string, id: string): StoredJob | undefined {
    const { jobs } = this.jobs.of(queue);
    return jobs.get(this.#keyOf(queue, id));
  }

  #keyOf(queue: string, id: string): string {
    const deployment = this.jobs.of(queue).jobs.get(id)?.envelope.deployment;
    return isForeign(deployment, this.#deployment) ? `${id}.${this.#deployment?.id.slice(0, 8)}` : id;
  }

  /** `roundsAfter` says with which count of failed rounds a kept job is replaced, or that it is left alone. */
  #put(
    queue: string,
    requests: readonly JobRequest[],
    roundsAfter: (old: StoredJob) => number | undefined,
  ): EnqueueResult {
    const added: string[] = [];
    const known: string[] = [];
    const unique = new Map(requests.map((request) => [request.id, request]));
    for (const { id, name, payload, delayMs = 0, priority = 0, backfill } of unique.values()) {
      if (/:|^\d*$/.test(id)) throw new ContrailError('INTERNAL', `${id} cannot be the id of a job.`);
      const old = this.#kept(queue, id);
      const failedRounds = old === undefined ? 0 : roundsAfter(old);
      if (failedRounds === undefined) {
        known.push(id);
        continue;
      }
      const deployment = this.#deployment;
      const now = this.#clock.now();
      this.jobs.add({
        id: this.#keyOf(queue, id),
        queue,
        name,
        priority,
        enqueuedAt: now,
        envelope: {
          payload: copyOf(payload),
          failedRounds,
          crashesForgiven: 0,
          ...(backfill === undefined ? {} : { backfill }),
          ...(deployment === undefined ? {} : { deployment }),
        },
        ...(delayMs > 0 ? { dueAt: now + delayMs } : {}),
      });
      added.push(id);
    }
    if (added.length > 0) this.jobs.changed();
    return { added, known };
  }
}

function toOpenJob({ id, state, attempts, progress }: StoredJob): OpenJob {
  return {
    id,
    state: state === 'active' || state === 'delayed' ? state : 'waiting',
    attempts,
    ...(state === 'active' && progress !== undefined ? { progress } : {}),
  };
}
