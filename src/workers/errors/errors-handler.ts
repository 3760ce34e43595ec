/** The handler of errors jobs: exports, and logs the rows that were left out. */
import type { JobOutcome } from '../../domain/outcome.ts';
import { parseDate, parseTimestamp } from '../../domain/utc-time.ts';
import type { ErrorsPayload } from '../../jobs/errors-job.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import { reportOutcome } from '../publish/report-outcome.ts';
import type { LogRecordDependencies } from '../records/write-log-records.ts';
import { type ErrorsDependencies, exportErrors } from './export-errors.ts';

export interface ErrorsHandlerDependencies extends ErrorsDependencies {
  readonly records: LogRecordDependencies;
}

export async function handleErrorsJob(
  deps: ErrorsHandlerDependencies,
  payload: ErrorsPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const { experiment, knownBy, force, analysisStart, enrollmentEnd } = payload;
  const published = await exportErrors(deps, {
    experiment,
    knownBy,
    force,
    analysisStart: analysisStart === null ? null : (parseTimestamp(analysisStart) ?? null),
    enrollmentEnd: enrollmentEnd === null ? null : (parseDate(enrollmentEnd) ?? null),
    job: context.jobId,
    signal: context.signal,
  });
  return reportOutcome(deps.records, { product: 'errors', context }, published);
}
