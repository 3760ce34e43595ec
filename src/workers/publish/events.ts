/** The log rows of publications: what a reader of the errors and of the dashboards should know about them. */
import type { ContrailError } from '../../domain/errors.ts';
import { type LogEvent, OWN_SOURCE } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { LeftOut } from './content.ts';

/** What log rows are about, and where they come from. */
export type Logged = Pick<LogEvent, 'experiment' | 'analysisPeriod' | 'at'>;

/** An ERROR for each reason why rows were left out, a WARNING for each oddity; nothing for a publication without either. */
export function eventsOfOutcome(outcome: JobOutcome, leftOut: readonly LeftOut[], logged: Logged): LogEvent[] {
  if (outcome.kind === 'skipped' && outcome.warning !== undefined) {
    const { message } = outcome.warning;
    return [{ ...logged, level: 'WARNING', message, exceptionType: 'ViewWithoutTablesException' }];
  }
  if (outcome.kind !== 'published' && outcome.kind !== 'unchanged') return [];
  return [
    ...leftOut.map((entry): LogEvent => ({ ...logged, level: 'ERROR', ...entry })),
    ...outcome.warnings.map(({ message }): LogEvent => ({ ...logged, level: 'WARNING', message })),
  ];
}

/** The ERROR of a job that failed. Refused rows concern the experiment's own data, so they reach its errors file. */
export function eventOfFailure(
  error: ContrailError,
  { experiment, period }: { readonly experiment?: string; readonly period?: string },
): LogEvent {
  const concernsData = error.exceptionType === 'InvalidStatisticException';
  return {
    ...(experiment === undefined ? {} : { experiment }),
    ...(period === undefined ? {} : { analysisPeriod: period }),
    at: { file: 'export-table.ts', function: 'exportTable' },
    level: 'ERROR',
    message: error.evidence === undefined ? error.sentence : `${error.sentence} ${error.evidence}`,
    exception: error.message,
    exceptionType: error.exceptionType,
    source: concernsData ? 'jetstream' : OWN_SOURCE,
  };
}
