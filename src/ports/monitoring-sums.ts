/** Sums over rows of the monitoring tables. The warehouse adds up, so memory grows with the groups, not with the rows. */

export interface SumsRequest {
  /** A table name of `domain/monitoring-tables.ts`. */
  readonly table: string;
  /** One group for each combination of these STRING columns (at least one), or for each day (UTC) of the range. */
  readonly by: 'day' | readonly string[];
  /** INT64 and FLOAT64 columns. */
  readonly columns: readonly string[];
  /** Rows count if this column has a value; all rows are summed. */
  readonly counted: string;
  /** Microseconds since 1970, without the end. */
  readonly range: { readonly column: string; readonly from: number; readonly to: number };
}

export interface GroupSums {
  /** The values of `by`, or the day: `2026-01-14`. */
  readonly group: readonly (string | null)[];
  readonly count: number;
  /** In the order of the columns; NULL counts as 0. */
  readonly sums: readonly number[];
}

export interface MonitoringSums {
  /** In any order. A missing table or dataset has no groups. */
  sums(request: SumsRequest, signal: AbortSignal): Promise<GroupSums[]>;
}
