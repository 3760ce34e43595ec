/** The errors file of an experiment: its log rows, their order, and the text (spec: monitoring, section 2). */
import { isErrorRow } from '../../domain/error-rows.ts';
import { errorsObjectName, type ErrorRowsSummary } from '../../domain/errors-export.ts';
import { parseTimestamp, timestampText } from '../../domain/utc-time.ts';
import type { Warning } from '../../domain/outcome.ts';
import type { ErrorLogRow } from '../../ports/experiment-logs.ts';
import { ErrorEntry } from './error-entry.ts';
import { entryWarnings, type WrittenRow } from './entry-warnings.ts';

export interface ErrorsFileRequest {
  /** As in the experiments API; only rows with exactly this slug count. */
  readonly slug: string;
  /** The first time that counts, microseconds since 1970 (`errorsBound`); null: all. */
  readonly bound: number | null;
  readonly rows: Iterable<ErrorLogRow>;
}

export interface ErrorsFile {
  /** `errors/errors_my_slug.json` */
  readonly object: string;
  readonly contentType: 'application/json';
  /** A JSON array on one line; `[]` without entries. */
  readonly text: string;
  readonly entries: number;
  /** Of all rows that belong to the file, including those left out. */
  readonly summary: ErrorRowsSummary;
  /** Rows left out because the console would reject the whole file for them. */
  readonly dropped: readonly DroppedRow[];
  /** Problems of rows in the file. */
  readonly warnings: readonly Warning[];
}

export interface DroppedRow {
  readonly row: ErrorLogRow;
  /** `message: must be a text` */
  readonly problem: string;
}

/** The errors file of these rows. They may be in any order and of any experiment; the text does not depend on their order. */
export function buildErrorsFile({ slug, bound, rows }: ErrorsFileRequest): ErrorsFile {
  const written: WrittenRow[] = [];
  const dropped: DroppedRow[] = [];
  const belonging = [...rows].filter((row) => belongsToFile(row, slug, bound));
  for (const row of belonging) {
    const parsed = ErrorEntry.safeParse(row);
    if (parsed.success) written.push({ row, entry: parsed.data });
    else dropped.push({ row, problem: describeIssues(parsed.error.issues) });
  }
  return {
    object: errorsObjectName(slug),
    contentType: 'application/json',
    text: `[${sortedEntries(written.map(({ entry }) => entry)).join(',')}]`,
    entries: written.length,
    summary: { rows: belonging.length, newest: newestOf(belonging) },
    dropped,
    warnings: entryWarnings(written),
  };
}

/** Whether a row belongs to the experiment's file, from that time on. */
function belongsToFile(row: ErrorLogRow, slug: string, bound: number | null): boolean {
  if (row['experiment'] !== slug || !isErrorRow(row)) return false;
  return bound === null || isFrom(row['timestamp'], bound);
}

function isFrom(timestamp: unknown, bound: number): boolean {
  const micros = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
  return micros !== undefined && micros >= bound;
}

function newestOf(rows: readonly ErrorLogRow[]): string | null {
  const micros = rows.flatMap(({ timestamp }) =>
    typeof timestamp === 'string' ? (parseTimestamp(timestamp) ?? []) : [],
  );
  return micros.length === 0 ? null : timestampText(micros.reduce((a, b) => Math.max(a, b)));
}

/** Each entry as JSON, in the order of the file. */
export function sortedEntries(entries: readonly ErrorEntry[]): string[] {
  return entries
    .map(sortable)
    .sort(compareEntries)
    .map(({ json }) => json);
}

interface SortableEntry {
  readonly micros: number;
  readonly message: string;
  readonly json: string;
}

function sortable(entry: ErrorEntry): SortableEntry {
  return { micros: parseTimestamp(entry.timestamp) ?? 0, message: entry.message, json: JSON.stringify(entry) };
}

/** By time, message, then the whole text, so that the same rows give the same bytes. */
function compareEntries(a: SortableEntry, b: SortableEntry): number {
  return a.micros - b.micros || compareTexts(a.message, b.message) || compareTexts(a.json, b.json);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function describeIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`).join('; ');
}
