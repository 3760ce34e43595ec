/** What the analysis has logged about experiments: the rows of `monitoring.logs` that errors files are made of. */
import type { ErrorRowsSummary } from '../domain/errors-export.ts';
import type { RowLimits } from '../domain/row-limits.ts';

/** A row of `monitoring.logs` as the warehouse gives it: keys are column names, absent is NULL, `timestamp` is ISO text. */
export type ErrorLogRow = Readonly<Record<string, unknown>>;

export interface ErrorRowsRequest {
  /** The slug exactly as it was logged. */
  readonly experiment: string;
  /** First time that counts, microseconds since 1970; null: all. */
  readonly from: number | null;
}

export interface ErrorRowsReading extends ErrorRowsRequest {
  readonly limits: RowLimits;
}

/**
 * Rows count as spec: monitoring, section 2 says: with an exception type that is not an expected one, and not written
 * by Contrail. A missing table or dataset has no rows.
 */
export interface ExperimentLogs {
  /** The table as people know it: `my-project.monitoring.logs`. */
  readonly source: string;
  /** The newest rows of an experiment, newest first, texts cut: no more than the limits. */
  errorRows(request: ErrorRowsReading, signal: AbortSignal): Promise<ErrorLogRow[]>;
  /**
   * Newest row and number of rows of each of these experiments, each from its own time (a whole minute) on, in few
   * requests however many they are. Experiments without rows are left out.
   */
  summarise(requests: readonly ErrorRowsRequest[], signal: AbortSignal): Promise<ReadonlyMap<string, ErrorRowsSummary>>;
}
