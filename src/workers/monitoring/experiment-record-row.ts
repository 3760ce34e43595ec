/** A record of the experiments API (v8) as a row of `experimenter_experiments_v1`, or what is wrong with it. */
import { type ExperimentRow, experimentStatus } from '../../domain/experiments-table.ts';
import { dateText } from '../../domain/utc-time.ts';
import { readForTable, type TableReading, type TableView } from '../../experiment-record/table-view.ts';

export type RecordReading =
  { readonly kind: 'row'; readonly row: ExperimentRow } | Extract<TableReading, { readonly kind: 'malformed' }>;

/** Reads one record; `now` in microseconds since 1970 decides whether the experiment is complete. Never throws. */
export function readExperimentRecord(record: unknown, now: number): RecordReading {
  const reading = readForTable(record);
  return reading.kind === 'read' ? { kind: 'row', row: rowOf(reading.record, now) } : reading;
}

function rowOf(record: TableView, now: number): ExperimentRow {
  return {
    experimenter_slug: null,
    normandy_slug: record.slug,
    type: 'v6',
    status: experimentStatus(record.endDate, now),
    start_date: dateOf(record.startDate),
    end_date: dateOf(record.endDate),
    enrollment_end_date: dateOf(record.enrollmentEndDate),
    proposed_enrollment: record.proposedEnrollment,
    reference_branch: record.referenceBranch,
    is_high_population: false,
    branches: record.branches,
    app_id: record.appId,
    app_name: record.appName,
    channel: record.channel,
    channels: record.channels,
    targeting: record.targeting,
    targeted_percent: record.bucketConfig.count / record.bucketConfig.total,
    namespace: record.bucketConfig.namespace,
    randomization_unit: record.bucketConfig.randomizationUnit,
    feature_ids: record.featureIds,
    is_rollout: record.isRollout ?? false,
    outcomes: record.outcomes,
    segments: record.segments,
    is_firefox_labs_opt_in: record.isFirefoxLabsOptIn ?? false,
    is_enrollment_paused: record.isEnrollmentPaused ?? null,
  };
}

/** The day in UTC; an offset has been counted in before. */
function dateOf(micros: number | null): string | null {
  return micros === null ? null : dateText(micros);
}
