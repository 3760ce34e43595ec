/** The handler of statistics jobs: one export, whole or divided, and its log rows. */
import type { JobContext } from '../../ports/job-handler.ts';
import type { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { ComposingStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { DivisibleSource } from '../../ports/statistics-source.ts';
import type { Published } from '../publish/publish.ts';
import { reportOutcome } from '../publish/report-outcome.ts';
import type { LogRecordDependencies } from '../records/write-log-records.ts';
import { openDivided } from './divide-export.ts';
import { isJoinable } from './division.ts';
import type { ExportDependencies, ExportRequest } from './export-request.ts';
import { exportTable } from './export-table.ts';
import { joinExport } from './join-export.ts';

export interface StatisticsHandlerDependencies extends ExportDependencies {
  readonly records: LogRecordDependencies;
  /** How very large tables are divided; absent: every table is exported by one worker. */
  readonly division?: {
    readonly source: DivisibleSource;
    readonly store: ComposingStore;
    readonly random: Random;
    /** Tables with fewer rows are not divided. */
    readonly fromRows: number;
  };
}

/** Runs one job. Its log rows are written before it ends, once per attempt even if that is repeated. */
export async function handleStatisticsJob(
  deps: StatisticsHandlerDependencies,
  payload: StatisticsPayload,
  context: JobContext,
): Promise<JobOutcome> {
  const published = await exportOrDivide(deps, payload, context);
  return reportOutcome(deps.records, { product: 'statistics', context }, published);
}

async function exportOrDivide(
  deps: StatisticsHandlerDependencies,
  payload: StatisticsPayload,
  context: JobContext,
): Promise<Published> {
  const request = requestFor(payload, context);
  const { division, ...whole } = deps;
  if (division === undefined) return exportTable(whole, request);
  const { fromRows, ...parts } = division;
  const dividedDeps = { ...whole, ...parts };
  const { divided } = context;
  if (divided !== undefined && isJoinable(divided)) return joinExport(dividedDeps, request, divided);
  const isLarge = (payload.rows ?? 0) >= fromRows;
  return exportTable(whole, request, isLarge ? () => openDivided(dividedDeps, request) : undefined);
}

function requestFor(payload: StatisticsPayload, context: JobContext): ExportRequest {
  const { experiment, period, knownBy, record, hasNewPremises = false, isSettled = false } = payload;
  const { force, sourceVersion, seen } = payload;
  return {
    experiment,
    period,
    knownBy,
    record,
    hasNewPremises,
    isSettled,
    force,
    seen: { sourceVersion, object: seen },
    job: context.jobId,
    signal: context.signal,
    onProgress: (rows, ofRows) => context.progress(ofRows === 0 ? 1 : rows / ofRows),
  };
}
