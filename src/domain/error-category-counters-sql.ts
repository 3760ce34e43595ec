/** SQL conditions for the counters of the errors dashboard. The log table must have the alias `logs`. */
import { EXPECTED_ON_DASHBOARD } from './expected-exceptions.ts';

const EXPECTED = EXPECTED_ON_DASHBOARD.map((name) => `'${name}'`).join(', ');

/** As `isCriticalError`; may be NULL, which means no. */
export function criticalErrorSql(): string {
  return `(logs.log_level = 'ERROR' AND COALESCE(logs.exception_type NOT IN (${EXPECTED}), TRUE)
    AND STRPOS(COALESCE(logs.message, ''), 'Error while computing statistic') = 0)`;
}

/** As `isWarningRow`; may be NULL, which means no. */
export function warningRowSql(): string {
  return `(logs.log_level IN ('ERROR', 'WARNING') AND COALESCE(logs.exception_type IN (${EXPECTED}), TRUE))`;
}
