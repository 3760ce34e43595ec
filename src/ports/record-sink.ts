/** Writes rows to the monitoring tables. */
import type { JsonValue } from '../domain/json-value.ts';

export interface RecordBatch {
  /** A batch whose id was written before is not written again. */
  readonly id: string;
  /** Table in the monitoring dataset: `logs`. */
  readonly table: string;
  /** Keys are column names. Columns that the table lacks are left out; columns that the row lacks are NULL. */
  readonly rows: readonly RecordRow[];
}

export type RecordRow = Readonly<Record<string, JsonValue>>;

export interface TableReplacement extends RecordBatch {
  /** The day `YYYY-MM-DD` whose rows are replaced, in a table partitioned by day; absent: all rows. */
  readonly partition?: string;
}

/** Accepts records, directly or through the queue. */
export type RecordTaker = Pick<RecordSink, 'append'>;

export interface RecordSink {
  /**
   * Writes a batch atomically and once. Creates missing tables and columns. Throws RECORDS_REFUSED if the rows are wrong; then
   * nothing was written.
   */
  append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'>;
  /**
   * Replaces all rows, or those of a day, atomically and once. Creates missing tables. Without rows it empties the table
   * or the day.
   */
  replace(replacement: TableReplacement, signal: AbortSignal): Promise<'written' | 'known'>;
  /** Whether a batch of this id was written to the table. */
  has(batch: Pick<RecordBatch, 'id' | 'table'>, signal: AbortSignal): Promise<boolean>;
  /** Whether the table exists and has a row. */
  hasRows(table: string, signal: AbortSignal): Promise<boolean>;
  /** Slugs with rows in `logs`; an experiment may be known only by its errors. */
  loggedExperiments(signal: AbortSignal): Promise<string[]>;
}
