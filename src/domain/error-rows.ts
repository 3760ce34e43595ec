/** Which log rows belong to an errors file, and their number from counts per minute (spec: monitoring, section 2). */
import type { SqlDialect } from './error-category-sql.ts';
import type { ErrorRowsSummary } from './errors-export.ts';
import { EXPECTED_IN_ERRORS_FILES } from './expected-exceptions.ts';
import { OWN_SOURCE } from './log-record.ts';

const EXPECTED = new Set<unknown>(EXPECTED_IN_ERRORS_FILES);

/**
 * Whether a log row belongs to its experiment's errors file, whatever its time. Rows without an exception class do not:
 * production filters with an SQL inequality, which is never true for NULL. Contrail's own rows do not either, because a
 * failing errors export would make itself due again.
 */
export function isErrorRow(row: { readonly exception_type?: unknown; readonly source?: unknown }): boolean {
  const exceptionType = row.exception_type ?? null;
  return exceptionType !== null && !EXPECTED.has(exceptionType) && row.source !== OWN_SOURCE;
}

/** The same as an SQL condition. */
export function errorRowsSql(dialect: SqlDialect): string {
  const names = EXPECTED_IN_ERRORS_FILES.map((name) => `'${name}'`).join(', ');
  const isNotOwn = {
    bigquery: `IFNULL(source, '') != '${OWN_SOURCE}'`,
    duckdb: `source IS DISTINCT FROM '${OWN_SOURCE}'`,
  };
  return `exception_type NOT IN (${names}) AND ${isNotOwn[dialect]}`;
}

/** Rows without a time sort first, and count only if all rows do. */
export const NO_TIME = Number.NEGATIVE_INFINITY;

/** Counts for one experiment and one minute. */
export interface MinuteOfRows {
  readonly experiment: string;
  /** Microseconds since 1970 at the start of the minute; `NO_TIME` for rows without a time. */
  readonly minute: number;
  readonly rows: number;
  /** ISO text; null: no time. */
  readonly newest: string | null;
}

/** Sums the minutes of each experiment from its own start time. Experiments without rows are left out. */
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

/** The earliest of these times; null if one of them is null (all rows). */
export function earliestOf(times: readonly (number | null)[]): number | null {
  return times.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)), times[0] ?? null);
}
