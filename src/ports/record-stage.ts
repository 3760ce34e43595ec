/**
 * Where records gather on their way to the warehouse: durable, shared by all processes, and each batch once. Rows of one
 * table that come in the same window of time become one write, because a warehouse counts its load jobs. Windows are kept
 * by the stage's own clock, so a worker whose clock is wrong delays nobody.
 */
import type { RecordBatch, RecordRow } from './record-sink.ts';

export interface StageWindow {
  readonly table: string;
  /** When it was opened, in milliseconds since 1970, and chance: no two windows share a name. */
  readonly window: string;
}

export interface OpenWindow extends StageWindow {
  /** How long until it is over, milliseconds; 0 where it is. */
  readonly endsInMs: number;
}

/** Which batch went into which window. */
export interface StagedBatch extends StageWindow {
  readonly id: string;
}

/** `lost`: the stage does not know the batch any more, and nobody told it that its window was written. */
export type BatchFate = 'waiting' | 'written' | 'lost';

/** Records on their way to the warehouse. */
export interface Waiting {
  readonly batches: number;
  /** How long ago the oldest window was opened, milliseconds. */
  readonly oldestMs: number;
  /** How long ago the window ended that ended first, milliseconds; 0 while none has. */
  readonly lateMs: number;
}

/** A row that the warehouse does not take. */
export interface RefusedRecord {
  /** The same for the same row, so that a repeat sets it aside once. */
  readonly id: string;
  readonly table: string;
  readonly reason: string;
  /** The row as JSON; cut where it is very long. */
  readonly row: string;
}

export interface RefusedRecords {
  readonly count: number;
  /** The newest first, with the time at which each was set aside, milliseconds since 1970. */
  readonly newest: readonly (RefusedRecord & { readonly at: number })[];
}

export interface RecordStage {
  /**
   * Keeps the rows in the table's open window, or opens one; undefined where a batch of this id was staged before. Throws
   * when the stage cannot be reached or holds as much as it may.
   */
  stage(batch: RecordBatch): Promise<OpenWindow | undefined>;
  /** Closes a window and gives its rows, the same ones each time; none where it was dropped. */
  take(window: StageWindow): Promise<RecordRow[]>;
  /** Forgets the rows of a closed window, which are written or set aside. */
  drop(window: StageWindow): Promise<void>;
  /** All windows that hold rows. */
  windows(): Promise<OpenWindow[]>;
  /** What became of batches that were staged, in their order. */
  fatesOf(batches: readonly StagedBatch[]): Promise<BatchFate[]>;
  waiting(): Promise<Waiting>;
  /** Keeps rows that the warehouse refuses for people to look at: the newest thousand, for 30 days. */
  setAside(records: readonly RefusedRecord[]): Promise<void>;
  /** The rows that were set aside, at most `limit` of them in full. */
  refused(limit: number): Promise<RefusedRecords>;
}
