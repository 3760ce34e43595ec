/** Rows of the monitoring tables in BigQuery. */
import type { MonitoringColumn } from '../../domain/monitoring-tables.ts';
import { monitoringColumns, monitoringValue } from '../../domain/monitoring-values.ts';
import type { MonitoringReader, MonitoringRequest } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import { type BigQueryReaderOptions, MonitoringQueries } from './monitoring-query.ts';
import { identifier, tablePath } from './sql.ts';

export class BigQueryMonitoringReader implements MonitoringReader {
  readonly #queries: MonitoringQueries;

  constructor(options: BigQueryReaderOptions) {
    this.#queries = new MonitoringQueries(options);
  }

  async rows(request: MonitoringRequest, signal: AbortSignal): Promise<RecordRow[]> {
    const { table, columns: names, among, limits } = request;
    const columns = monitoringColumns(table, names);
    const rows = await this.#queries.rows(
      table,
      (name) => ({
        sql: `SELECT ${columns.map((column) => cellOf(column, limits)).join(', ')}
          FROM ${tablePath(name)} AS rows_read${conditionOf(request)}${limitOf(request)}`,
        ...(among === undefined ? {} : { parameters: { among: JSON.stringify(among.values) } }),
      }),
      signal,
    );
    return rows.map((cells) => rowOf(columns, cells));
  }
}

/** All texts are one parameter. */
function conditionOf({ since, among }: MonitoringRequest): string {
  const conditions = [
    ...(since === undefined ? [] : [`${identifier(since.column)} >= TIMESTAMP_MICROS(${Math.trunc(since.from)})`]),
    ...(among === undefined ? [] : [`${identifier(among.column)} IN UNNEST(JSON_VALUE_ARRAY(@among))`]),
  ];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function limitOf({ since, limits }: MonitoringRequest): string {
  if (limits === undefined) return '';
  // By the table's column, because the result's column of the same name is text.
  const order = since === undefined ? '' : ` ORDER BY rows_read.${identifier(since.column)} DESC`;
  return `${order} LIMIT ${limits.rows}`;
}

/** Numbers and times are read as text, which is exact. */
function cellOf({ name, type }: MonitoringColumn, limits: MonitoringRequest['limits']): string {
  const column = identifier(name);
  if (type === 'STRING' && limits !== undefined) return `LEFT(${column}, ${limits.characters}) AS ${column}`;
  if (type === 'TIMESTAMP') return `CAST(UNIX_MICROS(${column}) AS STRING) AS ${column}`;
  return type === 'JSON' ? `TO_JSON_STRING(${column}) AS ${column}` : `CAST(${column} AS STRING) AS ${column}`;
}

function rowOf(columns: readonly MonitoringColumn[], cells: readonly (string | null)[]): RecordRow {
  return Object.fromEntries(
    columns.map((column, index) => {
      const cell = cells[index] ?? null;
      // A NULL in a JSON column is the text `null`.
      return [column.name, monitoringValue(column, cell)];
    }),
  );
}
