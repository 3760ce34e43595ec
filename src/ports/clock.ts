/** The only way to the time: fixed in tests and replays. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}
