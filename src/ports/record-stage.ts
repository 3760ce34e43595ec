/**
 * Collects records on their way to the warehouse: durable, shared by all processes, each batch once. Rows of one table in
 * the same window become one write, because warehouses limit load jobs. Windows use the stage's clock, so a worker with a
 * wrong clock delays nothing.
 */
import type { RecordBatch, RecordRow } from './record-sink.ts';

export interface StageWindow {
  readonly table: string;
  /** When it opened, milliseconds since 1970, and a random part, so that names are unique. */
  readonly window: string;
}

export interface OpenWindow extends StageWindow {
  /** Milliseconds until it ends; 0 if it has. */
  readonly endsInMs: number;
}

/** A batch and its window. */
export interface StagedBatch extends StageWindow {
  readonly id: string;
}

/** `lost`: the stage no longer has the batch, and nobody reported its window as written. */
export type BatchFate = 'waiting' | 'written' | 'lost';

/** Records that wait. */
export interface Waiting {
  readonly batches: number;
  /** Age of the oldest window, milliseconds. */
  readonly oldestMs: number;
  /** Milliseconds since the first window ended; 0 if none has. */
  readonly lateMs: number;
}

/** A row that the warehouse refuses. */
export interface RefusedRecord {
  /** The same for the same row, so that a repeat sets it aside once. */
  readonly id: string;
  readonly table: string;
  readonly reason: string;
  /** The row as JSON, cut if it is very long. */
  readonly row: string;
}

export interface RefusedRecords {
  readonly count: number;
  /** Newest first, with the time at which each was set aside, milliseconds since 1970. */
  readonly newest: readonly (RefusedRecord & { readonly at: number })[];
}

export interface RecordStage {
  /**
   * Adds the rows to the table's open window, or opens one. Undefined if a batch of this id was staged before. Throws if
   * the stage cannot be reached or is full.
   */
  stage(batch: RecordBatch): Promise<OpenWindow | undefined>;
  /** Closes a window and returns its rows, the same ones each time; none if it was dropped. */
  take(window: StageWindow): Promise<RecordRow[]>;
  /** The rows of a window so far; it goes on taking rows. None if it was dropped. */
  peek(window: StageWindow): Promise<RecordRow[]>;
  /** Forgets the rows of a closed window after they were written or set aside. */
  drop(window: StageWindow): Promise<void>;
  /** All windows with rows. */
  windows(): Promise<OpenWindow[]>;
  /** The fate of staged batches, in the order of the request. */
  fatesOf(batches: readonly StagedBatch[]): Promise<BatchFate[]>;
  waiting(): Promise<Waiting>;
  /** Sets refused rows aside for people to look at: the newest thousand, for 30 days. */
  setAside(records: readonly RefusedRecord[]): Promise<void>;
  /** The rows that were set aside; at most `limit` in full. */
  refused(limit: number): Promise<RefusedRecords>;
}
