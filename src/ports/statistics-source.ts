/** Where statistics come from: the dataset that the analysis writes its views and tables to. */
import type { Column } from '../domain/column-type.ts';
import type { ColumnBatch } from '../domain/column-batch.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { ReadingUsage } from '../domain/outcome.ts';
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
  /**
   * The version that planning saw. A source whose versions cost a request may take it for the version of what it opens:
   * the content is then newer or the same.
   */
  readonly seenVersion?: SourceVersion;
  /** Who asks, for the books of the warehouse: `experiment`, `period`, `product`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What reading took: bytes over the wire or, where the warehouse counts them, read for us; time until the first row. */
export type SourceUsage = ReadingUsage;

/** `key`: rows are sorted by all of `domain/row-order.ts`; `windows`: windows ascend, inside a window rows are in any order. */
export type RowOrder = 'key' | 'windows';

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
  readonly order: RowOrder;
  /** The rows in that order. One pass only. A batch is read when it is asked for, and is the caller's. An abort rejects the pending `next()`. */
  batches(signal: AbortSignal): AsyncIterable<ColumnBatch>;
  /** What the table has cost until now; complete when it is closed. */
  usage(): SourceUsage;
  close(): Promise<void>;
}

export interface StatisticsSource {
  /** The source as people know it: `duckdb:./x.duckdb`, `bigquery://project`. */
  readonly url: string;
  /** Bare names of all tables and views of the results dataset, cheaply. A missing dataset has none. */
  listTables(signal: AbortSignal): Promise<string[]>;
  /** Whether the results dataset exists: an empty listing can be a mistake in the settings. */
  hasDataset(signal: AbortSignal): Promise<boolean>;
  /** The current version of each of these tables; those that are missing are left out, one that fails stops no other. */
  describeTables(names: readonly string[], signal: AbortSignal): Promise<TableDescriptions>;
  /** Opens a table or view, or undefined where there is none. A column type without a place in the format throws COLUMN_TYPE_UNSUPPORTED. */
  open(request: OpenRequest): Promise<OpenTable | undefined>;
  /** Bytes that reading each of these tables would be billed for, found without reading. A missing table is left out; one that fails stops no other. */
  estimateBytes(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
}

/** A source whose very large tables can be read in parts, by several workers at once. */
export interface DivisibleSource extends StatisticsSource {
  /** Divides a table into parts, or says with undefined that it is small enough to be opened whole (or missing). */
  divide(request: OpenRequest): Promise<DividedTable | undefined>;
  /** Opens one part, in any process, as long as the division lives (hours). Throws SOURCE_CHANGED when it no longer does. */
  openPart(part: TablePart, signal: AbortSignal): Promise<OpenTable>;
}

export interface DividedTable extends Omit<OpenTable, 'batches' | 'order'> {
  /** In the order of the file: no window of a part is above one of the next. */
  readonly parts: readonly TablePart[];
}

/** What a worker needs to read a part; plain text, so that it travels in a job. */
export interface TablePart {
  readonly token: string;
}
