/** Where rows for the monitoring tables go. */
import type { JsonValue } from '../domain/json-value.ts';

export interface RecordBatch {
  /** Same id, same rows: a batch whose id was taken before is not written again. */
  readonly id: string;
  /** Bare name in the monitoring dataset: `logs`. */
  readonly table: string;
  /** Keys are column names; a column that the table lacks is left out, one that the row lacks is NULL. */
  readonly rows: readonly RecordRow[];
}

export type RecordRow = Readonly<Record<string, JsonValue>>;

export interface TableReplacement extends RecordBatch {
  /** The day `YYYY-MM-DD` whose rows are replaced, of a table that is kept by days; absent: all rows. */
  readonly partition?: string;
}

/** What takes records, on whatever way they get to the table. */
export type RecordTaker = Pick<RecordSink, 'append'>;

export interface RecordSink {
  /**
   * Writes a batch whole, once. Missing tables are created. Throws RECORDS_REFUSED where the rows themselves are at fault,
   * RECORDS_UNWRITABLE where no further try is worth its price; nothing is written then.
   */
  append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'>;
  /**
   * Puts the rows in the place of all rows, or of those of a day, once. Readers see the old rows or the new, never a
   * mix. Missing tables are created; no rows empties the table or the day.
   */
  replace(replacement: TableReplacement, signal: AbortSignal): Promise<'written' | 'known'>;
  /** Whether a batch of this id was written to the table. */
  has(batch: Pick<RecordBatch, 'id' | 'table'>, signal: AbortSignal): Promise<boolean>;
  /** Whether the table is there and has a row. */
  hasRows(table: string, signal: AbortSignal): Promise<boolean>;
  /** Slugs that have rows in `logs`, so that an experiment known only by its errors counts as known. */
  loggedExperiments(signal: AbortSignal): Promise<string[]>;
}
