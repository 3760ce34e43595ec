/** What the page of an experiment reads, in memory: an experiment with the table and the file of its first week. */
import { MemoryExperimentLogs } from '../../src/adapters/memory/experiment-logs.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import { type ExperimentSourceDependencies, experimentSource } from '../../src/app/web/experiment/experiment-source.ts';
import { EXPORT_RUNS_TABLE, QUERY_COST_TABLE } from '../../src/domain/monitoring-tables.ts';
import { LOGS_TABLE } from '../../src/domain/log-record.ts';
import { METADATA } from '../../src/domain/object-metadata.ts';
import type { RecordRow } from '../../src/ports/record-sink.ts';
import { ENROLLMENT_COUNTS_OBJECT } from '../../src/workers/monitoring/read-enrollment-counts.ts';
import { memoryWhyWorld } from './memory-why-world.ts';
import { never } from './metadata-world.ts';
import { recordedLog } from './recorded-log.ts';
import { memoryTable } from './statistics-table.ts';
import type { TraceFile } from './trace-cases.ts';
import { EXPERIMENT, metricRows, VERSION } from './trace-world.ts';
import { putObject, WINDOW_TABLE_COLUMNS } from './why-world.ts';

export const SLUG = EXPERIMENT.slug;
export const WEEKLY_FILE = 'statistics/statistics_an_experiment_weekly.json';
export const WEEK_TABLE = 'statistics_an_experiment_week_1';
export const NOW = '2026-01-17T20:00:00Z';

const CASE: TraceFile = {
  name: 'a week',
  now: NOW,
  experiment: { ...EXPERIMENT, branches: [...EXPERIMENT.branches], segments: [] },
  analysisStart: '2026-01-16 04:00:00+00:00',
  config: { weekly: [{ name: 'days_of_use', bases: ['enrollments'] }] },
  primaryMetrics: [],
  tables: {},
  files: {},
  logs: [],
  skip: false,
  result: { cells: [], summary: {} },
};
const ROWS = metricRows({ metric: 'days_of_use' }).map((row) => ({ ...row }));

export async function experimentWorld(change: Partial<TraceFile> = {}) {
  const world = await memoryWhyWorld({ ...CASE, ...change });
  const clock = new VirtualClock(Date.parse(NOW));
  const log = recordedLog();
  let batches = 0;
  const append = async (table: string, rows: readonly RecordRow[]): Promise<void> => {
    await world.sink.append({ id: `${table} ${(batches += 1)}`, table, rows: [...rows] }, never);
  };
  const deps: ExperimentSourceDependencies = {
    ...world.deps,
    clock,
    log,
    logs: new MemoryExperimentLogs(world.sink),
    countsLimit: { bytes: 1e6, setting: 'CONTRAIL_X' },
    lagMs: 6 * 3_600_000,
  };
  return {
    ...world,
    deps,
    clock,
    log,
    source: (more: Partial<ExperimentSourceDependencies> = {}) => experimentSource({ ...deps, ...more }),
    addTable: () => {
      const changedAt = Date.parse(VERSION);
      world.source.set(WEEK_TABLE, memoryTable(ROWS, { columns: WINDOW_TABLE_COLUMNS, changedAt }));
    },
    /** The view that the file of its weeks is made from. */
    addView: () => {
      world.source.set('statistics_an_experiment_weekly', memoryTable(ROWS, { changedAt: Date.parse(VERSION) }));
    },
    publish: (metadata: Readonly<Record<string, string>> = {}) =>
      putObject(world.store, WEEKLY_FILE, {
        text: JSON.stringify(ROWS.map((row) => ({ ...row, window_index: '1' }))),
        metadata: {
          [METADATA.sourceVersion]: VERSION,
          [METADATA.experiment]: SLUG,
          [METADATA.rows]: '3',
          [METADATA.windows]: '1',
          ...metadata,
        },
      }),
    publishCounts: (content: object) =>
      putObject(world.store, ENROLLMENT_COUNTS_OBJECT, { text: JSON.stringify(content) }),
    addRun: (part: RecordRow = {}) =>
      append(EXPORT_RUNS_TABLE, [
        {
          run_id: `r${batches}`,
          queue: 'statistics',
          job_id: `an_experiment.weekly.${batches}`,
          attempt: 1,
          finished_at: '2026-01-17T10:00:00Z',
          product: 'statistics',
          experiment: SLUG,
          period: 'weekly',
          outcome: 'published',
          ...part,
        },
      ]),
    addQuery: (part: RecordRow) => append(QUERY_COST_TABLE, [part]),
    addError: (part: RecordRow = {}) =>
      append(LOGS_TABLE, [
        {
          timestamp: '2026-01-16T05:00:00Z',
          experiment: SLUG,
          message: 'no such column',
          exception_type: 'ValueError',
          log_level: 'ERROR',
          source: 'jetstream',
          ...part,
        },
      ]),
  };
}
