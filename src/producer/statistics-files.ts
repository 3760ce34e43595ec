/** Turns a plan of statistics into the form of all products. */
import { type SourceVersion, timeOfVersion } from '../domain/source-version.ts';
import { statisticsJobId, STATISTICS_JOB, type StatisticsPayload } from '../jobs/statistics-job.ts';
import type { DueStatistics, StatisticsPlan, StatisticsTarget } from './statistics-plan.ts';
import { type DueFile, EMPTY_PLAN, type JobReason, type ProductFile, type ProductPlan } from './product-plan.ts';

export function statisticsFiles({ due, skipped, refused, absent, problems }: StatisticsPlan): ProductPlan {
  return {
    ...EMPTY_PLAN,
    due: due.map(dueFile),
    skipped: skipped.map((target) => ({
      ...fileOf(target),
      reason: target.reason,
      found: target.found,
      ...(target.lacking === undefined ? {} : { lacking: target.lacking }),
      ...(target.note === undefined ? {} : { note: target.note }),
    })),
    refused: refused.map((target) => ({
      ...fileOf(target),
      error: target.error,
      ...(target.found === undefined ? {} : { found: target.found }),
      ...(target.hasFile === undefined ? {} : { hasFile: target.hasFile }),
    })),
    absent: absent.map((file) => ({ product: 'statistics', ...file })),
    problems,
  };
}

function fileOf({ experiment, period }: StatisticsTarget): ProductFile {
  return { product: 'statistics', experiment, period };
}

function dueFile(due: DueStatistics): DueFile {
  return {
    ...fileOf(due),
    reason: due.reason,
    found: due.found,
    table: due.table,
    ...changeOf(due.sourceVersion),
    ...(due.rows === undefined ? {} : { rows: due.rows }),
    ...(due.bytes === undefined ? {} : { bytes: due.bytes }),
    queue: STATISTICS_JOB.queue,
    jobId: (nonce) => statisticsJobId(due, nonce),
    payload: (reason) => payloadOf(due, reason),
  };
}

function changeOf(version: SourceVersion): Pick<DueFile, 'changedAt'> {
  const changedAt = timeOfVersion(version);
  return changedAt === undefined ? {} : { changedAt };
}

function payloadOf(due: DueStatistics, reason: JobReason): StatisticsPayload {
  const { experiment, period, knownBy, sourceVersion, seen, rows, record } = due;
  return {
    version: 1,
    experiment,
    period,
    knownBy,
    sourceVersion,
    seen,
    ...(rows === undefined ? {} : { rows }),
    ...(record === undefined ? {} : { record: payloadRecord(record) }),
    ...(due.hasNewPremises ? { hasNewPremises: true } : {}),
    ...(due.isSettled ? { isSettled: true } : {}),
    reason,
    force: due.reason === 'forced',
  };
}

function payloadRecord(record: NonNullable<DueStatistics['record']>): StatisticsPayload['record'] {
  if (record === 'unreachable') return record;
  const { branches, ...rest } = record;
  return branches === undefined ? rest : { ...rest, branches: [...branches] };
}
