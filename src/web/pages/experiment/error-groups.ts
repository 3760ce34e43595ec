/** The errors of the analysis as Experimenter shows them: of each metric the last one, of the experiment all (C14). */
import { groupBy } from '../../../domain/group-by.ts';
import { messageShape } from '../../../domain/message-shape.ts';
import { MICROS_PER_MS, parseTimestamp } from '../../../domain/utc-time.ts';
import type { ErrorLogRow } from '../../../ports/experiment-logs.ts';

export interface ErrorsView {
  readonly groups: readonly ErrorGroup[];
  /** Errors that Experimenter shows. */
  readonly count: number;
  /** Rows from before this analysis, which Experimenter does not show. */
  readonly older: number;
}

/** Errors of one type whose messages differ only in names and numbers. */
export interface ErrorGroup {
  readonly type: string;
  /** The newest one. */
  readonly message: string;
  readonly exception: string | null;
  readonly count: number;
  readonly metrics: readonly string[];
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

interface ErrorRow {
  readonly at: number;
  readonly type: string;
  readonly message: string;
  readonly exception: string | null;
  readonly metric: string | null;
}

/** `analysisStart` as in the metadata; null: unknown, no row is too old. */
export function errorsView(
  rows: readonly ErrorLogRow[],
  { experiment, analysisStart }: { readonly experiment: string; readonly analysisStart: string | null },
): ErrorsView {
  const start = analysisStart === null ? undefined : parseTimestamp(analysisStart);
  const from = start === undefined ? -Infinity : start / MICROS_PER_MS;
  const read = rows.flatMap(readRow).toSorted((a, b) => b.at - a.at);
  const current = read.filter(({ at }) => at >= from);
  const seen = new Set<string>();
  const shown = current.filter(({ metric }) => {
    if (metric === null) return true;
    const isLast = !seen.has(metric);
    seen.add(metric);
    return isLast;
  });
  const groups = groupBy(shown, ({ type, message }) => `${type} ${messageShape(message, [experiment])}`);
  return { groups: [...groups.values()].flatMap(groupOf), count: shown.length, older: read.length - current.length };
}

/** Newest first. */
function groupOf(rows: readonly ErrorRow[]): ErrorGroup[] {
  const [newest] = rows;
  const oldest = rows.at(-1);
  if (newest === undefined || oldest === undefined) return [];
  const { type, message, exception } = newest;
  const metrics = [...new Set(rows.flatMap(({ metric }) => metric ?? []))];
  return [{ type, message, exception, count: rows.length, metrics, first: oldest.at, last: newest.at }];
}

/** Rows without a time cannot be placed in a run. */
function readRow(row: ErrorLogRow): ErrorRow[] {
  const micros = parseTimestamp(textOf(row['timestamp']) ?? '');
  if (micros === undefined) return [];
  return [
    {
      at: micros / MICROS_PER_MS,
      type: textOf(row['exception_type']) ?? 'no type',
      message: textOf(row['message']) ?? '',
      exception: textOf(row['exception']),
      metric: textOf(row['metric']),
    },
  ];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
