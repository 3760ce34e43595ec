/** The log rows of an export: what a reader of the errors and of the dashboards should know about it. */
import { type ContrailError } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/log-record.ts';
import type { ExportResult } from './export-table.ts';

interface Subject {
  /** Absent where no experiment is concerned. */
  readonly experiment?: string;
  /** Of statistics. */
  readonly period?: string;
}

const AT = { file: 'export-table.ts', function: 'exportTable' } as const;

/** One ERROR for rows that were left out, one WARNING for each oddity; nothing for an export without either. */
export function eventsOfResult({ outcome, refusal }: ExportResult, subject: Subject): LogEvent[] {
  const events: LogEvent[] = [];
  if (refusal !== undefined) {
    const { exceptionType, message } = refusal;
    events.push({ ...about(subject), level: 'ERROR', message, exception: message, exceptionType, source: 'jetstream' });
  }
  if (outcome.kind === 'skipped' && outcome.warning !== undefined) {
    const { message } = outcome.warning;
    events.push({ ...about(subject), level: 'WARNING', message, exceptionType: 'ViewWithoutTablesException' });
  }
  if (outcome.kind === 'published' || outcome.kind === 'unchanged') {
    for (const warning of outcome.warnings) {
      events.push({ ...about(subject), level: 'WARNING', message: warning.message });
    }
  }
  return events;
}

/** The ERROR of an export that failed. Refused rows concern the experiment's own data, so they reach its errors file. */
export function eventOfFailure(error: ContrailError, subject: Subject): LogEvent {
  const concernsData = error.exceptionType === 'InvalidStatisticException';
  return {
    ...about(subject),
    level: 'ERROR',
    message: error.evidence === undefined ? error.sentence : `${error.sentence} ${error.evidence}`,
    exception: error.message,
    exceptionType: error.exceptionType,
    source: concernsData ? 'jetstream' : 'contrail',
  };
}

function about({ experiment, period }: Subject) {
  return {
    ...(experiment === undefined ? {} : { experiment }),
    ...(period === undefined ? {} : { analysisPeriod: period }),
    at: AT,
  };
}
