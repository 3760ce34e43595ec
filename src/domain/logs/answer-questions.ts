/** The search in the logs over any warehouse that takes SQL. */
import type {
  FoundLogRow,
  LogDayCount,
  LogFilter,
  LogRowsRequest,
  MessageCount,
  MessagesRequest,
} from './log-questions.ts';
import { type Cells, readDayCount, readLogRow, readMessageCount } from './search-replies.ts';
import {
  countByDaySql,
  logRowsSql,
  messagesSql,
  newestSql,
  type SearchedTable,
  type SearchQuery,
} from './search-sql.ts';

/** Runs a query over the table of logs; its cells are text. A missing table has no rows. */
export type AskLogs = (
  queryOf: (table: SearchedTable) => SearchQuery,
  signal: AbortSignal,
) => Promise<readonly Cells[]>;

export class LogAnswers {
  readonly #ask: AskLogs;

  constructor(ask: AskLogs) {
    this.#ask = ask;
  }

  async countByDay(filter: LogFilter, signal: AbortSignal): Promise<LogDayCount[]> {
    return (await this.#ask((table) => countByDaySql(table, filter), signal)).map(readDayCount);
  }

  async messages(request: MessagesRequest, signal: AbortSignal): Promise<MessageCount[]> {
    return (await this.#ask((table) => messagesSql(table, request), signal)).map(readMessageCount);
  }

  async rows(request: LogRowsRequest, signal: AbortSignal): Promise<FoundLogRow[]> {
    return (await this.#ask((table) => logRowsSql(table, request), signal)).map(readLogRow);
  }

  async newest(filter: LogFilter, signal: AbortSignal): Promise<number | undefined> {
    const [newest] = await this.#ask((table) => newestSql(table, filter), signal);
    const cell = newest?.[0] ?? null;
    return cell === null ? undefined : Number(cell);
  }
}
