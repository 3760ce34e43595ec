/** Sums over rows of a sink that is kept in memory. */
import type { JsonValue } from '../../domain/json-value.ts';
import { monitoringColumns } from '../../domain/monitoring-values.ts';
import { dateText, parseTimestamp } from '../../domain/utc-time.ts';
import type { GroupSums, MonitoringSums, SumsRequest } from '../../ports/monitoring-sums.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import type { MemoryRecordSink } from './record-sink.ts';

export class MemoryMonitoringSums implements MonitoringSums {
  readonly #sink: MemoryRecordSink;

  constructor(sink: MemoryRecordSink) {
    this.#sink = sink;
  }

  sums({ table, by, columns, counted, range }: SumsRequest, signal: AbortSignal): Promise<GroupSums[]> {
    if (signal.aborted) return Promise.reject(signal.reason);
    monitoringColumns(table, [...(by === 'day' ? [] : by), ...columns, counted, range.column]);
    const groups = new Map<string, GroupSums>();
    for (const row of this.#sink.rows(table)) {
      const micros = timeOf(row[range.column]);
      if (micros === undefined || micros < range.from || micros >= range.to) continue;
      const group = by === 'day' ? [dateText(micros)] : by.map((column) => textOf(row[column]));
      const known = groups.get(JSON.stringify(group)) ?? { group, count: 0, sums: columns.map(() => 0) };
      groups.set(JSON.stringify(group), {
        group,
        count: known.count + ((row[counted] ?? null) === null ? 0 : 1),
        sums: columns.map((column, index) => (known.sums[index] ?? 0) + numberOf(row, column)),
      });
    }
    return Promise.resolve([...groups.values()]);
  }
}

function timeOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(row: RecordRow, column: string): number {
  return Number(row[column] ?? 0);
}
