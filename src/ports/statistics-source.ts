/** Where statistics come from: the dataset that the analysis writes its views and tables to. */
import type { Column } from '../domain/column-type.ts';
import type { ColumnBatch } from '../domain/column-batch.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { SourceVersion } from '../domain/source-version.ts';

export interface SourceTable {
  /** Bare name: `statistics_my_slug_weekly`. */
  readonly name: string;
  readonly version: SourceVersion;
  /** Rows and bytes of the source as far as the warehouse knows them without reading it. */
  readonly rows?: number;
  readonly bytes?: number;
}

export interface TableDescriptions {
  readonly tables: readonly SourceTable[];
  readonly unreadable: readonly { readonly name: string; readonly error: ContrailError }[];
}

export interface OpenRequest {
  readonly table: string;
  readonly signal: AbortSignal;
}

/**
 * A table opened for one export. `version` was taken before `batches` reads: the content may be newer, never older.
 * Must be closed; closing twice is harmless.
 */
export interface OpenTable {
  /** `project.dataset.table`, for the object's metadata. */
  readonly source: string;
  readonly version: SourceVersion;
  readonly columns: readonly Column[];
  /** How many rows the source promises. */
  readonly rowCount: number;
  /**
   * The rows, windows ascending, inside a window by the columns of `domain/row-order.ts`. One pass only. A batch is
   * read when it is asked for, and is the caller's. An abort rejects the pending `next()`.
   */
  batches(signal: AbortSignal): AsyncIterable<ColumnBatch>;
  close(): Promise<void>;
}

export interface StatisticsSource {
  /** The source as people know it: `duckdb:./x.duckdb`, `bigquery://project`. */
  readonly url: string;
  /** Bare names of all tables and views of the results dataset, cheaply. A missing dataset has none. */
  listTables(signal: AbortSignal): Promise<string[]>;
  /** The current version of each of these tables; those that are missing are left out, one that fails stops no other. */
  describeTables(names: readonly string[], signal: AbortSignal): Promise<TableDescriptions>;
  /** Opens a table or view, or undefined where there is none. A column type without a place in the format throws COLUMN_TYPE_UNSUPPORTED. */
  open(request: OpenRequest): Promise<OpenTable | undefined>;
}
