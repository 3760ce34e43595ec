/** Reads rows of the monitoring tables in a DuckDB file. */
import type { MonitoringColumn } from '../../domain/monitoring-tables.ts';
import { monitoringColumns, monitoringValue } from '../../domain/monitoring-values.ts';
import type { MonitoringReader, MonitoringRequest } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import type { DuckDbFile } from './database.ts';
import { identifier, qualified, queryTexts } from './sql.ts';

export interface DuckDbReaderOptions {
  readonly file: DuckDbFile;
  /** The schema of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

export class DuckDbMonitoringReader implements MonitoringReader {
  readonly #file: DuckDbFile;
  readonly #dataset: string;

  constructor({ file, dataset }: DuckDbReaderOptions) {
    this.#file = file;
    this.#dataset = dataset;
  }

  async rows(request: MonitoringRequest, signal: AbortSignal): Promise<RecordRow[]> {
    const { table, columns: names, among } = request;
    signal.throwIfAborted();
    const columns = monitoringColumns(table, names);
    if (!this.#file.exists()) return [];
    return this.#file.use('read', async (connection) => {
      const found = await queryTexts(
        connection,
        'SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
        [this.#dataset, table],
      );
      if (found.length === 0) return [];
      const present = new Set(found.flat());
      const cells = columns.map((column) => (present.has(column.name) ? cellOf(column, request.limits) : 'NULL'));
      const reader = await connection.runAndReadAll(
        `SELECT ${cells.join(', ')} FROM ${qualified(this.#dataset, table)}${conditionOf(request)}${limitOf(request)}`,
        among === undefined ? [] : [JSON.stringify(among.values)],
      );
      return reader.getRowsJS().map((row) => rowOf(columns, row));
    });
  }
}

/** All texts are one parameter. */
function conditionOf({ since, among }: MonitoringRequest): string {
  const conditions = [
    ...(since === undefined ? [] : [`epoch_us(${identifier(since.column)}) >= ${Math.trunc(since.from)}`]),
    ...(among === undefined ? [] : [`list_contains(from_json($1, '["VARCHAR"]'), ${identifier(among.column)})`]),
  ];
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function limitOf({ since, limits }: MonitoringRequest): string {
  if (limits === undefined) return '';
  const order = since === undefined ? '' : ` ORDER BY ${identifier(since.column)} DESC NULLS LAST`;
  return `${order} LIMIT ${limits.rows}`;
}

function cellOf({ name, type }: MonitoringColumn, limits: MonitoringRequest['limits']): string {
  const column = identifier(name);
  const text = `CAST(${type === 'TIMESTAMP' ? `epoch_us(${column})` : column} AS VARCHAR)`;
  return type === 'STRING' && limits !== undefined ? `left(${text}, ${limits.characters})` : text;
}

function rowOf(columns: readonly MonitoringColumn[], cells: readonly unknown[]): RecordRow {
  return Object.fromEntries(
    columns.map((column, index) => {
      const cell = cells[index];
      return [column.name, monitoringValue(column, typeof cell === 'string' ? cell : null)];
    }),
  );
}
