/** The warehouse's record of its own jobs. */
import type { WarehouseJob } from '../domain/query-cost.ts';

export interface JobHistory {
  /** How many days it goes back (BigQuery: 180); null: it forgets nothing. */
  readonly keptDays: number | null;
  /**
   * The jobs that were created on that day (UTC), at least those that wrote to the dataset; more does no harm. Throws
   * ACCESS_DENIED without the right to see all jobs.
   */
  jobsOf(day: string, dataset: string, signal: AbortSignal): Promise<readonly WarehouseJob[]>;
}
