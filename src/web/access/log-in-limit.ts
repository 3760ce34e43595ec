/** Limits log-ins, for each address and for each account, so that passwords cannot be guessed by trying. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const MOST_FAILURES = 5;
const WITHIN_SECONDS = 60;

export class LogInLimit {
  readonly #tries = new RateLimiterMemory({ points: MOST_FAILURES, duration: WITHIN_SECONDS });

  /**
   * Counts a try before it is looked at, so that many at once are not all looked at. Seconds to wait instead, if there were
   * too many.
   */
  async begin(keys: readonly string[]): Promise<number | undefined> {
    const waits = await Promise.all(keys.map((key) => this.#take(key)));
    const longest = Math.max(...waits);
    return longest === 0 ? undefined : longest;
  }

  /** The try was right, so it does not count. */
  async succeeded(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#tries.reward(key)));
  }

  async #take(key: string): Promise<number> {
    try {
      await this.#tries.consume(key);
      return 0;
    } catch (refused) {
      // That is how it tells that the limit is reached.
      if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
      throw refused;
    }
  }
}
