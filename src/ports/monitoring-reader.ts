/** Reads rows of the monitoring tables, for alerts and pages. */
import type { RowLimits } from '../domain/row-limits.ts';
import type { RecordRow } from './record-sink.ts';

export interface MonitoringRequest {
  /** A table name of `domain/monitoring-tables.ts`. */
  readonly table: string;
  /** Columns of the table, not RECORD or REPEATED. */
  readonly columns: readonly string[];
  /** Only rows whose time in this column is not earlier, microseconds since 1970. */
  readonly since?: { readonly column: string; readonly from: number };
  /** Limits: the newest rows by the column of `since`, and the beginning of each text. */
  readonly limits?: RowLimits;
  /** Only rows with one of these texts in this STRING column. */
  readonly among?: { readonly column: string; readonly values: readonly string[] };
}

export interface MonitoringReader {
  /**
   * The rows with the requested columns, newest first if there are limits, else in any order. Times and days are ISO text,
   * JSON is its value, NULL is null. A missing table or dataset has no rows; a missing column is NULL.
   */
  rows(request: MonitoringRequest, signal: AbortSignal): Promise<RecordRow[]>;
}
