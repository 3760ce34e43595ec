/** Whether work whose job the queue still keeps is to be done again (design, section 5). */
import type { KnownJob } from '../ports/job-queue.ts';

export interface EnqueueOptions {
  /** Retry what has failed for good with this version of the source: asked for by people, not by scans. */
  readonly retryFailed: boolean;
}

const FIRST_WAIT_MS = 15 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** Why a job that is kept should be left as it is; undefined when the work is to be done again. */
export function reasonToWait(job: KnownJob, { retryFailed }: EnqueueOptions, now: number): string | undefined {
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
    return `failed with this version of the source: ${failure.message}`;
  }
  const wait = Math.min(FIRST_WAIT_MS * 2 ** Math.max(0, (failure?.rounds ?? 1) - 1), LONGEST_WAIT_MS);
  const retryAt = (finishedAt ?? 0) + wait;
  // It ended later than the wait from now: the clock was set back, and nobody is to wait for the time to come again.
  if (now >= retryAt || retryAt - now > 2 * wait) return undefined;
  return `failed, will be tried again in ${Math.ceil((retryAt - now) / 60_000)} min: ${failure?.message ?? 'unknown reason'}`;
}
