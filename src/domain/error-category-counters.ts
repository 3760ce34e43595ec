/** The two counters of the errors dashboard (spec: monitoring, section 6). They count rows. */
import { EXPECTED_ON_DASHBOARD } from './expected-exceptions.ts';

export interface CountedColumns {
  readonly log_level: string | null;
  readonly message: string | null;
  readonly exception_type: string | null;
}

const EXPECTED = new Set<string>(EXPECTED_ON_DASHBOARD);

/** Whether a row is a critical error: unexpected, and more than a single failed statistic. */
export function isCriticalError(row: CountedColumns): boolean {
  if (row.log_level !== 'ERROR') return false;
  if (row.exception_type !== null && EXPECTED.has(row.exception_type)) return false;
  return !(row.message ?? '').includes('Error while computing statistic');
}

/** Whether a row counts as a warning: an ERROR or WARNING that is expected or has no exception. */
export function isWarningRow(row: CountedColumns): boolean {
  if (row.log_level !== 'ERROR' && row.log_level !== 'WARNING') return false;
  return row.exception_type === null || EXPECTED.has(row.exception_type);
}
