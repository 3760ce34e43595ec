/** The system clock, and one with a fixed time whose timers run. */
import type { Clock } from '../../ports/clock.ts';
import { sleep, startTimer, timeout } from './timers.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  startTimer,
  sleep,
  timeout,
};

/** Always the same time of day. Durations, timers and deadlines are real. */
export function fixedClock(epochMs: number): Clock {
  return { ...systemClock, now: () => epochMs };
}
