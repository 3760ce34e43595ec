/** Enqueues a plan: a job for each due file, and a log row for each file that cannot be made. */
import type { Clock } from '../ports/clock.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { RecordTaker } from '../ports/record-sink.ts';
import { enqueueFiles, type EnqueueReport } from '../producer/enqueue-files.ts';
import type { ProductPlan } from '../producer/product-plan.ts';
import { recordRefusals } from './attempts/record-refusals.ts';

export interface EnqueueDependencies {
  readonly queue: JobQueue;
  /** The sink for log rows about files that cannot be made. */
  readonly records: RecordTaker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface EnqueueOptions {
  /** Whether to renew jobs that failed for good. */
  readonly retryFailed: boolean;
}

export async function enqueuePlan(
  { queue, records, clock, random, log }: EnqueueDependencies,
  plan: ProductPlan,
  options: EnqueueOptions,
  signal: AbortSignal,
): Promise<EnqueueReport> {
  await recordRefusals({ sink: records, clock, log }, plan);
  return enqueueFiles({ queue, clock, random }, plan.due, options, signal);
}
