/** What the work of a job gets to know and to say, whoever runs it. */
import type { JobOutcome } from '../domain/outcome.ts';

export interface JobContext {
  readonly jobId: string;
  /** 1 for the first attempt that counts. */
  readonly attempt: number;
  /** Aborted when the job is cancelled, lost to another worker, or the worker must stop. */
  readonly signal: AbortSignal;
  /** Says how much is done, 0 to 1. Cheap: it may be called for every batch. */
  progress(done: number): void;
  /** Adds a line to the job's log. */
  log(line: string): void;
}

export type JobHandler<Payload> = (payload: Payload, context: JobContext) => Promise<JobOutcome>;
