/** One scan: plan what has changed, record what cannot be done, enqueue the rest. */
import type { Config } from '../config/load-config.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { RecordTaker } from '../ports/record-sink.ts';
import { enqueueFiles, type EnqueueReport } from '../producer/enqueue-files.ts';
import { planProducts } from '../producer/plan-products.ts';
import { type ProductName, PRODUCTS } from '../producer/product-plan.ts';
import { planDependencies } from './compose/planning.ts';
import { recordRefusals } from './attempts/record-refusals.ts';
import type { Adapters } from './compose/wire.ts';

const EVERYTHING = { experiments: [], periods: [], apps: [], force: false } as const;

export interface ScanRequest {
  readonly config: Config;
  readonly queue: JobQueue;
  /** Where the log rows of what cannot be done go. */
  readonly records: RecordTaker;
  /** All unless told. */
  readonly products?: readonly ProductName[];
  readonly signal: AbortSignal;
}

export async function scanOnce(adapters: Adapters, request: ScanRequest): Promise<EnqueueReport> {
  const { config, queue, records, products = PRODUCTS, signal } = request;
  const plan = await planProducts(planDependencies(adapters, config), { ...EVERYTHING, products }, signal);
  for (const problem of plan.problems)
    adapters.log.warn({ code: problem.code, problem: problem.sentence }, 'planning with less');
  for (const { products, error } of plan.failures)
    adapters.log.error({ products, code: error.code, problem: error.sentence }, 'not everything could be planned');
  await recordRefusals({ ...adapters, sink: records }, plan);
  const { clock, random } = adapters;
  const report = await enqueueFiles({ queue, clock, random }, plan.due, { retryFailed: false }, signal);
  adapters.log.info(
    {
      due: plan.due.length,
      current: plan.skipped.length,
      refused: plan.refused.length,
      enqueued: report.enqueued.length,
      waiting: report.skipped.length,
    },
    'scanned',
  );
  return report;
}
