/** What all kinds of job have. Each file in this folder is one kind. */
import type { ZodType } from 'zod';

export interface RetryPolicy {
  /** Attempts in all. Throttled and returned attempts do not count. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** Columns of a job's run record. */
export type JobProduct = 'statistics' | 'metadata' | 'errors' | 'experiments' | 'query_cost' | 'alerts' | 'query';

export interface JobSubject {
  readonly product: JobProduct;
  readonly experiment?: string;
  readonly period?: string;
  /** Where the data come from, if the job tells without running. */
  readonly source?: string;
}

export interface JobKind<Payload> {
  readonly queue: string;
  readonly payload: ZodType<Payload>;
  // A method, so that a list can hold kinds with different payloads.
  /** The product, experiment and period of a job; undefined if it has no product. */
  subject(payload: Payload): JobSubject | undefined;
  readonly retry: RetryPolicy;
  /** Limit for the jobs of this kind that one process runs at once, whatever its concurrency. */
  readonly mostAtOnce?: number;
  /** A delay only collects more of the same, so a draining worker may run these jobs at once. */
  readonly gathers?: true;
  /** Nobody would enqueue its jobs again, so they never fail because a service is away or throttles. */
  readonly endures?: true;
  /** Its jobs are parts of other jobs. Only workers make them, and unsealed ones are refused (ADR 13). */
  readonly isPart?: true;
}
