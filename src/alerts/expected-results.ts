/** Which results of an experiment should exist by now (spec: monitoring, section 7, rule A2). */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { dateText, daysBetween, MICROS_PER_DAY, parseDate } from '../domain/utc-time.ts';

export interface ResultDates {
  /** Days, `YYYY-MM-DD` in UTC. */
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly enrollmentEndDate: string | null;
  /** Days. */
  readonly proposedEnrollment: number;
  readonly proposedDuration: number | null;
}

/** The console expects the first weekly results a week and a day after enrollment. */
const WEEKLY_AFTER_DAYS = 8;
/** Missing results are reported up to and including this many days after the end. */
const WATCHED_AFTER_END_DAYS = 3;

/** The periods whose results the console expects today, in its order; none before the first day is over. */
export function expectedPeriods(dates: ResultDates, today: string): AnalysisPeriod[] {
  if (daysSince(dates.startDate, today) < 1) return [];
  const isWeeklyDue = daysSince(enrollmentEnd(dates), today) >= WEEKLY_AFTER_DAYS;
  // "Before yesterday": the analysis still covers the day of the end and the day after it.
  const isOverallDue = daysSince(dates.endDate, today) > 1;
  return [
    'daily' as const,
    ...(isWeeklyDue ? (['weekly'] as const) : []),
    ...(isOverallDue ? (['overall'] as const) : []),
  ];
}

/** Whether the end, as set or planned, is too long ago to report missing results. */
export function isResultsWatchOver(dates: ResultDates, today: string): boolean {
  return daysSince(dates.endDate ?? plannedEnd(dates), today) > WATCHED_AFTER_END_DAYS;
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

/** A day plus a number of days; null if either is unknown. */
export function addDays(day: string | null, days: number | null): string | null {
  const start = day === null ? undefined : parseDate(day);
  return start === undefined || days === null ? null : dateText(start + days * MICROS_PER_DAY);
}

function daysSince(day: string | null, today: string): number {
  return day === null ? -Infinity : (daysBetween(day, today) ?? -Infinity);
}
