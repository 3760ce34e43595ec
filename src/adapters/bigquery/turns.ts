/** Limits how many tasks of this process run at once; the others wait in order. */
import pLimit, { type LimitFunction } from 'p-limit';
import type { SharedLimit } from '../../ports/shared-limit.ts';

export class Turns implements SharedLimit {
  readonly #limit: LimitFunction;

  constructor(atOnce: number) {
    this.#limit = pLimit(atOnce);
  }

  /** Resolves at the caller's turn with a function that ends it (may be called twice). Rejects with the reason of an abort. */
  acquire(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = (): void => reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      void this.#limit(async () => {
        signal.removeEventListener('abort', giveUp);
        if (!signal.aborted) await new Promise<void>((end) => resolve(end));
      });
    });
  }
}
