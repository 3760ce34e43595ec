/** The handler of errors jobs: one export, and the log rows of what had to be left out. */
import { attemptParts } from '../../domain/log-record.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { parseDate, parseTimestamp } from '../../domain/utc-time.ts';
import type { ErrorsPayload } from '../../jobs/errors-job.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { type ErrorsDependencies, exportErrors } from './export-errors.ts';

export interface ErrorsHandlerDependencies extends ErrorsDependencies {
  readonly records: LogRecordDependencies;
}

/** Does one job. */
export async function handleErrorsJob(
  deps: ErrorsHandlerDependencies,
  payload: ErrorsPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const { experiment, knownBy, force, analysisStart, enrollmentEnd } = payload;
  const { outcome, events } = await exportErrors(deps, {
    experiment,
    knownBy,
    force,
    analysisStart: analysisStart === null ? null : (parseTimestamp(analysisStart) ?? null),
    enrollmentEnd: enrollmentEnd === null ? null : (parseDate(enrollmentEnd) ?? null),
    job: context.jobId,
    signal: context.signal,
  });
  context.log(describeOutcome(outcome));
  await writeLogRecords(deps.records, ['errors', ...attemptParts(context)], events);
  return outcome;
}
