/** Reads replies to the queries of `search-sql.ts`: cells of text, in the order of their columns. */
import type { JsonValue } from '../json-value.ts';
import { dateText, MICROS_PER_DAY } from '../utc-time.ts';
import {
  type FoundLogRow,
  LOG_TEXT_COLUMNS,
  logColumns,
  type LogDayCount,
  type MessageCount,
} from './log-questions.ts';

export type Cells = readonly (string | null)[];

export function readDayCount([day = null, category = null, ...counts]: Cells): LogDayCount {
  const [rows = 0, critical = 0, warnings = 0] = counts.map(Number);
  return { day: dateText(Number(day) * MICROS_PER_DAY), category: category ?? '', rows, critical, warnings };
}

export function readMessageCount(cells: Cells): MessageCount {
  const [exceptionType = null, key, sample, rows, critical, experiments, first, last, ...days] = cells;
  const text = sample ?? '';
  const end = text.indexOf('\n');
  return {
    exceptionType,
    key: key ?? '',
    message: text.slice(end + 1),
    experiment: end > 0 ? text.slice(0, end) : null,
    rows: Number(rows),
    critical: Number(critical),
    experiments: namesOf(experiments ?? null),
    first: Number(first),
    last: Number(last),
    days: days.map(Number),
  };
}

export function readLogRow([fingerprint, at, category, isCritical, isWarning, ...texts]: Cells): FoundLogRow {
  return {
    fingerprint: fingerprint ?? '',
    at: Number(at),
    category: category ?? '',
    isCritical: isCritical === '1',
    isWarning: isWarning === '1',
    columns: logColumns((column) => texts[LOG_TEXT_COLUMNS.indexOf(column)] ?? null),
  };
}

function namesOf(json: string | null): readonly string[] {
  const names: JsonValue = json === null ? null : JSON.parse(json);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
