/** The errors file of an experiment: its name, its first log row, and its version (spec: monitoring, section 2). */
import { createHash } from 'node:crypto';
import { normaliseSlug } from './slug.ts';
import type { SourceVersion } from './source-version.ts';
import { floorTo, MICROS_PER_DAY, MICROS_PER_MINUTE, parseTimestamp } from './utc-time.ts';

export interface AnalysisTimes {
  /** Start of the analysis run, microseconds since 1970; null: unknown, all rows count. */
  readonly analysisStart: number | null;
  /** Midnight at which enrollment ended, microseconds since 1970; null: unknown. */
  readonly enrollmentEnd: number | null;
}

/** What the version of an errors file depends on. */
export interface ErrorRowsSummary {
  /** Time of the newest row as ISO text; null: no rows. */
  readonly newest: string | null;
  readonly rows: number;
}

const WEEK = 7 * MICROS_PER_DAY;

/** `my-slug` → `errors/errors_my_slug.json`. */
export function errorsObjectName(slug: string): string {
  return `errors/errors_${normaliseSlug(slug)}.json`;
}

/**
 * The first microsecond that counts; null: no bound. It is the start of the analysis week in which the run began, or of
 * the run if no week had begun, rounded down to the minute.
 */
export function errorsBound({ analysisStart, enrollmentEnd }: AnalysisTimes): number | null {
  if (analysisStart === null) return null;
  return floorTo(weekBefore(analysisStart, enrollmentEnd) ?? analysisStart, MICROS_PER_MINUTE);
}

/** The last start of a week before the run. Weeks count from the day after enrollment ended. */
function weekBefore(analysisStart: number, enrollmentEnd: number | null): number | undefined {
  if (enrollmentEnd === null) return undefined;
  const firstWeek = enrollmentEnd + MICROS_PER_DAY;
  if (firstWeek >= analysisStart) return undefined;
  return firstWeek + Math.floor((analysisStart - firstWeek - 1) / WEEK) * WEEK;
}

/** The source version of an errors file. It changes whenever its rows do. */
export function errorsSourceVersion({ newest, rows }: ErrorRowsSummary, bound: number | null): SourceVersion {
  const newestMicros = newest === null ? null : (parseTimestamp(newest) ?? newest);
  const text = JSON.stringify([newestMicros, rows, bound]);
  return `f${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
