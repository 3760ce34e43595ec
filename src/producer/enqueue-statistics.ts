/**
 * Asks the queue for what is due. Ids are made of what is to be done, so asking twice, or two producers asking at once,
 * enqueues nothing twice. A queue swallows a job whose id it still keeps, so the kept ones are looked at first.
 */
import { randomUUID } from 'node:crypto';
import { statisticsJobId, STATISTICS_JOB, type StatisticsPayload } from '../jobs/statistics-job.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobQueue, JobRequest, KnownJob } from '../ports/job-queue.ts';
import type { DueStatistics } from './plan-statistics.ts';

export interface EnqueueDependencies {
  readonly queue: JobQueue;
  readonly clock: Clock;
}

export interface EnqueueOptions {
  /** Retry what has failed for good with this version of the source: asked for by people, not by scans. */
  readonly retryFailed: boolean;
}

export interface EnqueuedStatistics {
  readonly due: DueStatistics;
  readonly jobId: string;
}

export interface EnqueueReport {
  readonly enqueued: readonly EnqueuedStatistics[];
  /** Already in the queue, or failed and not to be tried yet; and why. */
  readonly skipped: readonly (EnqueuedStatistics & { readonly reason: string })[];
}

const FIRST_WAIT_MS = 15 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

export async function enqueueStatistics(
  { queue, clock }: EnqueueDependencies,
  due: readonly DueStatistics[],
  options: EnqueueOptions,
  signal: AbortSignal,
): Promise<EnqueueReport> {
  const wanted = due.map((entry) => {
    const nonce = entry.reason === 'forced' ? randomUUID().slice(0, 8) : undefined;
    return { due: entry, jobId: statisticsJobId(entry, nonce) };
  });
  const kept = await queue.find(
    STATISTICS_JOB.queue,
    wanted.map((entry) => entry.jobId),
    signal,
  );
  const keptById = new Map(kept.map((job) => [job.id, job]));
  const fresh: JobRequest[] = [];
  const again: JobRequest[] = [];
  const reasons = new Map<string, string>();
  for (const entry of wanted) {
    const job = keptById.get(entry.jobId);
    const reason = job === undefined ? undefined : reasonToWait(job, options, clock.now());
    if (reason !== undefined) reasons.set(entry.jobId, reason);
    else (job === undefined ? fresh : again).push(requestFor(entry, job));
  }
  const added = await queue.enqueue(STATISTICS_JOB.queue, fresh, signal);
  const renewed = await queue.renew(STATISTICS_JOB.queue, again, signal);
  const inQueue = new Set([...added.added, ...renewed.added]);
  for (const id of [...added.known, ...renewed.known]) reasons.set(id, 'already queued');
  return {
    enqueued: wanted.filter((entry) => inQueue.has(entry.jobId)),
    skipped: wanted.flatMap((entry) => {
      const reason = reasons.get(entry.jobId);
      return reason === undefined ? [] : [{ ...entry, reason }];
    }),
  };
}

/** Why a job that is kept should be left as it is; undefined when the work is to be done again. */
function reasonToWait(job: KnownJob, { retryFailed }: EnqueueOptions, now: number): string | undefined {
  switch (job.state) {
    case 'waiting':
    case 'active':
    case 'delayed':
      return 'already queued';
    case 'completed':
      // It is due though it was done: the object is gone, or somebody else replaced it.
      return undefined;
    case 'failed':
      return retryFailed ? undefined : reasonNotToRetry(job, now);
  }
}

function reasonNotToRetry({ failure, finishedAt }: KnownJob, now: number): string | undefined {
  if (failure?.class === 'content' || failure?.class === 'usage') {
    return `failed with this version of the table: ${failure.message}`;
  }
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, (failure?.rounds ?? 1) - 1), LONGEST_WAIT_MS);
  const retryAt = (finishedAt ?? 0) + wait;
  if (now >= retryAt) return undefined;
  return `failed, will be tried again in ${Math.ceil((retryAt - now) / 60_000)} min: ${failure?.message ?? 'no reason known'}`;
}

function requestFor({ due, jobId }: EnqueuedStatistics, kept: KnownJob | undefined): JobRequest {
  const again = kept?.state === 'failed' ? 'retried' : 'missing';
  const payload: StatisticsPayload = {
    version: 1,
    experiment: due.experiment,
    period: due.period,
    knownBy: due.knownBy,
    sourceVersion: due.sourceVersion,
    seen: due.seen,
    ...(due.rows === undefined ? {} : { rows: due.rows }),
    reason: kept === undefined ? due.reason : again,
    force: due.reason === 'forced',
  };
  return { id: jobId, name: `${due.experiment} ${due.period}`, payload };
}
