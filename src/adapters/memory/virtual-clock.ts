/** A clock that moves only when it is told to: hours of timers run in milliseconds. */
import type { Clock } from '../../ports/clock.ts';

/** How many turns of the event loop work gets before the next timer fires; streams in memory need a handful. */
const SETTLING_TURNS = 4;

interface Timer {
  readonly dueAt: number;
  /** Timers that are due at the same time fire in the order in which they were started. */
  readonly order: number;
  readonly callBack: () => void;
}

export class VirtualClock implements Clock {
  readonly #startedAt: number;
  /** Milliseconds since the start. */
  #elapsed = 0;
  #order = 0;
  #offsetMs = 0;
  readonly #timers = new Set<Timer>();

  /** @param startedAt milliseconds since 1970 */
  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsed + this.#offsetMs;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  startTimer(ms: number, callBack: () => void): () => void {
    if (Number.isNaN(ms)) throw new RangeError('a timer cannot last NaN milliseconds');
    const timer = { dueAt: this.#elapsed + Math.max(0, ms), order: (this.#order += 1), callBack };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        cancel();
        reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
      };
      const cancel = this.startTimer(ms, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  timeout(ms: number): AbortSignal {
    const ending = new AbortController();
    this.startTimer(ms, () => ending.abort(new DOMException('The operation timed out.', 'TimeoutError')));
    return ending.signal;
  }

  /** As an operator who sets the clock: the time of day jumps, durations and timers do not notice. */
  set(epochMs: number): void {
    this.#offsetMs = epochMs - this.#startedAt - this.#elapsed;
  }

  /** Timers that have not fired yet. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets that much time pass: timers fire one by one, and what they set going may go on before the next one fires. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await this.settle();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#elapsed = Math.max(this.#elapsed, timer.dueAt);
      timer.callBack();
      await this.settle();
    }
    this.#elapsed = end;
  }

  /** Lets work that waits for no timer go on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt > end) continue;
      if (next === undefined || timer.dueAt < next.dueAt || (timer.dueAt === next.dueAt && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}
