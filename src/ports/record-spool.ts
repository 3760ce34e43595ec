/** Where records wait on this machine while the stage cannot be reached, and copies of what the stage could still lose. */
import type { RecordBatch } from './record-sink.ts';
import type { StageWindow } from './record-stage.ts';

/** A batch and the window it was staged into. */
export interface BatchCopy extends RecordBatch, StageWindow {}

export interface RecordSpool {
  /** Keeps a batch, so that it outlives the process and the machine. */
  keep(batch: RecordBatch): Promise<void>;
  /** Keeps the copy of a staged batch, so that it outlives the process. Past a limit of bytes copies are no longer kept. */
  keepCopy(copy: BatchCopy): Promise<void>;
  /**
   * Hands over everything that waits, also what dead processes left, and forgets what was taken. Stops at the first batch
   * that is not taken; those before it may be handed over again then. Gives the number of those that were taken.
   */
  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number>;
  /**
   * Hands over the copies, the oldest first, also those of dead processes, and forgets each lot of which `isSettled` says
   * that none of it is needed any more. Stops at the first lot that is.
   */
  review(isSettled: (copies: readonly BatchCopy[]) => Promise<boolean>): Promise<void>;
}
