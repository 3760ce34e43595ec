/** Which experiments run (spec: today, section 1). */
import { daysSinceStart, type WatchedExperiment } from './inputs.ts';
import { dayOf, daysBetween } from '../domain/utc-time.ts';

/** Experimenter gives a holdback without a real end an enrollment that ended this many days before its end. */
const HOLDBACK_OBSERVATION_DAYS = 21;
/** Experimenter keeps its list of experiments for up to a day, so the computed end may be of yesterday. */
const LIST_AGE_DAYS = 1;

/** Whether the experiment has started and not ended. `now` in milliseconds since 1970. */
export function isRunning(experiment: WatchedExperiment, now: number): boolean {
  if (daysSinceStart(experiment, now) === undefined) return false;
  return experiment.status === 'Live' || isRollingHoldback(experiment, now);
}

/** A holdback without a real end: its end is always today, which makes it look complete. */
function isRollingHoldback({ isHoldback, enrollmentEndDate, endDate }: WatchedExperiment, now: number): boolean {
  if (!isHoldback || enrollmentEndDate === null || endDate === null) return false;
  const observed = daysBetween(enrollmentEndDate, endDate);
  const ago = daysBetween(endDate, dayOf(now));
  return observed === HOLDBACK_OBSERVATION_DAYS && ago !== undefined && ago <= LIST_AGE_DAYS;
}
