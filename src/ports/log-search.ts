/** Searches `monitoring.logs`, and counts its rows. The warehouse groups and counts, so memory grows with the answer only. */
import type {
  FoundLogRow,
  LogDayCount,
  LogFilter,
  LogRowsRequest,
  MessageCount,
  MessagesRequest,
} from '../domain/logs/log-questions.ts';

/** A missing table or dataset has no rows. */
export interface LogSearch {
  /** By day and category; only those with rows, in any order. */
  countByDay(filter: LogFilter, signal: AbortSignal): Promise<LogDayCount[]>;
  /** The most frequent first. */
  messages(request: MessagesRequest, signal: AbortSignal): Promise<MessageCount[]>;
  /** The newest first. */
  rows(request: LogRowsRequest, signal: AbortSignal): Promise<FoundLogRow[]>;
  /** The time of the newest row, microseconds since 1970; undefined if there is none. */
  newest(filter: LogFilter, signal: AbortSignal): Promise<number | undefined>;
}
