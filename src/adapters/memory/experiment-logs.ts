/** The log rows of experiments in a sink that is kept in memory. */
import { isErrorRow, NO_TIME, sumMinutes } from '../../domain/error-rows.ts';
import type { ErrorRowsSummary } from '../../domain/errors-export.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { MONITORING_TABLES } from '../../domain/monitoring-tables.ts';
import { floorTo, MICROS_PER_MINUTE, parseTimestamp } from '../../domain/utc-time.ts';
import type { ErrorLogRow, ErrorRowsReading, ErrorRowsRequest, ExperimentLogs } from '../../ports/experiment-logs.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import { beginningOf } from './beginning-of.ts';
import type { MemoryRecordSink } from './record-sink.ts';

const NULLS = Object.fromEntries((MONITORING_TABLES.get(LOGS_TABLE) ?? []).map((column) => [column.name, null]));

export class MemoryExperimentLogs implements ExperimentLogs {
  readonly source = 'memory:logs';
  readonly #sink: MemoryRecordSink;

  constructor(sink: MemoryRecordSink) {
    this.#sink = sink;
  }

  async errorRows({ experiment, from, limits }: ErrorRowsReading, signal: AbortSignal): Promise<ErrorLogRow[]> {
    signal.throwIfAborted();
    const rows = this.#errors().filter((row) => row['experiment'] === experiment);
    return rows
      .filter((row) => from === null || timeOf(row) >= from)
      .sort((a, b) => (timeOf(b) > timeOf(a) ? 1 : -1))
      .slice(0, limits.rows)
      .map((row) => {
        const cells = Object.entries({ ...NULLS, ...row });
        return Object.fromEntries(
          cells.map(([name, value]) => [name, name === 'timestamp' ? value : beginningOf(value, limits)]),
        );
      });
  }

  async summarise(
    requests: readonly ErrorRowsRequest[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ErrorRowsSummary>> {
    signal.throwIfAborted();
    const minutes = this.#errors()
      .map((row) => ({
        experiment: textOf(row, 'experiment'),
        minute: hasTime(row) ? floorTo(timeOf(row), MICROS_PER_MINUTE) : NO_TIME,
        rows: 1,
        newest: hasTime(row) ? textOf(row, 'timestamp') : null,
        micros: timeOf(row),
      }))
      // In a minute the newest comes first, and stays.
      .sort((a, b) => (b.micros > a.micros ? 1 : -1));
    return sumMinutes(minutes, new Map(requests.map(({ experiment, from }) => [experiment, from])));
  }

  #errors(): RecordRow[] {
    return this.#sink.rows(LOGS_TABLE).filter(isErrorRow);
  }
}

function hasTime(row: RecordRow): boolean {
  return timeOf(row) !== NO_TIME;
}

function timeOf(row: RecordRow): number {
  return parseTimestamp(textOf(row, 'timestamp')) ?? NO_TIME;
}

function textOf(row: RecordRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}
