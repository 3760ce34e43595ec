/** Lets a few do at once what takes much memory; the others wait, in the order they came. */
import pLimit, { type LimitFunction } from 'p-limit';

export class Turns {
  readonly #limit: LimitFunction;

  constructor(atOnce: number) {
    this.#limit = pLimit(atOnce);
  }

  /** Resolves when it is the caller's turn, with what ends it (twice is harmless). Throws the reason of an abort before. */
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
