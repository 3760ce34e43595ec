/** Which log rows an errors file is about, and how many there are, out of counts by minute (spec: monitoring, section 2). */
import type { SqlDialect } from './error-category-sql.ts';
import type { ErrorRowsSummary } from './errors-export.ts';
import { EXPECTED_IN_ERRORS_FILES } from './expected-exceptions.ts';
import { OWN_SOURCE } from './log-record.ts';

const EXPECTED = new Set<unknown>(EXPECTED_IN_ERRORS_FILES);

/**
 * Whether a log row belongs to the errors file of its experiment, whenever it was logged. A row without an exception
 * class never does: the filter of production is an SQL inequality, which NULL fails. Contrail's own rows never do: a
 * failing errors export would feed itself.
 */
export function isErrorRow(row: { readonly exception_type?: unknown; readonly source?: unknown }): boolean {
  const exceptionType = row.exception_type ?? null;
  return exceptionType !== null && !EXPECTED.has(exceptionType) && row.source !== OWN_SOURCE;
}

/** The same as a condition on the log table. */
export function errorRowsSql(dialect: SqlDialect): string {
  const names = EXPECTED_IN_ERRORS_FILES.map((name) => `'${name}'`).join(', ');
  const isNotOwn = {
    bigquery: `IFNULL(source, '') != '${OWN_SOURCE}'`,
    duckdb: `source IS DISTINCT FROM '${OWN_SOURCE}'`,
  };
  return `exception_type NOT IN (${names}) AND ${isNotOwn[dialect]}`;
}

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
