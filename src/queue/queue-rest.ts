/** When the workers of a queue rest because a service throttles. */
import type { Clock } from '../ports/clock.ts';
import { type ThrottlePolicy, throttleDelayMs } from './backoff.ts';

export interface QueueRestOptions {
  readonly policy: ThrottlePolicy;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * Attempts that run at the same time are refused at the same time, which counts as one refusal. So rests grow only with
 * refusals of attempts that began after the last rest, and are short again after such an attempt succeeds. All times are
 * by the monotonic clock.
 */
export class QueueRest {
  readonly #options: QueueRestOptions;
  #restsInARow = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: QueueRestOptions) {
    this.#options = options;
  }

  /** An attempt that began then was refused. Returns how long the queue must rest; 0 if an earlier rest is enough. */
  refused(startedAt: number, fraction: number): number {
    if (startedAt < this.#restsUntil) return 0;
    const { policy, clock } = this.#options;
    this.#restsInARow += 1;
    const delayMs = throttleDelayMs(policy, this.#restsInARow, fraction);
    this.#restsUntil = clock.monotonic() + delayMs;
    return delayMs;
  }

  /** An attempt that began then succeeded. */
  succeeded(startedAt: number): void {
    if (startedAt >= this.#restsUntil) this.#restsInARow = 0;
  }
}
