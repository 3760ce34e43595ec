/** The search in log rows that are kept in memory. */
import { createHash } from 'node:crypto';
import { errorCategory } from '../../domain/error-category.ts';
import { isCriticalError, isWarningRow } from '../../domain/error-category-counters.ts';
import { groupBy } from '../../domain/group-by.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import {
  COMPARED_CHARACTERS,
  type FoundLogRow,
  LOG_TEXT_COLUMNS,
  logColumns,
  type LogDayCount,
  type LogFilter,
  type LogRowsRequest,
  type LogTextColumn,
  type MessageCount,
  type MessagesRequest,
  MOST_EXPERIMENTS,
} from '../../domain/logs/log-questions.ts';
import { dateText, MICROS_PER_DAY, parseTimestamp } from '../../domain/utc-time.ts';
import type { LogSearch } from '../../ports/log-search.ts';
import type { RecordRow } from '../../ports/record-sink.ts';
import { beginningOf } from './beginning-of.ts';
import type { MemoryRecordSink } from './record-sink.ts';

const VARYING = /[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+){2,}|[0-9]+/g;

export class MemoryLogSearch implements LogSearch {
  readonly #sink: MemoryRecordSink;

  constructor(sink: MemoryRecordSink) {
    this.#sink = sink;
  }

  async countByDay(filter: LogFilter, signal: AbortSignal): Promise<LogDayCount[]> {
    const groups = groupBy(this.#found(filter, signal), (row) => JSON.stringify([dateText(row.at), row.category]));
    return [...groups.values()].flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const count = (is: (row: FoundLogRow) => boolean): number => rows.filter(is).length;
      const counts = { critical: count((row) => row.isCritical), warnings: count((row) => row.isWarning) };
      return [{ day: dateText(first.at), category: first.category, rows: rows.length, ...counts }];
    });
  }

  async messages({ filter, seenSince, days, most }: MessagesRequest, signal: AbortSignal): Promise<MessageCount[]> {
    const { range } = filter;
    const seen = this.#found({ ...filter, range: { ...range, from: Math.min(seenSince, range.from) } }, signal);
    const groups = groupBy(seen, (row) => JSON.stringify([row.columns.exception_type, keyOf(row)]));
    return [...groups.values()]
      .flatMap((rows) => messageCount(rows, range, days) ?? [])
      .toSorted((a, b) => b.rows - a.rows || (a.key < b.key ? -1 : 1))
      .slice(0, most);
  }

  async rows(request: LogRowsRequest, signal: AbortSignal): Promise<FoundLogRow[]> {
    const { filter, messages, fingerprint, offset, limit, characters } = request;
    const isWanted = (row: FoundLogRow): boolean =>
      (fingerprint === undefined || row.fingerprint === fingerprint) &&
      (messages === undefined ||
        (row.columns.exception_type === messages.exceptionType && messages.keys.includes(keyOf(row))));
    return this.#found(filter, signal)
      .filter(isWanted)
      .toSorted((a, b) => b.at - a.at || (orderOf(a) < orderOf(b) ? -1 : 1))
      .slice(offset, offset + limit)
      .map((row) => ({ ...row, columns: columnsOf(row.columns, characters) }));
  }

  async newest(filter: LogFilter, signal: AbortSignal): Promise<number | undefined> {
    const times = this.#found(filter, signal).map(({ at }) => at);
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
  }

  #found({ range, category, level, words = [], ...filter }: LogFilter, signal: AbortSignal): FoundLogRow[] {
    signal.throwIfAborted();
    const equal = Object.entries({ log_level: level, ...filter }).filter(([, value]) => value !== undefined);
    return this.#sink
      .rows(LOGS_TABLE)
      .filter((row) => equal.every(([column, value]) => row[column] === value))
      .map(foundRow)
      .filter((row) => row.at >= range.from && row.at < range.to)
      .filter((row) => category === undefined || row.category === category)
      .filter((row) => words.every((word) => searched(row).includes(word.toLowerCase())));
  }
}

function foundRow(row: RecordRow): FoundLogRow {
  const columns = columnsOf(row);
  const time = row['timestamp'];
  const parts = LOG_TEXT_COLUMNS.map((name) => (columns[name] === null ? '-' : `+${columns[name]}`));
  return {
    fingerprint: md5(parts.join('\n')),
    at: (typeof time === 'string' ? parseTimestamp(time) : undefined) ?? Number.NaN,
    category: errorCategory(columns),
    isCritical: isCriticalError(columns),
    isWarning: isWarningRow(columns),
    columns,
  };
}

function columnsOf(row: RecordRow, characters = Number.POSITIVE_INFINITY): Record<LogTextColumn, string | null> {
  return logColumns((name) => {
    const value = beginningOf(row[name] ?? null, { rows: 1, characters });
    return typeof value === 'string' ? value : null;
  });
}

function messageCount(
  seen: readonly FoundLogRow[],
  { from, to }: LogFilter['range'],
  days: readonly number[],
): MessageCount | undefined {
  const rows = seen.filter(({ at }) => at >= from && at < to);
  const [newest] = rows.toSorted((a, b) => b.at - a.at);
  const [sample] = seen.toSorted((a, b) => (sampleOf(a) < sampleOf(b) ? -1 : 1));
  if (newest === undefined || sample === undefined) return undefined;
  const experiments = new Set(rows.flatMap(({ columns }) => columns.experiment ?? []));
  return {
    exceptionType: sample.columns.exception_type,
    key: keyOf(sample),
    message: comparedMessage(sample),
    experiment: sample.columns.experiment,
    rows: rows.length,
    critical: rows.filter(({ isCritical }) => isCritical).length,
    experiments: [...experiments].slice(0, MOST_EXPERIMENTS),
    first: seen.reduce((first, { at }) => Math.min(first, at), newest.at),
    last: newest.at,
    days: days.map((day) => seen.filter(({ at }) => at >= day && at < day + MICROS_PER_DAY).length),
  };
}

function keyOf(row: FoundLogRow): string {
  const { experiment } = row.columns;
  const message = comparedMessage(row);
  return md5(
    (experiment === null || experiment === '' ? message : message.replaceAll(experiment, () => '0')).replace(
      VARYING,
      '0',
    ),
  );
}

function comparedMessage({ columns }: FoundLogRow): string {
  return Array.from(columns.message ?? '')
    .slice(0, COMPARED_CHARACTERS)
    .join('');
}

function sampleOf(row: FoundLogRow): string {
  return `${row.columns.experiment ?? ''}\n${comparedMessage(row)}`;
}

function orderOf({ columns }: FoundLogRow): string {
  return LOG_TEXT_COLUMNS.map((name) => columns[name] ?? '').join('\n');
}

function searched({ columns }: FoundLogRow): string {
  const { message, exception_type: type, exception, experiment, metric } = columns;
  return [message, type, exception, experiment, metric]
    .map((text) => text ?? '')
    .join('\n')
    .toLowerCase();
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
