/** Waits for jobs to end, at a pace that costs Redis at most 50 commands a second however many jobs there are. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EndedJobs, JobQueue, KnownJob } from '../../ports/job-queue.ts';
import type { JobReference } from '../../producer/product-plan.ts';

/** Jobs of one look: a look at so many costs at most seven commands. */
const PAGE = 1_000;
const LOOK_EVERY_MS = 200;
/** Every so many looks the jobs at work in one queue are counted, which costs about ten commands. */
const LOOKS_PER_COUNT = 5;
/** Counts in a row without a job at work before somebody is told, each queue at least twice: jobs that wait for their retry pause, too. */
const QUIET_COUNTS = 10;
const REDIS_PATIENCE_MS = 300_000;

export interface FollowRequest {
  readonly queue: JobQueue;
  readonly jobs: readonly JobReference[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (ended: number) => void;
  /** Told each job once, when it has ended. */
  readonly onEnded?: (job: KnownJob) => void;
  /** Told once when jobs wait and nobody takes them, with the queues among them that are paused. */
  readonly onIdle?: (paused: readonly string[]) => void;
  /** Told once each time Redis stops answering; it is asked again for five minutes. */
  readonly onRedisAway?: (error: ContrailError) => void;
}

export interface FollowReport {
  /** Jobs that ended well: their files are in place. */
  readonly done: number;
  /** How many of those left the bytes as they were. */
  readonly unchanged: number;
  readonly failures: readonly FollowedFailure[];
  /** Jobs that had not ended when following was stopped. */
  readonly open: number;
}

export interface FollowedFailure {
  readonly name: string;
  readonly jobId: string;
  readonly code: string;
  readonly message: string;
}

const Outcome = z.object({ kind: z.string() });

/** Resolves when all jobs have ended, well or not. A job that is no longer kept counts as failed. */
export async function followJobs(request: FollowRequest): Promise<FollowReport> {
  const report = await followUntilStopped(request);
  request.signal.throwIfAborted();
  return report;
}

/** As `followJobs`, but resolves also when the signal aborts, with the jobs that are open then. */
export async function followUntilStopped(request: FollowRequest): Promise<FollowReport> {
  const following = new Following(request);
  try {
    await following.untilEnded();
  } catch (error) {
    if (!request.signal.aborted) throw error;
  }
  return following.report();
}

class Following {
  readonly #request: FollowRequest;
  readonly #open = new Map<string, Set<string>>();
  readonly #failures: FollowedFailure[] = [];
  readonly #activity: ActivityWatch;
  #done = 0;
  #unchanged = 0;
  #looks = 0;
  #awaySince: number | undefined;

  constructor(request: FollowRequest) {
    this.#request = request;
    for (const { queue, id } of request.jobs) {
      const ids = this.#open.get(queue) ?? new Set();
      this.#open.set(queue, ids.add(id));
    }
    this.#activity = new ActivityWatch(request, [...this.#open.keys()]);
  }

  report(): FollowReport {
    return { done: this.#done, unchanged: this.#unchanged, failures: this.#failures, open: this.#openCount() };
  }

  async untilEnded(): Promise<void> {
    while (this.#openCount() > 0) {
      for (const { queue, ids } of this.#pages()) {
        const found = await this.#ask(() => this.#request.queue.findEnded(queue, ids, this.#request.signal));
        if (found !== undefined) this.#take(queue, found);
        if (this.#openCount() === 0) return;
        this.#looks += 1;
        if (this.#looks % LOOKS_PER_COUNT === 0) await this.#ask(() => this.#activity.look());
        await this.#request.clock.sleep(LOOK_EVERY_MS, this.#request.signal);
      }
    }
  }

  #pages(): { readonly queue: string; readonly ids: readonly string[] }[] {
    return [...this.#open].flatMap(([queue, ids]) => {
      const all = [...ids];
      const starts = Array.from({ length: Math.ceil(all.length / PAGE) }, (_, index) => index * PAGE);
      return starts.map((start) => ({ queue, ids: all.slice(start, start + PAGE) }));
    });
  }

  #take(queue: string, { ended, gone }: EndedJobs): void {
    const open = this.#open.get(queue);
    for (const job of ended) {
      open?.delete(job.id);
      if (job.state === 'failed') this.#failures.push(failureOf(job.id, job));
      else {
        this.#done += 1;
        if (Outcome.safeParse(job.result).data?.kind !== 'published') this.#unchanged += 1;
      }
      this.#request.onEnded?.(job);
    }
    for (const id of gone) {
      open?.delete(id);
      this.#failures.push(failureOf(id));
    }
    if (ended.length > 0) this.#activity.sawWork();
    this.#request.onProgress(this.#request.jobs.length - this.#openCount());
  }

  /** What Redis answers; undefined where it is away, as long as there is patience. */
  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      const answer = await question();
      this.#awaySince = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof ContrailError) || error.code !== 'REDIS_UNREACHABLE') throw error;
      if (this.#awaySince === undefined) this.#request.onRedisAway?.(error);
      const now = this.#request.clock.monotonic();
      this.#awaySince ??= now;
      if (now - this.#awaySince > REDIS_PATIENCE_MS) throw error;
      return undefined;
    }
  }

  #openCount(): number {
    return [...this.#open.values()].reduce((sum, ids) => sum + ids.size, 0);
  }
}

/** Notices that nobody works on the followed queues. A whole that waits for its parts is at work: they are in a queue of their own. */
class ActivityWatch {
  readonly #request: FollowRequest;
  readonly #queues: readonly string[];
  readonly #paused = new Set<string>();
  #next = 0;
  #quietLooks = 0;
  #isTold = false;

  constructor(request: FollowRequest, queues: readonly string[]) {
    this.#request = request;
    this.#queues = [...new Set([...queues, STATISTICS_PART_JOB.queue])];
  }

  sawWork(): void {
    this.#quietLooks = 0;
  }

  /** Looks at one queue, the next one each time. */
  async look(): Promise<void> {
    const name = this.#queues[this.#next % this.#queues.length];
    if (name === undefined || this.#isTold) return;
    const { active, paused } = await this.#request.queue.counts(name);
    this.#next += 1;
    if (paused > 0) this.#paused.add(name);
    else this.#paused.delete(name);
    this.#quietLooks = active > 0 ? 0 : this.#quietLooks + 1;
    if (this.#quietLooks < Math.max(QUIET_COUNTS, 2 * this.#queues.length)) return;
    this.#isTold = true;
    this.#request.onIdle?.([...this.#paused]);
  }
}

function failureOf(id: string, job?: KnownJob): FollowedFailure {
  return {
    name: job?.name ?? id,
    jobId: id,
    code: job?.failure?.code ?? 'JOB_LOST',
    message:
      job?.failure?.message ?? 'The job is no longer in the queue. Whether its file is current, contrail status tells.',
  };
}
