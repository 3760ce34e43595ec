/** Which experiments run (spec: today, section 1). */
import { isRollingHoldback } from '../domain/rolling-holdback.ts';
import { daysSinceStart, type WatchedExperiment } from './inputs.ts';

/** Whether the experiment has started and not ended. `now` in milliseconds since 1970. */
export function isRunning(experiment: WatchedExperiment, now: number): boolean {
  if (daysSinceStart(experiment, now) === undefined) return false;
  return experiment.status === 'Live' || isRollingHoldback(experiment, now);
}
