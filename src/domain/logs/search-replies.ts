/** Reads replies to the queries of `search-sql.ts`: cells of text, in the order of their columns. */
import { z } from 'zod';
import { dateText, MICROS_PER_DAY } from '../utc-time.ts';
import { type FoundLogRow, LOG_TEXT_COLUMNS, type LogDayCount, type MessageCount } from './log-questions.ts';

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
  const columns = Object.fromEntries(LOG_TEXT_COLUMNS.map((name, index) => [name, texts[index] ?? null]));
  return {
    fingerprint: fingerprint ?? '',
    at: Number(at),
    category: category ?? '',
    isCritical: isCritical === '1',
    isWarning: isWarning === '1',
    columns: LogColumns.parse(columns),
  };
}

const LogColumns = z.record(z.enum(LOG_TEXT_COLUMNS), z.string().nullable());
const Names = z.array(z.string()).nullable();

function namesOf(json: string | null): readonly string[] {
  return json === null ? [] : (Names.parse(JSON.parse(json)) ?? []);
}
