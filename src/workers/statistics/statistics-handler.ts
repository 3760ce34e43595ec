/** The handler of statistics jobs: one export, and the log rows of how it went. */
import type { JobContext } from '../../jobs/job-handler.ts';
import type { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { ContrailError } from '../../domain/errors.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { eventOfFailure, eventsOfResult } from './export-events.ts';
import { type ExportDependencies, exportTable } from './export-table.ts';

export interface StatisticsHandlerDependencies extends ExportDependencies {
  readonly records: LogRecordDependencies;
}

/** Does one job. Its log rows are written before it ends, once for each attempt however often that is repeated. */
export async function handleStatisticsJob(
  deps: StatisticsHandlerDependencies,
  payload: StatisticsPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const { experiment, period, knownBy, force, sourceVersion, seen } = payload;
  const result = await exportTable(deps, {
    experiment,
    period,
    knownBy,
    force,
    seen: { sourceVersion, object: seen },
    job: context.jobId,
    signal: context.signal,
    onProgress: (rows, ofRows) => context.progress(ofRows === 0 ? 1 : rows / ofRows),
  });
  context.log(describeOutcome(result.outcome));
  await writeLogRecords(deps.records, [context.jobId, String(context.attempt)], eventsOfResult(result, payload));
  return result.outcome;
}

/** The ERROR row of an attempt that failed. */
export async function recordStatisticsFailure(
  deps: StatisticsHandlerDependencies,
  payload: StatisticsPayload,
  failure: { readonly jobId: string; readonly attempt: number; readonly error: ContrailError },
): Promise<void> {
  const work = [failure.jobId, String(failure.attempt), 'failure'];
  await writeLogRecords(deps.records, work, [eventOfFailure(failure.error, payload)]);
}

function describeOutcome(outcome: JobOutcome): string {
  switch (outcome.kind) {
    case 'published':
    case 'unchanged':
      return [
        `${outcome.kind} ${outcome.object}: ${outcome.rows} rows, ${outcome.bytes} bytes, ${outcome.durationMs} ms,`,
        `${outcome.rejected} left out, ${outcome.duplicates} duplicates`,
      ].join(' ');
    case 'skipped':
    case 'superseded':
    case 'snoozed':
      return `${outcome.kind}: ${outcome.reason}`;
  }
}
