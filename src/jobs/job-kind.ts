/** What every kind of job has: one file in this room describes one kind. */
import type { ZodType } from 'zod';

export interface RetryPolicy {
  /** Attempts that count, the first included; waiting for a throttled service or giving a job back counts none. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/** What a run of a job is listed under. */
export type JobProduct = 'statistics' | 'metadata' | 'errors' | 'experiments' | 'query_cost' | 'alerts';

export interface JobSubject {
  readonly product: JobProduct;
  readonly experiment?: string;
  readonly period?: string;
}

export interface JobKind<Payload> {
  readonly queue: string;
  readonly payload: ZodType<Payload>;
  // Written as a method, so that a list can hold kinds of many payloads.
  /** What a job with that payload is about; undefined where it is about no product. */
  subject(payload: Payload): JobSubject | undefined;
  readonly retry: RetryPolicy;
  /** Jobs of this kind that one process runs at once at most, whatever concurrency it is given. */
  readonly mostAtOnce?: number;
  /** Its delayed jobs only wait for more of the same: they may run as soon as there is nothing else to do. */
  readonly gathers?: true;
  /** Nobody would make its jobs again, so they never fail only because a service is away or asks for fewer requests. */
  readonly endures?: true;
  /** Its jobs are parts of other jobs' work: made by workers alone, and refused from anybody else. */
  readonly isPart?: true;
}
