/** Log rows of the analysis in `monitoring.logs`, from which errors files are made. */
import type { ErrorRowsSummary } from '../domain/errors-export.ts';
import type { RowLimits } from '../domain/row-limits.ts';

/** A row of `monitoring.logs`: keys are column names, absent is NULL, `timestamp` is ISO text. */
export type ErrorLogRow = Readonly<Record<string, unknown>>;

export interface ErrorRowsRequest {
  /** The slug exactly as logged. */
  readonly experiment: string;
  /** The first time that counts, microseconds since 1970; null: all. */
  readonly from: number | null;
}

export interface ErrorRowsReading extends ErrorRowsRequest {
  readonly limits: RowLimits;
}

/**
 * Only rows with an unexpected exception type count, and none that Contrail wrote (spec: monitoring, section 2). A
 * missing table or dataset has no rows.
 */
export interface ExperimentLogs {
  /** The table for messages: `my-project.monitoring.logs`. */
  readonly source: string;
  /** The newest rows of an experiment within the limits, newest first. */
  errorRows(request: ErrorRowsReading, signal: AbortSignal): Promise<ErrorLogRow[]>;
  /**
   * Newest row and number of rows of each experiment, from its own time (a whole minute) on. Takes few requests for any
   * number of experiments. Experiments without rows are left out.
   */
  summarise(requests: readonly ErrorRowsRequest[], signal: AbortSignal): Promise<ReadonlyMap<string, ErrorRowsSummary>>;
}
