/** Columns, partitions and clusters of the monitoring tables (spec: monitoring, sections 1, 3, 5, 8, 10). */
import { LOGS_TABLE } from './log-record.ts';

export const QUERY_COST_TABLE = 'query_cost_v1';
export const EXPERIMENTS_TABLE = 'experimenter_experiments_v1';
export const SAMPLE_RATIO_TABLE = 'experiment_sample_ratio_mismatch_v1';
export const EXPORT_RUNS_TABLE = 'export_runs_v1';
export const ALERTS_TABLE = 'alerts_v1';
export const AUDIT_TABLE = 'audit_v1';

export interface MonitoringColumn {
  readonly name: string;
  readonly type: MonitoringType;
  /** Default: NULLABLE. A repeated column is never NULL. */
  readonly mode?: 'REQUIRED' | 'REPEATED';
  /** Columns of a RECORD. */
  readonly fields?: readonly MonitoringColumn[];
}

export type MonitoringType = 'STRING' | 'INT64' | 'FLOAT64' | 'BOOL' | 'TIMESTAMP' | 'DATE' | 'JSON' | 'RECORD';

/** Partitions by the days of one column, and clusters. */
export interface MonitoringLayout {
  readonly partitionBy?: string;
  readonly clusterBy?: readonly string[];
}

const strings = columnsOf('STRING');
const integers = columnsOf('INT64');
const floats = columnsOf('FLOAT64');
const timestamps = columnsOf('TIMESTAMP');
const dates = columnsOf('DATE');
const booleans = columnsOf('BOOL');
const jsons = columnsOf('JSON');

/** By table name; columns in the table's order. */
export const MONITORING_TABLES: ReadonlyMap<string, readonly MonitoringColumn[]> = new Map([
  [
    LOGS_TABLE,
    [
      ...timestamps('timestamp'),
      ...strings('experiment', 'message', 'log_level', 'exception', 'filename', 'func_name', 'exception_type'),
      ...strings('source', 'metric', 'statistic', 'analysis_basis', 'segment', 'analysis_period'),
    ],
  ],
  [
    QUERY_COST_TABLE,
    [
      ...timestamps('submission_timestamp'),
      ...strings('destination_table', 'experiment_slug', 'query'),
      ...integers('duration_minutes'),
      ...strings('error_reason', 'error_message'),
      ...integers('total_bytes_processed', 'total_slot_ms'),
      ...floats('cost_usd'),
    ],
  ],
  [
    EXPERIMENTS_TABLE,
    [
      ...strings('experimenter_slug', 'normandy_slug', 'type', 'status'),
      ...dates('start_date', 'end_date', 'enrollment_end_date'),
      ...integers('proposed_enrollment'),
      ...strings('reference_branch'),
      ...booleans('is_high_population'),
      {
        name: 'branches',
        type: 'RECORD',
        mode: 'REPEATED',
        fields: [...strings('slug'), ...integers('ratio'), ...jsons('features')],
      },
      ...strings('app_id', 'app_name', 'channel'),
      ...repeated(strings('channels')),
      ...strings('targeting'),
      ...floats('targeted_percent'),
      ...strings('namespace', 'randomization_unit'),
      ...repeated(strings('feature_ids')),
      ...booleans('is_rollout'),
      ...repeated(strings('outcomes', 'segments')),
      ...booleans('is_firefox_labs_opt_in', 'is_enrollment_paused'),
    ],
  ],
  [
    SAMPLE_RATIO_TABLE,
    [
      ...strings('experiment'),
      ...['enrollments', 'unenrollments', 'dau'].flatMap((metric) => [
        ...floats(`${metric}_probability`, `${metric}_p_value`),
        ...booleans(`${metric}_srm_likely`),
      ]),
    ],
  ],
  [
    EXPORT_RUNS_TABLE,
    [
      ...required(strings('run_id')),
      ...timestamps('finished_at', 'started_at', 'queued_at'),
      ...strings('queue', 'job_id'),
      ...integers('attempt'),
      ...strings('worker', 'product', 'experiment', 'period', 'outcome', 'failure_class', 'error_code'),
      ...strings('error_message', 'source', 'source_version', 'object', 'generation'),
      ...integers('rows', 'rejected', 'dropped', 'duplicates', 'warnings', 'source_rows', 'bytes_read', 'bytes_billed'),
      ...integers('slot_ms', 'bytes_written', 'requests', 'duration_ms', 'query_ms', 'read_ms', 'publish_ms'),
      ...strings('price_mode'),
      ...floats('cost_usd'),
      ...strings('contrail_version'),
    ],
  ],
  [
    ALERTS_TABLE,
    [
      ...timestamps('changed_at'),
      ...required(strings('alert_id')),
      ...strings('rule', 'severity', 'subject', 'state'),
      ...timestamps('opened_at', 'last_seen_at', 'resolved_at'),
      ...floats('value', 'threshold'),
      ...strings('formula', 'summary', 'link'),
      ...timestamps('silenced_until'),
      ...strings('silence_reason', 'actor'),
      ...jsons('notified'),
      // Not in the spec: the value above which a silenced alert sends messages again.
      ...floats('wake_above'),
    ],
  ],
  [
    AUDIT_TABLE,
    [
      ...timestamps('at'),
      ...required(strings('audit_id')),
      ...strings('actor', 'role', 'address', 'action', 'subject'),
      ...jsons('selection'),
      ...integers('count'),
      ...strings('reason', 'outcome'),
    ],
  ],
]);

/** By table name. Tables that are missing here have no partitions and no clusters. */
export const MONITORING_LAYOUTS: ReadonlyMap<string, MonitoringLayout> = new Map<string, MonitoringLayout>([
  [LOGS_TABLE, { partitionBy: 'timestamp', clusterBy: ['experiment'] }],
  [QUERY_COST_TABLE, { partitionBy: 'submission_timestamp' }],
  [EXPORT_RUNS_TABLE, { partitionBy: 'finished_at' }],
  [ALERTS_TABLE, { partitionBy: 'changed_at' }],
  [AUDIT_TABLE, { partitionBy: 'at' }],
]);

function columnsOf(type: MonitoringType): (...names: string[]) => MonitoringColumn[] {
  return (...names) => names.map((name) => ({ name, type }));
}

function required(columns: readonly MonitoringColumn[]): MonitoringColumn[] {
  return columns.map((column) => ({ ...column, mode: 'REQUIRED' }));
}

function repeated(columns: readonly MonitoringColumn[]): MonitoringColumn[] {
  return columns.map((column) => ({ ...column, mode: 'REPEATED' }));
}

/** A column as it can be added to a table that has rows: it may lack a value. */
export function addedColumn(column: MonitoringColumn): MonitoringColumn {
  const { mode, ...nullable } = column;
  return mode === 'REQUIRED' ? nullable : column;
}
