/** The fields by which log lines of a job are found. */
import type { JobKind } from './job-kind.ts';
import { JOB_KINDS } from './job-kinds.ts';

// A type, because an interface is not assignable to the fields of a log line.
export type JobFields = {
  readonly queue: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly experiment?: string;
  readonly period?: string;
};

type Place = Pick<JobFields, 'queue' | 'jobId' | 'attempt'>;

/** With experiment and period, if the job is about some and its payload can be read. */
export function jobFields({ queue, jobId, attempt }: Place, payload: unknown, kind = kindOf(queue)): JobFields {
  const parsed = kind?.payload.safeParse(payload);
  const { experiment, period } = (parsed?.success === true ? kind?.subject(parsed.data) : undefined) ?? {};
  return {
    queue,
    jobId,
    attempt,
    ...(experiment === undefined ? {} : { experiment }),
    ...(period === undefined ? {} : { period }),
  };
}

function kindOf(queue: string): JobKind<unknown> | undefined {
  return JOB_KINDS.find((candidate) => candidate.queue === queue);
}
