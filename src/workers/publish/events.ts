/** Log rows about publications, for errors files and dashboards. */
import type { ContrailError } from '../../domain/errors.ts';
import { type LogEvent, OWN_SOURCE } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { LeftOut } from './content.ts';

/** The subject and source of log rows. */
export type Logged = Pick<LogEvent, 'experiment' | 'analysisPeriod' | 'at'>;

/** An ERROR for each reason why rows were left out, and a WARNING for each problem. */
export function eventsOfOutcome(outcome: JobOutcome, leftOut: readonly LeftOut[], logged: Logged): LogEvent[] {
  if (outcome.kind !== 'published' && outcome.kind !== 'unchanged') return [];
  return [
    ...leftOut.map((entry): LogEvent => ({ ...logged, level: 'ERROR', ...entry })),
    ...outcome.warnings.map(({ message }): LogEvent => ({ ...logged, level: 'WARNING', message })),
  ];
}

/** The ERROR of a failed job. Refused rows are a problem of the experiment's data, so they reach its errors file. */
export function eventOfFailure(
  error: ContrailError,
  { experiment, period, source }: { readonly experiment?: string; readonly period?: string; readonly source?: string },
): LogEvent {
  const concernsData = error.exceptionType === 'InvalidStatisticException';
  return {
    ...(experiment === undefined ? {} : { experiment }),
    ...(period === undefined ? {} : { analysisPeriod: period }),
    // Only configured queries have a source before they have run.
    at:
      source === undefined
        ? { file: 'export-table.ts', function: 'exportTable' }
        : { file: 'run-query.ts', function: 'runQuery' },
    level: 'ERROR',
    message: error.evidence === undefined ? error.sentence : `${error.sentence} ${error.evidence}`,
    exception: error.message,
    exceptionType: error.exceptionType,
    source: concernsData ? 'jetstream' : OWN_SOURCE,
  };
}
