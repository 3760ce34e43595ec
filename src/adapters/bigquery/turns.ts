/** Limits how many tasks run at once; the others wait in order. */
import pLimit, { type LimitFunction } from 'p-limit';

export class Turns {
  readonly #limit: LimitFunction;

  constructor(atOnce: number) {
    this.#limit = pLimit(atOnce);
  }

  /** Resolves at the caller's turn with a function that ends it (may be called twice). Rejects with the reason of an abort. */
  take(signal: AbortSignal): Promise<() => void> {
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
