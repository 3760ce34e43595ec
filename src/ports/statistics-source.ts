/** The dataset with the views and tables of the analysis. */
import type { Column } from '../domain/column-type.ts';
import type { ColumnBatch } from '../domain/column-batch.ts';
import type { ContrailError } from '../domain/errors.ts';
import type { ReadingUsage } from '../domain/outcome.ts';
import type { SourceVersion } from '../domain/source-version.ts';

/** A table or view as it was listed. Times in milliseconds since 1970. */
export interface ListedTable {
  /** `statistics_my_slug_week_1`. */
  readonly name: string;
  readonly kind: 'table' | 'view';
  /** Left out where the warehouse keeps no times, or tells them only for one table at a time. */
  readonly createdAt?: number;
  readonly changedAt?: number;
  /** As stored, never empty: whatever its author wrote. Views usually have none. */
  readonly description?: string;
  /** Rows and bytes of the stored data, if listing tells them. */
  readonly rows?: number;
  readonly bytes?: number;
}

export interface SourceTable {
  /** Table name: `statistics_my_slug_weekly`. */
  readonly name: string;
  readonly version: SourceVersion;
  /** Rows and bytes, if the warehouse knows them without reading the table. */
  readonly rows?: number;
  readonly bytes?: number;
}

export interface TableDescriptions {
  readonly tables: readonly SourceTable[];
  readonly unreadable: readonly { readonly name: string; readonly error: ContrailError }[];
}

export interface OpenRequest {
  readonly table: string;
  /** The version that planning saw. If versions cost a request, the source may reuse it; the content is then the same or newer. */
  readonly seenVersion?: SourceVersion;
  /** Job labels, for billing: `experiment`, `period`, `product`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The cost of reading: bytes transferred or, if the warehouse reports them, billed; time until the first row. */
export type SourceUsage = ReadingUsage;

/** `key`: rows are sorted by all of `domain/row-order.ts`. `windows`: windows ascend; rows of a window are in any order. */
export type RowOrder = 'key' | 'windows';

/**
 * A table opened for one export. `version` was taken before `batches` reads, so the content may be newer, never older.
 * Must be closed; closing twice is harmless.
 */
export interface OpenTable {
  /** `project.dataset.table`, for the object's metadata. */
  readonly source: string;
  readonly version: SourceVersion;
  readonly columns: readonly Column[];
  /** How many rows the source announces. */
  readonly rowCount: number;
  readonly order: RowOrder;
  /** The rows in that order, in one pass. A batch is read on request and belongs to the caller. An abort rejects the pending `next()`. */
  batches(signal: AbortSignal): AsyncIterable<ColumnBatch>;
  /** The cost so far; complete after closing. */
  usage(): SourceUsage;
  close(): Promise<void>;
}

export interface ReadEstimate {
  readonly bytes: number;
  /** How many tables it would read: itself, or those below the view. */
  readonly tables: number;
}

export interface StatisticsSource {
  /** The source for messages: `duckdb:./x.duckdb`, `bigquery://project`. */
  readonly url: string;
  /**
   * All tables and views of the results dataset, at little cost; with `beginnings`, those whose names begin with one of them.
   * A missing dataset has none.
   */
  listTables(signal: AbortSignal, beginnings?: readonly string[]): Promise<readonly ListedTable[]>;
  /** Why the newest listing lacks descriptions, so that only names tell whose tables they are. */
  readonly descriptionsProblem?: ContrailError | undefined;
  /** Whether the results dataset exists. If not, the settings are probably wrong. */
  hasDataset(signal: AbortSignal): Promise<boolean>;
  /**
   * The version of each table: the current one or, to save a request, the one that an earlier listing knows. Missing tables
   * are left out; a failing one does not stop the others.
   */
  describeTables(
    names: readonly string[],
    signal: AbortSignal,
    listing?: readonly ListedTable[],
  ): Promise<TableDescriptions>;
  /** Opens a table or view; undefined if there is none. Throws COLUMN_TYPE_UNSUPPORTED for a type that the file format cannot hold. */
  open(request: OpenRequest): Promise<OpenTable | undefined>;
  /** What a query of each table would read, without reading it. Missing tables are left out; a failing one does not stop the others. */
  estimateReads(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ReadEstimate>>;
}

/** A source whose very large tables several workers can read in parts. */
export interface DivisibleSource extends StatisticsSource {
  /** Divides a table into parts; undefined if it is missing, or small enough to be read as a whole. */
  divide(request: OpenRequest): Promise<DividedTable | undefined>;
  /** Opens one part in any process, for some hours after the division. Throws SOURCE_CHANGED when the division is gone. */
  openPart(part: TablePart, signal: AbortSignal): Promise<OpenTable>;
}

export interface DividedTable extends Omit<OpenTable, 'batches' | 'order'> {
  /** In the order of the file: windows of a part are never above those of the next. */
  readonly parts: readonly TablePart[];
}

/** What a worker needs to read a part, as plain text for a job's payload. */
export interface TablePart {
  readonly token: string;
}
