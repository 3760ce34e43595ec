/** BullMQ options of each job. */
import type { DefaultJobOptions } from 'bullmq';
import type { JobKind } from '../../jobs/job-kind.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Lines of a job's log. */
export const LINES_KEPT = 200;
const STACKS_KEPT = 1;

/** The name under which workers find our backoff. */
const BACKOFF_TYPE = 'contrail';

export interface JobRetention {
  readonly completed: KeptJobs;
  readonly failed: KeptJobs;
}

/** Finished jobs older than the age, and all beyond the count, are removed when the next one finishes. */
export interface KeptJobs {
  readonly ageMs: number;
  readonly count: number;
}

/**
 * Completed ones for the board. Failed and cancelled ones tell scans not to ask for the same work again, so they are kept for as
 * many files as an installation may have.
 */
const DEFAULT_RETENTION: JobRetention = {
  completed: { ageMs: 7 * DAY_MS, count: 5_000 },
  failed: { ageMs: 30 * DAY_MS, count: 100_000 },
};

/** Parts are useless after the whole job has ended, which keeps their results. */
const PART_RETENTION: JobRetention = {
  completed: { ageMs: DAY_MS, count: 1_000 },
  failed: { ageMs: 7 * DAY_MS, count: 1_000 },
};

/** Attempts, backoff and retention of a kind of job. */
export function jobOptionsOf(kind: JobKind<unknown>, retention: Partial<JobRetention> = {}): DefaultJobOptions {
  const { completed, failed } = { ...(kind.isPart === true ? PART_RETENTION : DEFAULT_RETENTION), ...retention };
  return {
    attempts: kind.retry.attempts,
    backoff: { type: BACKOFF_TYPE },
    removeOnComplete: keep(completed),
    removeOnFail: keep(failed),
    keepLogs: LINES_KEPT,
    stackTraceLimit: STACKS_KEPT,
  };
}

function keep({ ageMs, count }: KeptJobs) {
  return { age: Math.ceil(ageMs / 1_000), count };
}
