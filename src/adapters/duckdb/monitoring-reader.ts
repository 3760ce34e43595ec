/** Reads rows of the monitoring tables in a DuckDB file. */
import type { MonitoringColumn } from '../../domain/monitoring-tables.ts';
import { monitoringColumns, monitoringValue } from '../../domain/monitoring-values.ts';
import type { MonitoringReader, MonitoringRequest } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import { type DuckDbReaderOptions, queryMonitoringTable } from './monitoring-table.ts';
import { identifier } from './sql.ts';

export class DuckDbMonitoringReader implements MonitoringReader {
  readonly #options: DuckDbReaderOptions;

  constructor(options: DuckDbReaderOptions) {
    this.#options = options;
  }

  async rows(request: MonitoringRequest, signal: AbortSignal): Promise<RecordRow[]> {
    const { table, columns: names, among, limits } = request;
    signal.throwIfAborted();
    const columns = monitoringColumns(table, names);
    const rows = await queryMonitoringTable(this.#options, table, ({ from, columns: present }) => {
      const cells = columns.map((column) => (present.has(column.name) ? cellOf(column, limits) : 'NULL'));
      return {
        sql: `SELECT ${cells.join(', ')} FROM ${from}${conditionOf(request)}${limitOf(request)}`,
        parameters: among === undefined ? [] : [JSON.stringify(among.values)],
      };
    });
    return rows.map((row) => rowOf(columns, row));
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
