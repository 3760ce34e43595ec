/** What is in a table: rows in an order, of which ranges can be taken in several forms. */
import type { ColumnBatch } from '../../../src/domain/column-batch.ts';
import type { TableField } from './field-schema.ts';
import type { RowsResponse } from './rows-response.ts';

/** The rows `[from, to)`. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface WindowCount {
  readonly window: number | null;
  readonly rows: number;
}

/** Rows never change; a table that is written to gets another content. */
export interface TableContent {
  readonly fields: readonly TableField[];
  readonly rowCount: number;
  /** Logical bytes, as the service bills them. */
  readonly byteCount: number;
  /** Where the batch ends that holds this row. */
  batchEnd(row: number): number;
  /** Some rows of some fields, as memory of the caller's. */
  columns(fields: readonly TableField[], range: RowRange): ColumnBatch;
  /** Some rows of some fields as the message that the Storage Read API sends. It may be overwritten by the next call. */
  response(fields: readonly TableField[], range: RowRange): RowsResponse;
  /** How many rows each window has, windows ascending; a table without `window_index` is one window, null. */
  windowCounts(): WindowCount[];
  /** The ranges of rows whose window passes the test. */
  rangesOfWindows(isWanted: (window: number) => boolean): RowRange[];
}
