/** Looks at the queues at most once in a while, however many ask: scrapes, probes and scalers come in any number. */
import { type ContrailError, toContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QueueWatch, WatchedQueues } from '../../ports/queue-watch.ts';
import { type Standstill, Standstills } from './standstill.ts';

const KEPT_MS = 5_000;

export type Look =
  | ({ readonly kind: 'seen'; readonly standstills: readonly Standstill[] } & WatchedQueues)
  /** Redis is away, or unfit. */
  | { readonly kind: 'failed'; readonly error: ContrailError };

export class KeptLook {
  readonly #watch: QueueWatch;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #standstills: Standstills;
  #last: { readonly look: Promise<Look>; readonly at: number } | undefined;

  constructor(watch: QueueWatch, clock: Pick<Clock, 'monotonic'>) {
    this.#watch = watch;
    this.#clock = clock;
    this.#standstills = new Standstills(clock);
  }

  /** At most five seconds old. */
  look(): Promise<Look> {
    const now = this.#clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= KEPT_MS) this.#last = { look: this.#lookNow(), at: now };
    return this.#last.look;
  }

  async #lookNow(): Promise<Look> {
    try {
      const seen = await this.#watch.look();
      return { kind: 'seen', ...seen, standstills: this.#standstills.note(seen.queues) };
    } catch (error) {
      return { kind: 'failed', error: toContrailError(error) };
    }
  }
}
