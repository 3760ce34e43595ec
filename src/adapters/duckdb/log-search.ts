/** The search in the logs of a DuckDB file. */
import type {
  FoundLogRow,
  LogDayCount,
  LogFilter,
  LogRowsRequest,
  MessageCount,
  MessagesRequest,
} from '../../domain/logs/log-questions.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { type Cells, readDayCount, readLogRow, readMessageCount } from '../../domain/logs/search-replies.ts';
import {
  countByDaySql,
  logRowsSql,
  messagesSql,
  newestSql,
  type SearchedTable,
  type SearchQuery,
} from '../../domain/logs/search-sql.ts';
import { monitoringColumnNames } from '../../domain/monitoring-values.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import { type DuckDbReaderOptions, type MonitoringTable, queryMonitoringTable } from './monitoring-table.ts';
import { identifier } from './sql.ts';

export class DuckDbLogSearch implements LogSearch {
  readonly #options: DuckDbReaderOptions;

  constructor(options: DuckDbReaderOptions) {
    this.#options = options;
  }

  async countByDay(filter: LogFilter, signal: AbortSignal): Promise<LogDayCount[]> {
    return (await this.#cells((table) => countByDaySql(table, filter), signal)).map(readDayCount);
  }

  async messages(request: MessagesRequest, signal: AbortSignal): Promise<MessageCount[]> {
    return (await this.#cells((table) => messagesSql(table, request), signal)).map(readMessageCount);
  }

  async rows(request: LogRowsRequest, signal: AbortSignal): Promise<FoundLogRow[]> {
    return (await this.#cells((table) => logRowsSql(table, request), signal)).map(readLogRow);
  }

  async newest(filter: LogFilter, signal: AbortSignal): Promise<number | undefined> {
    const [newest] = await this.#cells((table) => newestSql(table, filter), signal);
    const cell = newest?.[0] ?? null;
    return cell === null ? undefined : Number(cell);
  }

  async #cells(queryOf: (table: SearchedTable) => SearchQuery, signal: AbortSignal): Promise<Cells[]> {
    signal.throwIfAborted();
    const rows = await queryMonitoringTable(this.#options, LOGS_TABLE, (table) =>
      queryOf({ dialect: 'duckdb', from: allColumns(table) }),
    );
    return rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : null)));
  }
}

/** A column that the table lacks is NULL. */
function allColumns({ from, columns: present }: MonitoringTable): string {
  const missing = monitoringColumnNames(LOGS_TABLE).filter((name) => !present.has(name));
  if (missing.length === 0) return `${from} AS logs`;
  const nulls = missing.map((name) => `CAST(NULL AS VARCHAR) AS ${identifier(name)}`);
  return `(SELECT *, ${nulls.join(', ')} FROM ${from}) AS logs`;
}
