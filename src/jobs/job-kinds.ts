/** All kinds of job there are; workers refuse to start when one has no handler. */
import type { JobKind } from './job-kind.ts';
import { STATISTICS_JOB } from './statistics-job.ts';

export const JOB_KINDS: readonly JobKind<unknown>[] = [STATISTICS_JOB];
