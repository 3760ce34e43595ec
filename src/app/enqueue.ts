/** Enqueues a plan: a job for each due file, a log row for each file that cannot be made, a note at each whose source lacks tables. */
import type { Clock } from '../ports/clock.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { RecordTaker } from '../ports/record-sink.ts';
import { enqueueFiles, type EnqueueOptions, type EnqueueReport } from '../producer/enqueue-files.ts';
import type { ProductPlan } from '../producer/product-plan.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { recordRefusals } from './attempts/record-refusals.ts';
import { noteLackingSources } from './note-lacking-sources.ts';

export interface EnqueueDependencies {
  readonly queue: Pick<JobQueue, 'find' | 'enqueue' | 'renew'>;
  readonly store: ObjectStore;
  /** The sink for log rows about files that cannot be made. */
  readonly records: RecordTaker;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export async function enqueuePlan(
  { queue, store, records, clock, random, log }: EnqueueDependencies,
  plan: ProductPlan,
  options: EnqueueOptions,
  signal: AbortSignal,
): Promise<EnqueueReport> {
  await recordRefusals({ sink: records, clock, log }, plan);
  await noteLackingSources({ store, clock, log }, plan.skipped, signal);
  return enqueueFiles({ queue, clock, random }, plan.due, options, signal);
}
