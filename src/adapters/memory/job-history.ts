/** The warehouse's record of its own jobs, kept in memory. */
import type { WarehouseJob } from '../../domain/query-cost.ts';
import type { JobHistory } from '../../ports/job-history.ts';

export class MemoryJobHistory implements JobHistory {
  readonly keptDays = null;
  readonly #jobs: WarehouseJob[] = [];

  /** Adds jobs, as the warehouse does when it ran them. */
  add(jobs: readonly WarehouseJob[]): void {
    this.#jobs.push(...structuredClone([...jobs]));
  }

  async jobsOf(day: string, _dataset: string, signal: AbortSignal): Promise<readonly WarehouseJob[]> {
    signal.throwIfAborted();
    return this.#jobs.filter(({ creation_time: created }) => created.startsWith(day));
  }
}
