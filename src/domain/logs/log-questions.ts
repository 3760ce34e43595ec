/** What is asked of the logs, and what is found. */
import type { ErrorCategory } from '../error-category.ts';

export interface LogFilter {
  /** Microseconds since 1970, without the end. */
  readonly range: { readonly from: number; readonly to: number };
  readonly category?: ErrorCategory | undefined;
  readonly level?: string | undefined;
  readonly experiment?: string | undefined;
  readonly source?: string | undefined;
  readonly metric?: string | undefined;
  /** Each occurs in message, exception type, exception, experiment or metric; case does not matter. */
  readonly words?: readonly string[] | undefined;
}

export interface LogDayCount {
  /** `2026-01-14`, in UTC. */
  readonly day: string;
  readonly category: string;
  readonly rows: number;
  /** As the dashboard counts them. */
  readonly critical: number;
  readonly warnings: number;
}

/** Rows of one exception type whose messages differ only in numbers, tables and slugs. */
export interface MessageCount {
  readonly exceptionType: string | null;
  /** Stands for these messages in the warehouse. */
  readonly key: string;
  /** One of the messages, and its experiment. */
  readonly message: string;
  readonly experiment: string | null;
  /** In the range of the filter. */
  readonly rows: number;
  readonly critical: number;
  /** At most `MOST_EXPERIMENTS`, in any order. */
  readonly experiments: readonly string[];
  /** Microseconds since 1970: since `seenSince`, which may be before the range; and in the range. */
  readonly first: number;
  readonly last: number;
  /** Rows of each of the requested days. */
  readonly days: readonly number[];
}

/** Experiments that are named for a message. */
export const MOST_EXPERIMENTS = 200;
/** Characters of a message that are compared. */
export const COMPARED_CHARACTERS = 2_000;

export interface MessagesRequest {
  readonly filter: LogFilter;
  /** Where to look for the first row, microseconds since 1970. */
  readonly seenSince: number;
  /** Beginnings of days (UTC), microseconds since 1970. */
  readonly days: readonly number[];
  /** The most frequent ones. */
  readonly most: number;
}

export interface LogRowsRequest {
  readonly filter: LogFilter;
  /** Only rows with these messages. */
  readonly messages?: { readonly exceptionType: string | null; readonly keys: readonly string[] } | undefined;
  /** Only rows with this fingerprint. */
  readonly fingerprint?: string | undefined;
  readonly offset: number;
  readonly limit: number;
  /** The beginning of each text. */
  readonly characters: number;
}

export interface FoundLogRow {
  /** Of all columns but the time; rows with the same are copies. */
  readonly fingerprint: string;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly category: string;
  readonly isCritical: boolean;
  readonly isWarning: boolean;
  readonly columns: Readonly<Record<LogTextColumn, string | null>>;
}

export const LOG_TEXT_COLUMNS = [
  'experiment',
  'message',
  'log_level',
  'exception',
  'filename',
  'func_name',
  'exception_type',
  'source',
  'metric',
  'statistic',
  'analysis_basis',
  'segment',
  'analysis_period',
] as const;
export type LogTextColumn = (typeof LOG_TEXT_COLUMNS)[number];

/** The columns with the text that each is given. */
export function logColumns(textOf: (column: LogTextColumn) => string | null): Record<LogTextColumn, string | null> {
  return {
    experiment: textOf('experiment'),
    message: textOf('message'),
    log_level: textOf('log_level'),
    exception: textOf('exception'),
    filename: textOf('filename'),
    func_name: textOf('func_name'),
    exception_type: textOf('exception_type'),
    source: textOf('source'),
    metric: textOf('metric'),
    statistic: textOf('statistic'),
    analysis_basis: textOf('analysis_basis'),
    segment: textOf('segment'),
    analysis_period: textOf('analysis_period'),
  };
}
