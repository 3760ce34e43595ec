/** The handler of statistics jobs: one export, and the log rows of how it went. */
import { attemptParts } from '../../domain/log-record.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import type { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import type { DivisibleSource } from '../../ports/statistics-source.ts';
import { describeOutcome } from '../publish/describe-outcome.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { eventsOfResult } from './export-events.ts';
import { divideExport, isJoinable, joinExport } from './divided-export.ts';
import { type ExportDependencies, type ExportRequest, type ExportResult, exportTable } from './export-table.ts';

export interface StatisticsHandlerDependencies extends ExportDependencies {
  readonly records: LogRecordDependencies;
  /** How very large tables are taken apart; absent: every table is exported whole, by one worker. */
  readonly division?: {
    readonly source: DivisibleSource;
    readonly store: ComposingStore;
    /** Tables with fewer rows are exported whole. */
    readonly fromRows: number;
  };
}

/** Does one job. Its log rows are written before it ends, once for each attempt however often that is repeated. */
export async function handleStatisticsJob(
  deps: StatisticsHandlerDependencies,
  payload: StatisticsPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const request = requestFor(payload, context);
  const result = await exportOrDivide(deps, { payload, request, context });
  if (result.outcome.kind === 'divided') {
    context.log(`divided into ${result.outcome.parts.length} parts`);
    return result.outcome;
  }
  context.log(describeOutcome(result.outcome));
  await writeLogRecords(deps.records, ['statistics', ...attemptParts(context)], eventsOfResult(result, payload));
  return result.outcome;
}

interface Work {
  readonly payload: StatisticsPayload;
  readonly request: ExportRequest;
  readonly context: JobContext;
}

async function exportOrDivide(
  deps: StatisticsHandlerDependencies,
  { payload, request, context }: Work,
): Promise<ExportResult> {
  const { division } = deps;
  if (division !== undefined) {
    const { divided } = context;
    const dividedDeps = { ...deps, source: division.source, store: division.store };
    if (divided !== undefined && isJoinable(divided)) return joinExport(dividedDeps, request, divided);
    if ((payload.rows ?? 0) >= division.fromRows) {
      const outcome = await divideExport(dividedDeps, request);
      if (outcome !== undefined) return { outcome };
    }
  }
  return exportTable(deps, request);
}

function requestFor(payload: StatisticsPayload, context: JobContext): ExportRequest {
  const { experiment, period, knownBy, record, hasNewPremises = false, force, sourceVersion, seen } = payload;
  return {
    experiment,
    period,
    knownBy,
    record,
    hasNewPremises,
    force,
    seen: { sourceVersion, object: seen },
    job: context.jobId,
    signal: context.signal,
    onProgress: (rows, ofRows) => context.progress(ofRows === 0 ? 1 : rows / ofRows),
  };
}
