/** The machine's clock, and one that stands still. */
import type { Clock } from '../../ports/clock.ts';

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that always tells the same time. */
export function fixedClock(epochMs: number): Clock {
  return { now: () => epochMs };
}
