/** Rows of a sink that is kept in memory, read back as a warehouse gives them. */
import { monitoringColumns } from '../../domain/monitoring-values.ts';
import { parseTimestamp, timestampText } from '../../domain/utc-time.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import type { MonitoringReader, MonitoringRequest } from '../../ports/monitoring-reader.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import { beginningOf } from './beginning-of.ts';
import type { MemoryRecordSink } from './record-sink.ts';

export class MemoryMonitoringReader implements MonitoringReader {
  readonly #sink: MemoryRecordSink;
  /** Times by their text: rows are read again and again. */
  readonly #times = new Map<string, { readonly micros: number; readonly text: string }>();

  constructor(sink: MemoryRecordSink) {
    this.#sink = sink;
  }

  async rows(
    { table, columns: names, since, among, limits }: MonitoringRequest,
    signal: AbortSignal,
  ): Promise<RecordRow[]> {
    signal.throwIfAborted();
    const columns = monitoringColumns(table, names);
    const found = this.#sink
      .rows(table)
      .filter((row) => among === undefined || among.values.some((value) => row[among.column] === value))
      .filter((row) => since === undefined || this.#timeOf(row[since.column]).micros >= since.from);
    const column = since?.column ?? '';
    const newest =
      limits &&
      [...found].sort((a, b) => this.#timeOf(b[column]).micros - this.#timeOf(a[column]).micros).slice(0, limits.rows);
    return (newest ?? found).map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }) => {
          const value = row[name] ?? null;
          if (type === 'TIMESTAMP' && value !== null) return [name, this.#timeOf(value).text];
          return [name, type === 'STRING' ? beginningOf(value, limits) : value];
        }),
      ),
    );
  }

  #timeOf(value: JsonValue | undefined): { readonly micros: number; readonly text: string } {
    const key = typeof value === 'string' ? value : '';
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const micros = parseTimestamp(key);
    const time =
      micros === undefined ? { micros: Number.NEGATIVE_INFINITY, text: key } : { micros, text: timestampText(micros) };
    this.#times.set(key, time);
    return time;
  }
}
