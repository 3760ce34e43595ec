import { DuckDbStatisticsSource } from '../../src/adapters/duckdb/statistics-source.ts';
import { MemoryStatisticsSource } from '../../src/adapters/memory/statistics-source.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import type { StatisticsRow } from '../support/statistics-table.ts';
import { memoryTable } from '../support/statistics-table.ts';
import { temporaryDuckDb } from '../support/duckdb.ts';
import { DATASET, putTable, runSql } from '../support/duckdb-tables.ts';
import { sortedRows } from '../support/sort-rows.ts';
import { describeStatisticsSource } from './statistics-source.ts';

describeStatisticsSource('memory', () => {
  const source = new MemoryStatisticsSource();
  let changedAt = Date.parse('2026-01-15T00:00:00Z');
  return Promise.resolve({
    source,
    put: async (table, columns, rows) => {
      const sorted = sortedRows(columns, rows) as StatisticsRow[];
      source.set(table, memoryTable(sorted, { columns, changedAt: (changedAt += 1) }));
    },
    putView: async (view, table) => {
      const read = source.table(table) ?? memoryTable([]);
      source.set(view, { ...read, kind: 'view' });
    },
    comment: async (table, description) => {
      source.set(table, { ...(source.table(table) ?? memoryTable([])), description });
    },
    putBroken: async (table) => {
      const error = new ContrailError('QUERY_FAILED', `Reading ${table} failed.`);
      source.set(table, { ...memoryTable([]), error });
    },
    putUnsupported: async (table) => {
      const error = new ContrailError('COLUMN_TYPE_UNSUPPORTED', 'Column "odd" has the type UUID.');
      source.set(table, { ...memoryTable([]), error });
      return 'UUID';
    },
  });
});

describeStatisticsSource('duckdb', () => {
  const file = temporaryDuckDb();
  return Promise.resolve({
    source: new DuckDbStatisticsSource({ file, dataset: DATASET }),
    put: (table, columns, rows) => putTable(file, table, { columns, rows }),
    putView: (view, table) => runSql(file, `CREATE VIEW ${DATASET}.${view} AS SELECT * FROM ${DATASET}.${table}`),
    comment: (table, description) =>
      runSql(file, `COMMENT ON TABLE ${DATASET}.${table} IS '${description.replaceAll("'", "''")}'`),
    putBroken: (table) =>
      runSql(
        file,
        `CREATE TABLE ${DATASET}.gone (a INTEGER)`,
        `CREATE VIEW ${DATASET}.${table} AS SELECT * FROM ${DATASET}.gone`,
        `DROP TABLE ${DATASET}.gone`,
      ),
    putUnsupported: async (table) => {
      await runSql(file, `CREATE TABLE ${DATASET}.${table} (metric VARCHAR, odd UUID)`);
      return 'UUID';
    },
  });
});
