/** Where records wait on this machine while the stage cannot be reached. */
import type { RecordBatch } from './record-sink.ts';

export interface RecordSpool {
  /** Keeps a batch, so that it outlives the process. */
  keep(batch: RecordBatch): Promise<void>;
  /**
   * Hands over everything that is kept, also what dead processes left, and forgets what was taken. Stops at the first
   * batch that is not taken. Gives the number of those that were.
   */
  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number>;
}
