/** The search in the logs in BigQuery. */
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
import type { LogSearch } from '../../ports/log-search.ts';
import { type BigQueryReaderOptions, MonitoringQueries } from './monitoring-query.ts';
import { tablePath } from './sql.ts';

export class BigQueryLogSearch implements LogSearch {
  readonly #queries: MonitoringQueries;

  constructor(options: BigQueryReaderOptions) {
    this.#queries = new MonitoringQueries(options);
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

  #cells(queryOf: (table: SearchedTable) => SearchQuery, signal: AbortSignal): Promise<readonly Cells[]> {
    return this.#queries.rows(
      LOGS_TABLE,
      (name) => {
        const { sql, parameters } = queryOf({ dialect: 'bigquery', from: `${tablePath(name)} AS logs` });
        return { sql, parameters: Object.fromEntries(parameters.map((value, index) => [`p${index}`, value])) };
      },
      signal,
    );
  }
}
