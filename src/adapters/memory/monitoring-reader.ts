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
      .filter((row) => since === undefined || microsOf(row[since.column]) >= since.from);
    const column = since?.column ?? '';
    const newest = limits && [...found].sort((a, b) => microsOf(b[column]) - microsOf(a[column])).slice(0, limits.rows);
    return (newest ?? found).map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }) => {
          const value = row[name] ?? null;
          if (type === 'TIMESTAMP' && value !== null) return [name, timestampText(microsOf(value))];
          return [name, type === 'STRING' ? beginningOf(value, limits) : value];
        }),
      ),
    );
  }
}

function microsOf(value: JsonValue | undefined): number {
  return (typeof value === 'string' ? parseTimestamp(value) : undefined) ?? Number.NEGATIVE_INFINITY;
}
