/** A row of `monitoring.logs` (spec: monitoring, section 1). */
import { createHash } from 'node:crypto';

export const LOGS_TABLE = 'logs';
const LONGEST_MESSAGE_BYTES = 64_000;

/** For rows about Contrail itself; rows about an experiment's data have the analysis as their source. */
export const OWN_SOURCE = 'contrail';

export type LogLevel = 'WARNING' | 'ERROR';
export type LogSource = 'jetstream' | typeof OWN_SOURCE;

/** The columns in the table's order; all but `timestamp` are STRING. */
export interface LogRecord {
  readonly timestamp: string;
  readonly experiment: string | null;
  readonly message: string;
  readonly log_level: LogLevel;
  readonly exception: string;
  readonly filename: string;
  readonly func_name: string;
  readonly exception_type: string | null;
  readonly source: LogSource;
  readonly metric: string | null;
  readonly statistic: string | null;
  readonly analysis_basis: string | null;
  readonly segment: string | null;
  readonly analysis_period: string | null;
}

export interface LogEvent {
  readonly experiment?: string;
  readonly message: string;
  readonly level: LogLevel;
  readonly exception?: string;
  readonly exceptionType?: string;
  /** Our file and function that logged it. */
  readonly at: { readonly file: string; readonly function: string };
  /** `jetstream` for the experiment's own data, so that the row reaches the errors file; else `contrail`. */
  readonly source?: LogSource;
  readonly analysisPeriod?: string;
}

/** The log row of an event: time in whole seconds, the text `None` without an exception, long text cut. */
export function toLogRecord(event: LogEvent, epochMs: number): LogRecord {
  return {
    timestamp: `${new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19)}Z`,
    experiment: event.experiment ?? null,
    message: cutText(event.message),
    log_level: event.level,
    exception: event.exception === undefined ? 'None' : cutText(event.exception),
    filename: event.at.file,
    func_name: event.at.function,
    exception_type: event.exceptionType ?? null,
    source: event.source ?? OWN_SOURCE,
    metric: null,
    statistic: null,
    analysis_basis: null,
    segment: null,
    analysis_period: event.analysisPeriod ?? null,
  };
}

/** The id of a batch of rows. The same work has the same id, so a repeat writes nothing twice. */
export function recordBatchId(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** An attempt, for the ids of its records. A renewed job starts at attempt 1 again, so its round counts too. */
export function attemptParts(attempt: {
  readonly jobId: string;
  readonly attempt: number;
  /** When this round was enqueued, epoch milliseconds. */
  readonly enqueuedAt: number;
}): string[] {
  return [attempt.jobId, String(attempt.enqueuedAt), String(attempt.attempt)];
}

/** Replaces lone surrogates, because one makes a warehouse refuse a whole batch. */
function cutText(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= LONGEST_MESSAGE_BYTES) return text.toWellFormed();
  let end = LONGEST_MESSAGE_BYTES;
  // Do not cut inside a character: its later bytes begin with the bits 10.
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return `${bytes.toString('utf8', 0, end)} … [cut, ${bytes.length} bytes in all]`;
}
