/** Holdbacks, which enrol for as long as they run (spec: today, section 1). */
import { dayOf, daysBetween } from './utc-time.ts';

/** The API sends the day of the reply as the end of a rolling holdback, and this many days less as the end of enrollment. */
const OBSERVATION_DAYS = 21;
/** Lists of experiments are cached for up to a day. */
const CACHE_DAYS = 1;

export interface HoldbackDates {
  readonly isHoldback: boolean;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
}

/** Whether it is a holdback without a real end, whose dates move every day. `now` in milliseconds since 1970. */
export function isRollingHoldback({ isHoldback, endDate, enrollmentEndDate }: HoldbackDates, now: number): boolean {
  if (!isHoldback || endDate === null || enrollmentEndDate === null) return false;
  const age = daysBetween(endDate, dayOf(now));
  return daysBetween(enrollmentEndDate, endDate) === OBSERVATION_DAYS && age !== undefined && age <= CACHE_DAYS;
}
