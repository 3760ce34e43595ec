/** Reads rows of the monitoring tables back: for alerts and pages. */
import type { RowLimits } from '../domain/row-limits.ts';
import type { RecordRow } from './record-sink.ts';

export interface MonitoringRequest {
  /** Bare name of one of `domain/monitoring-tables.ts`. */
  readonly table: string;
  /** Columns of that table that are neither RECORD nor REPEATED. */
  readonly columns: readonly string[];
  /** Only rows whose time in that column is not before it, microseconds since 1970. */
  readonly since?: { readonly column: string; readonly from: number };
  /** Only that many rows, the newest by the column of `since`, and of their texts the beginning. */
  readonly limits?: RowLimits;
  /** Only rows that have one of these texts in that column of type STRING. */
  readonly among?: { readonly column: string; readonly values: readonly string[] };
}

export interface MonitoringReader {
  /**
   * The rows, newest first where there are limits, else in any order, with all the columns asked for: times and days as ISO text, JSON as the value it holds, NULL
   * as null. A table or dataset that is missing has no rows, a column that is missing only NULL.
   */
  rows(request: MonitoringRequest, signal: AbortSignal): Promise<RecordRow[]>;
}
