/** What waits on "this machine", in memory: a disk that outlives the processes of a simulation. */
import type { RecordBatch } from '../../ports/record-sink.ts';
import type { BatchCopy, RecordSpool } from '../../ports/record-spool.ts';

const MOST_COPY_BYTES = 64 * 1024 * 1024;

export interface MemoryRecordSpoolOptions {
  /** How many bytes of copies are kept; default 64 MB. */
  readonly mostCopyBytes?: number;
}

export class MemoryRecordSpool implements RecordSpool {
  readonly #mostCopyBytes: number;
  #waiting: RecordBatch[] = [];
  /** Lots of copies, the oldest first; the last one grows until it is reviewed. */
  #copies: BatchCopy[][] = [];
  #lastReplay: Promise<unknown> = Promise.resolve();

  constructor({ mostCopyBytes = MOST_COPY_BYTES }: MemoryRecordSpoolOptions = {}) {
    this.#mostCopyBytes = mostCopyBytes;
  }

  async keep(batch: RecordBatch): Promise<void> {
    this.#waiting.push(structuredClone(batch));
  }

  async keepCopy(copy: BatchCopy): Promise<void> {
    const kept = this.#copies.flat().reduce((sum, { id, rows }) => sum + id.length + JSON.stringify(rows).length, 0);
    if (kept > this.#mostCopyBytes) return;
    if (this.#copies.length === 0) this.#copies.push([]);
    this.#copies.at(-1)?.push(structuredClone(copy));
  }

  replay(take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    const result = this.#lastReplay.then(() => this.#replay(take));
    this.#lastReplay = result.catch(() => undefined);
    return result;
  }

  async review(isSettled: (copies: readonly BatchCopy[]) => Promise<boolean>): Promise<void> {
    const lots = this.#copies.filter((lot) => lot.length > 0);
    this.#copies = [...lots, []];
    for (const lot of lots) {
      if (!(await isSettled(lot))) return;
      this.#copies = this.#copies.filter((other) => other !== lot);
    }
  }

  async #replay(take: (batch: RecordBatch) => Promise<void>): Promise<number> {
    // What is kept meanwhile is left to the next replay.
    const lot = this.#waiting;
    this.#waiting = [];
    for (const [taken, batch] of lot.entries()) {
      try {
        await take(batch);
      } catch (error) {
        this.#waiting = [...lot.slice(taken), ...this.#waiting];
        throw error;
      }
    }
    return lot.length;
  }
}
