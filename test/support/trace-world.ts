/** Inputs of a trace: a healthy experiment of four weeks whose numbers are all shown, and changes to it. */
import type { AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import { CONSOLE_RULES, DEFAULT_CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { FileCells } from '../../src/domain/trace/file-cells.ts';
import type {
  PublishedFile,
  TracedExperiment,
  TracedLog,
  TracedMetric,
  TraceInputs,
  WindowTable,
} from '../../src/domain/trace/inputs.ts';
import type { StatisticsRow } from '../../src/domain/trace/statistics-row.ts';
import { TableCells } from '../../src/domain/trace/table-cells.ts';

export const rules = CONSOLE_RULES[DEFAULT_CONSOLE_RULES];
export const VERSION = '2026-07-01T06:00:00.000Z';

/** In January 2026 it enrols until the 7th (7 days); the first day after enrollment is the 8th. */
export const EXPERIMENT: TracedExperiment = {
  slug: 'an-experiment',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: '2026-01-07',
  branches: ['control', 'treatment'],
  referenceBranch: 'control',
  segments: [],
  isRollout: false,
  isHoldback: false,
  doRerun: false,
};

/** A row with point and bounds. */
export function row(part: Partial<StatisticsRow> = {}): StatisticsRow {
  return {
    metric: 'm',
    statistic: 'mean_lm',
    parameter: null,
    branch: 'control',
    comparison: null,
    comparison_to_branch: null,
    ci_width: 0.95,
    point: 1.5,
    lower: 1.4,
    upper: 1.6,
    segment: 'all',
    analysis_basis: 'enrollments',
    ...part,
  };
}

/** The rows that make a metric available: both branches, and the uplift of one against the other. */
export function metricRows(part: Partial<StatisticsRow> = {}): StatisticsRow[] {
  return [
    row(part),
    row({ branch: 'treatment', ...part }),
    row({ branch: 'treatment', comparison: 'relative_uplift', comparison_to_branch: 'control', ...part }),
  ];
}

export function table(period: AnalysisPeriod, window: number, rows: readonly StatisticsRow[]): WindowTable {
  return { period, window, version: VERSION, cells: new TableCells({ period, window, rules }).add(rows) };
}

/** A file with these rows of each window. */
export function file(
  period: AnalysisPeriod,
  windows: Readonly<Record<number, readonly StatisticsRow[]>>,
): PublishedFile {
  const rows = Object.entries(windows).flatMap(([window_index, rows]) => rows.map((row) => ({ ...row, window_index })));
  return { version: VERSION, cells: new FileCells({ period, rules }).add(rows) };
}

export function log(part: Partial<TracedLog> = {}): TracedLog {
  return {
    timestamp: '2026-01-16T05:00:00Z',
    experiment: EXPERIMENT.slug,
    message: 'It failed.',
    log_level: 'ERROR',
    filename: 'analysis.py',
    func_name: 'calculate_statistics',
    exception_type: 'ValueError',
    source: 'jetstream',
    metric: null,
    analysis_basis: null,
    segment: null,
    analysis_period: null,
    ...part,
  };
}

/** Inputs on the 17th at 20:00: the first week was computed on the 14th, and nothing is there unless given. */
export function traceInputs({
  metrics = [{ name: 'm', bases: ['enrollments'] }],
  period = 'weekly',
  ...part
}: Partial<Omit<TraceInputs, 'metrics'>> & {
  readonly metrics?: readonly TracedMetric[];
  readonly period?: AnalysisPeriod;
} = {}): TraceInputs {
  return {
    experiment: EXPERIMENT,
    settings: {},
    metrics: new Map([[period, metrics]]),
    primaryMetrics: new Set(),
    tables: [],
    files: new Map(),
    logs: [],
    analysisStart: '2026-01-15T04:10:30Z',
    now: Date.parse('2026-01-17T20:00:00Z'),
    rules,
    ...part,
  };
}
