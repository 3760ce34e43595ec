import type { Log, LogFields } from '../../src/ports/log.ts';

export interface RecordedLog extends Log {
  readonly lines: readonly { level: string; fields: LogFields; text: string }[];
}

/** A log that prints nothing and remembers all. */
export function recordedLog(): RecordedLog {
  const lines: { level: string; fields: LogFields; text: string }[] = [];
  const at = (level: string) => (fields: LogFields, text: string) => void lines.push({ level, fields, text });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
