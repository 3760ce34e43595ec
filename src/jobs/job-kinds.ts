/** All kinds of job. Workers refuse to start if one has no handler. */
import type { JobKind, JobSubject } from './job-kind.ts';
import { ERRORS_JOB } from './errors-job.ts';
import { METADATA_JOB } from './metadata-job.ts';
import { MONITORING_JOB } from './monitoring-job.ts';
import { RECORDS_JOB } from './records-job.ts';
import { STATISTICS_JOB } from './statistics-job.ts';
import { STATISTICS_PART_JOB } from './statistics-part-job.ts';

export const JOB_KINDS: readonly JobKind<unknown>[] = [
  STATISTICS_JOB,
  STATISTICS_PART_JOB,
  ERRORS_JOB,
  METADATA_JOB,
  MONITORING_JOB,
  RECORDS_JOB,
];

/** The queues of jobs that publish an experiment's files, by product. */
export const QUEUE_OF_PRODUCT = {
  statistics: STATISTICS_JOB.queue,
  errors: ERRORS_JOB.queue,
  metadata: METADATA_JOB.queue,
} as const;
export const FILE_QUEUES: readonly string[] = Object.values(QUEUE_OF_PRODUCT);

/** The subject of a job; undefined if it has none or its payload is invalid. */
export function subjectOf(queue: string, payload: unknown): JobSubject | undefined {
  const kind = JOB_KINDS.find((candidate) => candidate.queue === queue);
  const parsed = kind?.payload.safeParse(payload);
  return parsed?.success === true ? kind?.subject(parsed.data) : undefined;
}
