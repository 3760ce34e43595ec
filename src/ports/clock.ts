/** Time as a port: the system clock, a fixed one, or one that a test moves. */

/** Tells the time; for code that never waits. */
export interface WallClock {
  /** Milliseconds since 1970, UTC. Somebody may set it forwards or backwards: measure durations with `monotonic`. */
  now(): number;
}

/** All access to time, timers and deadlines. */
export interface Clock extends WallClock {
  /** Milliseconds since an arbitrary start; never runs backwards. */
  monotonic(): number;
  /** Calls back once after that time, of any length. Returns a function that cancels it. Throws RangeError for NaN. */
  startTimer(ms: number, callBack: () => void): () => void;
  /** Resolves after that time; rejects with the signal's reason as soon as it aborts. Leaves no timer behind. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborts with a TimeoutError after that time. Keeps no process alive. */
  timeout(ms: number): AbortSignal;
}
