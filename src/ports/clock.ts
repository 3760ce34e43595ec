/** Time as a port: the machine's own, one that stands still, or one that a test moves. */

/** Tells the time of day, and nothing else: for code that waits for nothing. */
export interface WallClock {
  /** Milliseconds since 1970, UTC. It can be set, forwards and backwards: measure durations with `monotonic`. */
  now(): number;
}

/** The only way to the time, to timers and to deadlines. */
export interface Clock extends WallClock {
  /** Milliseconds since an arbitrary start; never set, never runs backwards. */
  monotonic(): number;
  /** Calls back once after that time, of any length; returns what cancels it. Throws RangeError for NaN. */
  startTimer(ms: number, callBack: () => void): () => void;
  /** Resolves after that time; rejects with the reason of the signal as soon as it is aborted. Leaves no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts with a TimeoutError after that time. It keeps no process alive. */
  timeout(ms: number): AbortSignal;
}
