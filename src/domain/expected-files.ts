/** Which results of an experiment should exist by now (spec: monitoring, section 7, rule A2; today, section 1). */
import type { AnalysisPeriod } from './analysis-period.ts';
import { isRollingHoldback } from './rolling-holdback.ts';
import { dateText, dayOf, daysBetween, MICROS_PER_DAY, parseDate } from './utc-time.ts';

export interface ResultDates {
  /** Days, `YYYY-MM-DD` in UTC. */
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /** Days. */
  readonly proposedEnrollment: number;
  readonly proposedDuration: number | null;
}

/** The part of an experiment's record that decides which results are expected. */
export interface RecordedFacts extends ResultDates {
  readonly isRollout: boolean;
  /** Enrolls for as long as it runs. */
  readonly isHoldback: boolean;
  /** The analysis was asked to run it again as a whole. Never reset, and copied when an experiment is cloned. */
  readonly doRerun: boolean;
}

export interface ResultFacts extends RecordedFacts {
  /** metric-hub leaves it out of the analysis, or keeps its results private. */
  readonly isLeftOut: boolean;
}

/** The console expects the first weekly results a week and a day after enrollment. */
export const WEEKLY_AFTER_DAYS = 8;
/** Planned durations may be any number; dates may not. */
const FIRST_DAY = parseDate('0001-01-01') ?? 0;
const LAST_DAY = parseDate('9999-12-31') ?? 0;
/** Missing results are reported up to and including this many days after the end. */
const WATCHED_AFTER_END_DAYS = 3;

/** The periods whose results should be there, in the console's order. `now` in milliseconds since 1970. */
export function expectedPeriods(facts: ResultFacts, now: number): AnalysisPeriod[] {
  const today = dayOf(now);
  if (facts.isLeftOut) return [];
  // Rollouts are not analysed; the dates of a rolling holdback move, so no period of it ever ends.
  if (facts.isRollout || daysSince(facts.startDate, today) < 1 || isRollingHoldback(facts, now)) return [];
  // "Before yesterday": the analysis still covers the day of the end and the day after it.
  const isOverallDue = daysSince(facts.endDate, today) > 1;
  // Regular runs leave these out, and a rerun makes nothing but overall results.
  if (facts.doRerun) return isOverallDue ? ['overall'] : [];
  const isWeeklyDue = daysSince(enrollmentEnd(facts), today) >= WEEKLY_AFTER_DAYS;
  return [
    'daily' as const,
    ...(isWeeklyDue ? (['weekly'] as const) : []),
    ...(isOverallDue ? (['overall'] as const) : []),
  ];
}

/** Whether the end, as set or planned, is too long ago to report missing results. */
export function isResultsWatchOver(dates: ResultDates, now: number): boolean {
  return daysSince(dates.endDate ?? plannedEnd(dates), dayOf(now)) > WATCHED_AFTER_END_DAYS;
}

/** The planned end, moved by the days that enrollment took more or less than planned; null if unknown. */
export function plannedEnd({
  startDate,
  enrollmentEndDate,
  proposedEnrollment,
  proposedDuration,
}: Omit<ResultDates, 'endDate'>): string | null {
  if (startDate === null || proposedDuration === null) return null;
  const enrolled = enrollmentEndDate === null ? undefined : daysBetween(startDate, enrollmentEndDate);
  return addDays(startDate, (enrolled ?? proposedEnrollment) + proposedDuration - proposedEnrollment);
}

/** The end of enrollment, as set or planned. */
export function enrollmentEnd(dates: ResultDates): string | null {
  return dates.enrollmentEndDate ?? addDays(dates.startDate, dates.proposedEnrollment);
}

/** A day plus a number of days; null if either is unknown, or the sum is not a day of the years 1 to 9999. */
export function addDays(day: string | null, days: number | null): string | null {
  const start = day === null ? undefined : parseDate(day);
  if (start === undefined || days === null) return null;
  const sum = start + days * MICROS_PER_DAY;
  return sum < FIRST_DAY || sum > LAST_DAY ? null : dateText(sum);
}

function daysSince(day: string | null, today: string): number {
  return day === null ? -Infinity : (daysBetween(day, today) ?? -Infinity);
}
