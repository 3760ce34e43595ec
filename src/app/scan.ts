/** One scan: plan what has changed, enqueue it, and keep the freshness index in step. */
import type { JobQueue } from '../ports/job-queue.ts';
import { type EnqueueReport } from '../producer/enqueue-files.ts';
import { planProducts, type ProductPlanDependencies } from '../producer/plan-products.ts';
import { type ProductName, PRODUCTS } from '../producer/product-plan.ts';
import { type EnqueueDependencies, enqueuePlan } from './enqueue.ts';
import { beginScan, noteScan, type ScanNoting } from './freshness/note-scan.ts';

const EVERYTHING = { experiments: [], periods: [], apps: [], force: false } as const;

export interface ScanDependencies {
  readonly planning: ProductPlanDependencies;
  readonly enqueuing: EnqueueDependencies & { readonly queue: JobQueue };
  /** Absent: nobody reads states from an index. */
  readonly noting?: ScanNoting;
}

/** Plans the files of these products (default: all), and enqueues what is due. */
export async function scanOnce(
  { planning, enqueuing, noting }: ScanDependencies,
  signal: AbortSignal,
  products: readonly ProductName[] = PRODUCTS,
): Promise<EnqueueReport> {
  const { log } = enqueuing;
  // A plan of some products says nothing about the others.
  const whole = products === PRODUCTS ? noting : undefined;
  const begun = whole === undefined ? undefined : await beginScan(whole, signal);
  const plan = await planProducts(planning, { ...EVERYTHING, products }, signal);
  for (const problem of plan.problems)
    log.warn({ code: problem.code, problem: problem.sentence }, 'planning with less');
  for (const { products, error } of plan.failures)
    log.error({ products, code: error.code, problem: error.sentence }, 'not all files could be planned');
  const report = await enqueuePlan(enqueuing, plan, { retryFailed: false }, signal);
  if (whole !== undefined) await noteScan(whole, begun, { plan, report, signal });
  log.info(
    {
      due: plan.due.length,
      current: plan.skipped.filter(({ lacking }) => lacking === undefined).length,
      lacking: plan.skipped.filter(({ lacking }) => lacking !== undefined).length,
      refused: plan.refused.length,
      enqueued: report.enqueued.length,
      waiting: report.skipped.length,
    },
    'scanned',
  );
  return report;
}
