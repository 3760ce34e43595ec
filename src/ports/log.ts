/**
 * Lines for the people who run Contrail: fixed text, details as fields, so that lines group. It never throws and never
 * blocks the work. Rows for `monitoring.logs` are another thing: see `record-sink.ts`.
 */
export interface Log {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
