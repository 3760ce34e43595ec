/** Replaces `experiment_sample_ratio_mismatch_v1` by tests of today's enrollment counts (spec: monitoring, section 8). */
import type { ByteLimit } from '../../domain/byte-limit.ts';
import type { EnrollmentCounts } from '../../alerts/enrollment-checks.ts';
import type { WatchedExperiment } from '../../alerts/inputs.ts';
import { recordBatchId } from '../../domain/log-record.ts';
import { SAMPLE_RATIO_TABLE } from '../../domain/monitoring-tables.ts';
import { type SampleRatioInput, sampleRatioRows } from '../../domain/sample-ratio/table.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import { fetchEnrollmentCounts } from './enrollment-counts-object.ts';
import { watchedExperiments } from './watched-experiments.ts';

export interface SampleRatioDependencies {
  /** Limit for the object of enrollment counts. */
  readonly countsLimit: ByteLimit;
  readonly experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>;
  readonly store: ObjectStore;
  readonly tables: Pick<RecordSink, 'replace'>;
  readonly clock: WallClock;
}

export interface SampleRatioResult {
  /** Started experiments; each has a row. */
  readonly rows: number;
  /** Experiments with a likely sample ratio mismatch. */
  readonly likely: readonly string[];
}

/** `work` identifies this check, so that a repetition writes nothing twice. The table stays if an input is missing. */
export async function checkSampleRatio(
  { experimentRecords, store, tables, clock, countsLimit }: SampleRatioDependencies,
  work: readonly string[],
  signal: AbortSignal,
): Promise<SampleRatioResult> {
  const { watched: experiments } = await watchedExperiments(experimentRecords, clock.now(), signal);
  const { counts } = await fetchEnrollmentCounts({ store, countsLimit }, signal);
  const rows = sampleRatioRows(experiments.map((experiment) => inputOf(experiment, counts.get(experiment.slug))));
  const id = recordBatchId([SAMPLE_RATIO_TABLE, ...work]);
  await tables.replace({ id, table: SAMPLE_RATIO_TABLE, rows }, signal);
  const likely = rows.filter((row) => row.enrollments_srm_likely === true).map((row) => row.experiment);
  return { rows: rows.length, likely };
}

/** The counts object has no daily active users today. */
function inputOf(experiment: WatchedExperiment, counts: EnrollmentCounts | undefined): SampleRatioInput {
  const branches = [...(counts?.branches ?? [])];
  return {
    experiment: experiment.slug,
    startDate: experiment.startDate,
    ratios: Object.fromEntries(experiment.branches.map(({ slug, ratio }) => [slug, ratio])),
    enrollments: Object.fromEntries(branches.map(([branch, { enrollments }]) => [branch, enrollments])),
    unenrollments: Object.fromEntries(branches.map(([branch, { unenrollments }]) => [branch, unenrollments])),
    dau: {},
  };
}
