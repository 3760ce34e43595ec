/** Which log rows an errors file is about, and how many there are, out of counts by minute (spec: monitoring, section 2). */
import type { ErrorRowsSummary } from './errors-export.ts';

/** Experiments in these states are no failure: the analysis says so on every run. */
export const EXPECTED_EXCEPTIONS = ['EndedException', 'EnrollmentNotCompleteException'] as const;

/** Rows without a time come before all others, and count only where all rows do. */
export const NO_TIME = Number.NEGATIVE_INFINITY;

/** The rows of one experiment and one minute. */
export interface MinuteOfRows {
  readonly experiment: string;
  /** Microseconds since 1970 at the start of the minute; `NO_TIME` for rows without a time. */
  readonly minute: number;
  readonly rows: number;
  /** ISO text; null without a time. */
  readonly newest: string | null;
}

/** Sums the minutes of each experiment from its own time on; experiments without rows are left out. */
export function sumMinutes(
  minutes: Iterable<MinuteOfRows>,
  fromOf: ReadonlyMap<string, number | null>,
): Map<string, ErrorRowsSummary> {
  const sums = new Map<string, { newest: string | null; minute: number; rows: number }>();
  for (const { experiment, minute, rows, newest } of minutes) {
    const from = fromOf.get(experiment);
    if (from === undefined || (from !== null && minute < from)) continue;
    const sum = sums.get(experiment);
    const isNewer = sum === undefined || minute > sum.minute;
    sums.set(experiment, {
      rows: (sum?.rows ?? 0) + rows,
      minute: isNewer ? minute : sum.minute,
      newest: isNewer ? newest : sum.newest,
    });
  }
  return new Map([...sums].map(([experiment, { newest, rows }]) => [experiment, { newest, rows }]));
}

/** The earliest of these times, or null where one asks for all. */
export function earliestOf(times: readonly (number | null)[]): number | null {
  return times.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)), times[0] ?? null);
}
