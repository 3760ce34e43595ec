/** Waits for jobs to end. Sends Redis at most 50 commands a second, for any number of jobs. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';
import { STATISTICS_PART_JOB } from '../../jobs/statistics-part-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EndedJobs, JobQueue, JobReference, KnownJob } from '../../ports/job-queue.ts';

/** Jobs per look; a look costs at most seven commands. */
const PAGE = 1_000;
const LOOK_EVERY_MS = 200;
/** After this many looks the active jobs of one queue are counted, which costs about ten commands. */
const LOOKS_PER_COUNT = 5;
/** Counts in a row without an active job before that is reported; at least two per queue, because jobs also pause before a retry. */
const QUIET_COUNTS = 10;
const REDIS_PATIENCE_MS = 300_000;

export interface FollowRequest {
  readonly queue: JobQueue;
  readonly jobs: readonly JobReference[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (ended: number) => void;
  /** Called once per job, when it has ended. */
  readonly onEnded?: (job: KnownJob) => void;
  /** Called once when jobs wait and no worker takes them, with the paused queues. */
  readonly onIdle?: (paused: readonly string[]) => void;
  /** Called once each time Redis stops answering; following continues for five minutes. */
  readonly onRedisAway?: (error: ContrailError) => void;
}

export interface FollowReport {
  /** Jobs that succeeded: their files are published. */
  readonly done: number;
  /** How many of those left the bytes unchanged. */
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

/** Resolves when all jobs have ended. A job that the queue no longer has counts as failed. */
export async function followJobs(request: FollowRequest): Promise<FollowReport> {
  const report = await followUntilStopped(request);
  request.signal.throwIfAborted();
  return report;
}

/** Like `followJobs`, but also resolves when the signal aborts, with the open jobs. */
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

  /** The reply of Redis; undefined while it is away and there is still patience. */
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

/** Notices that nobody works on the followed queues. A divided job counts as active, because its parts are in another queue. */
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
