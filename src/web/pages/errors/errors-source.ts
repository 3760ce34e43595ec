/** What the page of errors reads. Each part is kept for a while, and may be missing. */
import type {
  FoundLogRow,
  LogDayCount,
  LogFilter,
  LogRowsRequest,
  MessagesRequest,
} from '../../../domain/logs/log-questions.ts';
import type { Part } from '../../part.ts';
import type { ErrorKind } from './error-kinds.ts';

export interface ErrorsSource {
  /** By day and category. */
  countByDay(filter: LogFilter, signal: AbortSignal): Promise<Part<readonly LogDayCount[]>>;
  /** Alike messages, the critical and frequent ones first. */
  kinds(request: MessagesRequest, signal: AbortSignal): Promise<Part<readonly ErrorKind[]>>;
  /** The newest first. */
  rows(request: LogRowsRequest, signal: AbortSignal): Promise<Part<readonly FoundLogRow[]>>;
  /** The time of the newest row, microseconds since 1970. */
  newest(filter: LogFilter, signal: AbortSignal): Promise<Part<number | undefined>>;
}

/** The source's name, for readers. */
export const LOGS_NAME = 'monitoring.logs';
