/**
 * Log lines for operators: fixed text with details as fields, so that lines group. Never throws, never delays the work.
 * For rows of `monitoring.logs` see `record-sink.ts`.
 */
export interface Log {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
