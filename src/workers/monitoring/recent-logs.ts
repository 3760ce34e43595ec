/** Log rows of the last two weeks, for the alert rules. */
import { z } from 'zod';
import { isCriticalError } from '../../domain/error-category-counters.ts';
import { errorCategory } from '../../domain/error-category.ts';
import { isErrorRow } from '../../domain/error-rows.ts';
import type { AnalysisError, LogCounts } from '../../alerts/inputs.ts';
import { publishedStart, startOfErrors } from '../../domain/analysis-start.ts';
import { startOfNewestRun } from '../../domain/analysis-run.ts';
import { LOGS_TABLE, OWN_SOURCE } from '../../domain/log-record.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import { beyond, cutRows, RECENT_LOGS_LIMITS, whatWasCut } from '../../domain/row-limits.ts';
import { assignTables } from '../../domain/table-owners.ts';
import { MICROS_PER_MS, MS_PER_DAY, parseTimestamp } from '../../domain/utc-time.ts';
import type { StoredObject } from '../../ports/object-store.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';
import type { TableChange } from './table-changes.ts';

const LOOK_BACK_DAYS = 14;
const CRITICAL_DAYS = 3;
const UNCATEGORIZED_DAYS = 1;

const OptionalText = z.string().nullable();
const RecentRow = z.object({
  timestamp: z.string(),
  experiment: OptionalText,
  message: OptionalText,
  log_level: OptionalText,
  filename: OptionalText,
  func_name: OptionalText,
  exception_type: OptionalText,
  source: OptionalText,
  metric: OptionalText,
});

/** A log row with its time in milliseconds since 1970. */
export type RecentRow = z.infer<typeof RecentRow> & { readonly at: number };

export interface RecentLogs {
  /** Sorted by time. */
  readonly rows: readonly RecentRow[];
  /** What was cut, if there were too many or too long rows. */
  readonly warning: string | undefined;
}

/** Unreadable rows are left out. `now` in milliseconds since 1970. */
export async function readRecentLogs(reader: MonitoringReader, now: number, signal: AbortSignal): Promise<RecentLogs> {
  const from = (now - LOOK_BACK_DAYS * MS_PER_DAY) * MICROS_PER_MS;
  const since = { column: 'timestamp', from };
  const limits = beyond(RECENT_LOGS_LIMITS);
  const read = await reader.rows({ table: LOGS_TABLE, columns: Object.keys(RecentRow.shape), since, limits }, signal);
  const cut = cutRows(read, RECENT_LOGS_LIMITS);
  const rows = cut.rows
    .flatMap((row) => {
      const parsed = RecentRow.safeParse(row).data;
      return parsed === undefined ? [] : [{ ...parsed, at: (parseTimestamp(parsed.timestamp) ?? 0) / MICROS_PER_MS }];
    })
    .sort((a, b) => a.at - b.at);
  return { rows, warning: whatWasCut(LOGS_TABLE, cut, RECENT_LOGS_LIMITS) };
}

export interface ErrorEvidence {
  readonly rows: readonly RecentRow[];
  readonly slugs: readonly string[];
  readonly tables: readonly TableChange[];
  /** The published metadata files. */
  readonly metadataFiles: readonly StoredObject[];
  /** How long before its first table an analysis begins, as the metadata files take it. */
  readonly analysisLeadMs: number;
}

/** The errors of each experiment since its analysis began, by time: those that the console shows. */
export function errorsByExperiment({
  rows,
  slugs,
  tables,
  metadataFiles,
  analysisLeadMs,
}: ErrorEvidence): Map<string, AnalysisError[]> {
  const changes = changesBySlug(tables, slugs);
  const published = new Map(metadataFiles.map(({ name, metadata }) => [name, publishedStart(metadata)]));
  const startOf = (slug: string): number | null =>
    startOfErrors(
      startOfNewestRun(changes.get(slug) ?? [], analysisLeadMs) ?? null,
      published.get(metadataObjectName(slug)),
    );
  const starts = new Map(slugs.map((slug) => [slug, startOf(slug)]));
  const errors = new Map<string, AnalysisError[]>(slugs.map((slug) => [slug, []]));
  for (const row of rows) {
    const known = row.experiment === null ? undefined : errors.get(row.experiment);
    if (known === undefined || !isErrorRow(row)) continue;
    const start = starts.get(row.experiment ?? '') ?? null;
    if (start === null || row.at >= start) known.push({ metric: row.metric, exceptionType: row.exception_type });
  }
  return errors;
}

/** `now` in milliseconds since 1970. */
export function logCounts(rows: readonly RecentRow[], now: number): LogCounts {
  const after = (days: number): RecentRow[] => rows.filter((row) => row.at > now - days * MS_PER_DAY);
  const critical = new Map<string, number>();
  for (const row of after(CRITICAL_DAYS)) {
    if (!isCriticalError(row) || row.source === OWN_SOURCE) continue;
    const experiment = row.experiment ?? '';
    critical.set(experiment, (critical.get(experiment) ?? 0) + 1);
  }
  const uncategorized = after(UNCATEGORIZED_DAYS).filter((row) => errorCategory(row) === 'uncategorized').length;
  return { uncategorized, critical };
}

function changesBySlug(tables: readonly TableChange[], slugs: readonly string[]): Map<string, number[]> {
  const times = new Map(tables.map(({ name, changedAt }) => [name, changedAt]));
  const changes = new Map<string, number[]>();
  const listed = tables.map((table) => ({ ...table, kind: 'table' as const }));
  for (const { table, slug, rivals } of assignTables(listed, slugs).windows) {
    for (const owner of [slug, ...rivals.map((rival) => rival.slug)]) {
      const own = changes.get(owner) ?? [];
      own.push(times.get(table) ?? 0);
      changes.set(owner, own);
    }
  }
  return changes;
}
