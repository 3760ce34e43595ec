/** Waits for jobs to end, asking the queue now and then. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { STATISTICS_PART_JOB } from '../jobs/statistics-part-job.ts';
import type { JobQueue, KnownJob } from '../ports/job-queue.ts';
import type { JobReference } from '../producer/product-plan.ts';

const POLL_MS = 250;
/** After so many looks without a job at work, somebody should be told. */
const LOOKS_BEFORE_IDLE = 40;

export interface FollowRequest {
  readonly queue: JobQueue;
  readonly jobs: readonly JobReference[];
  readonly signal: AbortSignal;
  readonly onProgress: (ended: number) => void;
  /** Told each job once, when it has ended. */
  readonly onEnded?: (job: KnownJob) => void;
  /** Told once when jobs wait and nobody takes them. */
  readonly onIdle?: () => void;
}

export interface FollowReport {
  /** Jobs that ended well: their files are in place. */
  readonly done: number;
  /** How many of those left the bytes as they were. */
  readonly unchanged: number;
  readonly failures: readonly FollowedFailure[];
}

export interface FollowedFailure {
  readonly name: string;
  readonly jobId: string;
  readonly code: string;
  readonly message: string;
}

const Outcome = z.object({ kind: z.string() });

/** Resolves when all jobs have ended, for good or ill. A job that is no longer kept counts as failed. */
export async function followJobs(request: FollowRequest): Promise<FollowReport> {
  const open = new Set(request.jobs);
  const failures: FollowedFailure[] = [];
  let unchanged = 0;
  let done = 0;
  let idleLooks = 0;
  while (open.size > 0) {
    const jobs = await findAll(request.queue, [...open], request.signal);
    for (const reference of open) {
      const job = jobs.get(keyOf(reference));
      if (job !== undefined && job.state !== 'completed' && job.state !== 'failed') continue;
      open.delete(reference);
      if (job?.state === 'completed') {
        done += 1;
        if (Outcome.safeParse(job.result).data?.kind !== 'published') unchanged += 1;
      } else failures.push(failureOf(reference.id, job));
      if (job !== undefined) request.onEnded?.(job);
    }
    request.onProgress(request.jobs.length - open.size);
    if (open.size === 0) break;
    idleLooks = (await isAtWork(request.queue, jobs)) ? 0 : idleLooks + 1;
    if (idleLooks === LOOKS_BEFORE_IDLE) request.onIdle?.();
    await delay(POLL_MS, undefined, { signal: request.signal });
  }
  return { done, unchanged, failures };
}

/** A whole that waits for its parts is at work too: they are in a queue of their own. */
async function isAtWork(queue: JobQueue, jobs: ReadonlyMap<string, KnownJob>): Promise<boolean> {
  if ([...jobs.values()].some((job) => job.state === 'active')) return true;
  return (await queue.counts(STATISTICS_PART_JOB.queue)).active > 0;
}

async function findAll(
  queue: JobQueue,
  jobs: readonly JobReference[],
  signal: AbortSignal,
): Promise<Map<string, KnownJob>> {
  const found = new Map<string, KnownJob>();
  for (const name of new Set(jobs.map((job) => job.queue))) {
    const ids = jobs.filter((job) => job.queue === name).map((job) => job.id);
    for (const job of await queue.find(name, ids, signal)) found.set(keyOf(job), job);
  }
  return found;
}

function keyOf({ queue, id }: JobReference): string {
  return `${queue} ${id}`;
}

function failureOf(id: string, job: KnownJob | undefined): FollowedFailure {
  return {
    name: job?.name ?? id,
    jobId: id,
    code: job?.failure?.code ?? 'JOB_LOST',
    message: job?.failure?.message ?? 'The job is no longer in the queue.',
  };
}
