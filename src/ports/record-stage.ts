/**
 * Where records gather on their way to the warehouse: durable, shared by all processes, and each batch once. Rows of one
 * table that come in the same window of time become one write, because a warehouse counts its load jobs.
 */
import type { RecordBatch, RecordRow } from './record-sink.ts';

export interface StageWindow {
  readonly table: string;
  /** Number of the window: time divided by the length of windows. */
  readonly window: number;
}

export interface RecordStage {
  /**
   * Keeps the rows in the present window, or in the next one where that is closed; undefined where a batch of this id
   * was staged before. Throws when the stage cannot be reached.
   */
  stage(batch: RecordBatch): Promise<StageWindow | undefined>;
  /** Closes a window and gives its rows, the same ones each time; none where it was dropped. */
  take(window: StageWindow): Promise<RecordRow[]>;
  /** Forgets the rows of a closed window. */
  drop(window: StageWindow): Promise<void>;
  /** All windows that hold rows. */
  windows(): Promise<StageWindow[]>;
  /** How many batches of rows wait, and for how long the oldest of them has, milliseconds. */
  waiting(): Promise<{ readonly batches: number; readonly oldestMs: number }>;
  /** How long until a window is over, milliseconds; 0 where it is. */
  endsInMs(window: StageWindow): number;
}
