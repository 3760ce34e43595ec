/** The warehouse's history of its own jobs. */
import type { WarehouseJob } from '../domain/query-cost.ts';

export interface JobHistory {
  /** How many days it goes back (BigQuery: 180); null: for ever. */
  readonly keptDays: number | null;
  /**
   * Jobs created on that day (UTC): all that wrote to the dataset, perhaps others too. Throws ACCESS_DENIED without the
   * permission to see all jobs.
   */
  jobsOf(day: string, dataset: string, signal: AbortSignal): Promise<readonly WarehouseJob[]>;
}
