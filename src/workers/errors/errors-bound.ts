/** From when on log rows belong into the errors file (spec: monitoring, section 2). */
import { floorTo, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../domain/utc-time.ts';

export interface AnalysisTimes {
  /** Start of the analysis run, microseconds since 1970; null: not known, all rows count. */
  readonly analysisStart: number | null;
  /** Midnight at which enrollment ended, microseconds since 1970; null: not known. */
  readonly enrollmentEnd: number | null;
}

const WEEK = 7 * MICROS_PER_DAY;

/**
 * The first microsecond that counts, or null for no bound: the start of the analysis week in which the run began, or
 * the start of the run where no week had begun; either way cut to the minute.
 */
export function errorsBound({ analysisStart, enrollmentEnd }: AnalysisTimes): number | null {
  if (analysisStart === null) return null;
  return floorTo(weekBefore(analysisStart, enrollmentEnd) ?? analysisStart, MICROS_PER_MINUTE);
}

/** The last start of a week strictly before the run. Weeks are counted from the day after enrollment ended. */
function weekBefore(analysisStart: number, enrollmentEnd: number | null): number | undefined {
  if (enrollmentEnd === null) return undefined;
  const firstWeek = enrollmentEnd + MICROS_PER_DAY;
  if (firstWeek >= analysisStart) return undefined;
  return firstWeek + Math.floor((analysisStart - firstWeek - 1) / WEEK) * WEEK;
}
