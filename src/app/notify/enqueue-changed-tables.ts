/** Enqueues the files of tables that somebody says have changed. */
import type { EnqueueReport } from '../../producer/enqueue-files.ts';
import { planTables } from '../../producer/plan-tables.ts';
import type { ProductPlan } from '../../producer/product-plan.ts';
import { statisticsFiles } from '../../producer/statistics-files.ts';
import type { PlanDependencies } from '../../producer/plan-statistics.ts';
import { type EnqueueDependencies, enqueuePlan } from '../enqueue.ts';

/** A part of what a scan needs. */
export interface NotifyDependencies {
  readonly planning: Omit<PlanDependencies, 'leftOut'>;
  readonly enqueuing: EnqueueDependencies;
}

export interface ChangedTables {
  readonly plan: ProductPlan;
  readonly report: EnqueueReport;
  /** Named tables that the warehouse does not have. */
  readonly missing: readonly string[];
}

/** Looks at these tables only. Their experiments' metadata and errors are left to the next scan. */
export async function enqueueChangedTables(
  { planning, enqueuing }: NotifyDependencies,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<ChangedTables> {
  const { plan: statistics, missing } = await planTables(planning, tables, signal);
  for (const problem of statistics.problems)
    enqueuing.log.warn({ code: problem.code, problem: problem.sentence }, 'planning with less');
  const plan = statisticsFiles(statistics);
  return { plan, missing, report: await enqueuePlan(enqueuing, plan, { retryFailed: false }, signal) };
}
