import { describe, expect, it } from 'vitest';
import { DuckDbRecordSink } from '../../../src/adapters/duckdb/record-sink.ts';
import { MONITORING_LAYOUTS, MONITORING_TABLES, type MonitoringColumn } from '../../../src/domain/monitoring-tables.ts';
import type { RecordRow } from '../../../src/ports/record-sink.ts';
import { queryRows, temporaryDuckDb } from '../../support/duckdb.ts';
import { monitoringFixture } from '../../support/monitoring-fixture.ts';

const never = new AbortController().signal;
const experiments = monitoringFixture<{ rows: RecordRow[] }>('experimenter_experiments/golden.json').rows;
const costs = monitoringFixture<Record<string, RecordRow[]>>('query_cost/golden.json');
const ratios = monitoringFixture<{ rows: RecordRow[] }>('alerts/srm_corrected.json').rows;

describe('MONITORING_TABLES', () => {
  it.each([
    ['experimenter_experiments_v1', experiments],
    ['query_cost_v1', costs['2026-01-14'] ?? []],
    ['experiment_sample_ratio_mismatch_v1', ratios],
  ])('has exactly the columns of the golden rows: %s', (table, rows) => {
    const names = columnsOf(table).map((column) => column.name);

    expect(names.sort()).toEqual(Object.keys(rows[0] ?? {}).sort());
  });

  it('keeps nested rows and JSON in DuckDB as they were', async () => {
    const file = temporaryDuckDb();
    const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });

    await sink.append({ id: 'one', table: 'experimenter_experiments_v1', rows: experiments }, never);

    const read = await queryRows(file, 'SELECT to_json(t) AS row FROM monitoring.experimenter_experiments_v1 AS t');
    expect(read.map(({ row }) => JSON.parse(String(row)) as unknown)).toEqual(experiments);
  });

  it.each([...MONITORING_TABLES.keys()])('makes a table in DuckDB that takes a row: %s', async (table) => {
    const file = temporaryDuckDb();
    const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
    const row = Object.fromEntries(columnsOf(table).map((column) => [column.name, exampleOf(column)]));

    await sink.append({ id: 'one', table, rows: [row] }, never);

    const [read] = await queryRows(file, `SELECT to_json(t) AS row FROM monitoring.${table} AS t`);
    expect(Object.keys(JSON.parse(String(read?.['row'])) as object)).toEqual(columnsOf(table).map(({ name }) => name));
    expect(String(read?.['row'])).not.toContain('null');
  });

  it.each([...MONITORING_LAYOUTS])(
    'has partitions and clusters only of columns that are there: %s',
    (table, layout) => {
      const columns = columnsOf(table);

      const partition = columns.find((column) => column.name === layout.partitionBy);
      expect(partition?.type).toBe('TIMESTAMP');
      const names = columns.map((column) => column.name);
      expect(names).toEqual(expect.arrayContaining([...(layout.clusterBy ?? [])]));
    },
  );

  it('partitions every table that is appended to, and none that is replaced as a whole', () => {
    const replaced = ['experimenter_experiments_v1', 'experiment_sample_ratio_mismatch_v1'];

    const appended = [...MONITORING_TABLES.keys()].filter((table) => !replaced.includes(table));
    expect([...MONITORING_LAYOUTS.keys()].sort()).toEqual(appended.sort());
  });
});

function columnsOf(table: string): MonitoringColumn[] {
  return [...(MONITORING_TABLES.get(table) ?? [])];
}

function exampleOf(column: MonitoringColumn): RecordRow[string] {
  const examples = {
    STRING: 'text',
    INT64: 9_007_199_254_740_991,
    FLOAT64: 0.1,
    BOOL: true,
    TIMESTAMP: '2026-01-14T07:02:00.999999Z',
    DATE: '2026-01-14',
    JSON: { any: ['thing'] },
  };
  const one =
    column.type === 'RECORD'
      ? Object.fromEntries((column.fields ?? []).map((field) => [field.name, exampleOf(field)]))
      : examples[column.type];
  return column.mode === 'REPEATED' ? [one] : one;
}
