/** Records on this machine's disk: those that wait while the stage is away, and copies of those that the stage may lose. */
import type { RecordBatch } from './record-sink.ts';
import type { StageWindow } from './record-stage.ts';

/** A batch and the window that it was staged into. */
export interface BatchCopy extends RecordBatch, StageWindow {}

export interface RecordSpool {
  /** Saves a batch durably, so that it survives the process and the machine. */
  keep(batch: RecordBatch): Promise<void>;
  /** Saves a copy of a staged batch, so that it survives the process. Beyond a limit of bytes, copies are not saved. */
  keepCopy(copy: BatchCopy): Promise<void>;
  /**
   * Passes on everything that waits, including batches of dead processes, and forgets what was accepted. Stops at the first
   * batch that is not accepted; earlier ones may then be passed on again. Returns the number of accepted batches.
   */
  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number>;
  /**
   * Passes on the copies in lots, oldest first, including those of dead processes. Forgets each lot that `isSettled` no
   * longer needs, and stops at the first one that it does.
   */
  review(isSettled: (copies: readonly BatchCopy[]) => Promise<boolean>): Promise<void>;
}
